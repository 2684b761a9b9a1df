//! Lines to a tree: which line opens a part, which part it stands in, and whether its number runs on.

use crate::head;
use crate::lines::{Line, is_sentence};
use crate::numbering::{self, Mark, Style};
use crate::reading::{Unreadable, Unsure};

const DEEPEST: usize = 6;

/// A part of the document as it was written.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    /// The line that opened it.
    pub(crate) line: Line,
    /// The （見出し） that stood on the line before.
    pub(crate) before: Option<String>,
    pub(crate) body: Vec<Piece>,
    pub(crate) children: Vec<Node>,
}

/// A line of the body.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// The line goes on where the one before it broke off.
    pub(crate) continues: bool,
}

/// The document as it was written: what stood before the first part, and the parts.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) head: Vec<Line>,
    pub(crate) parts: Vec<Node>,
    pub(crate) unsure: Vec<Unsure>,
    open: Vec<Node>,
    /// The line before this one.
    last: Option<Line>,
    /// The last 第n条; they run on through the chapters.
    article: Option<Vec<u32>>,
    divider: Option<Divider>,
    unnumbered: u32,
}

/// The last number that divides the document, below its chapters.
#[derive(Debug)]
struct Divider {
    style: Style,
    path: Vec<u32>,
    /// How many `#` its headings carry; a bare one among them changes nothing.
    level: usize,
}

/// How a number follows the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    On,
    Jump,
    Repeat,
    Back,
}

/// Builds the tree.
pub(crate) fn build(lines: &[Line]) -> Result<Tree, Unreadable> {
    let mut tree = Tree::default();
    let mut before = None;
    for (index, line) in lines.iter().enumerate() {
        let next = lines.get(index + 1);
        if is_heading_in_brackets(line) && next.is_some_and(|next| tree.takes_heading(next)) {
            before = Some(line.text.clone());
        } else if let Some((mark, run)) = tree.opening(line) {
            tree.say_what_is_odd(line, &mark, run);
            tree.open(mark, line, before.take())?;
        } else {
            tree.add(line)?;
        }
        tree.last = Some(line.clone());
    }
    tree.close(0);
    Ok(tree)
}

fn is_heading_in_brackets(line: &Line) -> bool {
    let text = &line.text;
    numbering::read(text).is_none()
        && text.starts_with(['（', '('])
        && text.ends_with(['）', ')'])
        && text.chars().count() <= 40
        && !head::is_dated(text)
}

/// Whether a text is short and no sentence, as headings are.
fn like_a_heading(text: &str) -> bool {
    !is_sentence(text) && !text.ends_with(['、', '，']) && (1..=40).contains(&text.chars().count())
}

/// The beginning of a text, to name its line by.
fn beginning(text: &str) -> String {
    let short: String = text.chars().take(24).collect();
    if short.len() < text.len() { format!("「{short}…」") } else { format!("「{short}」") }
}

impl Tree {
    /// Whether the line opens a part whose heading stands on the line before: an article, or a paragraph of an annex.
    fn takes_heading(&self, line: &Line) -> bool {
        let annexed = self.open.first().is_some_and(|node| node.mark.style == Style::Annex);
        let taking = |style| style == Style::Article || (annexed && style == Style::Arabic);
        self.number(line).is_some_and(|(mark, run)| taking(mark.style) && self.is_part(line, &mark, run))
    }

    /// The number at the head of the line, and how it follows the one before it.
    fn number(&self, line: &Line) -> Option<(Mark, Run)> {
        let mark = self.as_item(numbering::read(&line.text)?, line);
        let run = self.run(&mark);
        let iroha = mark.as_iroha().filter(|iroha| run != Run::On && self.run(iroha) == Run::On);
        Some(iroha.map_or((mark, run), |iroha| (iroha, Run::On)))
    }

    /// The mark with which the line opens a part, or `None` if the line is text.
    fn opening(&mut self, line: &Line) -> Option<(Mark, Run)> {
        let (mark, run) = self.number(line)?;
        if self.is_part(line, &mark, run) {
            return Some((mark, run));
        }
        if run == Run::On || !mark.tight {
            let why = format!("行頭の番号を文の一部とみて、本文として読みました：{}", beginning(&line.text));
            self.unsure.push(Unsure::new(line.at, why));
        }
        None
    }

    /// A number in a list, or below the headings that divide the document, is an item and no section.
    fn as_item(&self, mark: Mark, line: &Line) -> Mark {
        if !matches!(mark.style, Style::Arabic | Style::Dotted) {
            return mark;
        }
        let item = || Mark { style: Style::Item, ..mark.clone() };
        let Some(Divider { style, level, .. }) = &self.divider else {
            return if line.bullet { item() } else { mark };
        };
        let listed = |node: &Node| node.mark.style == Style::Item && node.line.level == line.level;
        let in_row = mark.path == [1] || self.open.iter().any(listed);
        let in_list = !line.after_blank && self.open.last().is_some_and(|node| !node.mark.style.divides());
        let below = if line.level > 0 { line.level > *level } else { *level > 0 || *style != mark.style || in_list };
        let indented = line.level == 0 && self.open.first().is_some_and(|node| node.line.indent + 1 < line.indent);
        if line.bullet || indented || (below && in_row && !self.in_article()) { item() } else { mark }
    }

    fn is_part(&self, line: &Line, mark: &Mark, run: Run) -> bool {
        if line.level > 0 {
            return true;
        }
        let on = run == Run::On;
        // 第5条第1項 at the head of a line is a reference.
        let reference = mark.tight && (!on || line.bullet || mark.rest.starts_with('第'));
        if reference || numbering::runs_into_sentence(&mark.rest) {
            return false;
        }
        match mark.style {
            Style::Chapter | Style::Part | Style::Annex | Style::Article => true,
            Style::Arabic | Style::Dotted | Style::Path | Style::Roman => {
                let marked = self.divider.as_ref().is_some_and(|divider| divider.level > 0) && !self.in_article();
                like_a_heading(&mark.rest) || (on && !marked && !mark.tight)
            }
            Style::Alpha => on,
            _ => on || line.bullet || !self.breaks_off(line),
        }
    }

    /// Whether the line before this one stopped in the middle of a sentence.
    fn breaks_off(&self, line: &Line) -> bool {
        let goes_on = line.text.starts_with(['は', 'が', 'を', 'に', 'の', 'と', 'で', 'も', '、', '。', '，', '）']);
        let stopped =
            |text: &str| text.ends_with(['。', '：', ':', '．']) || (text.ends_with(['）', ')', '」']) && !goes_on);
        let broken = |last: &Line| !last.hard && last.text.chars().count() >= 20 && !stopped(&last.text);
        !line.after_blank && !line.bullet && line.level == 0 && self.last.as_ref().is_some_and(broken)
    }

    fn in_article(&self) -> bool {
        self.open.iter().any(|node| node.mark.style == Style::Article)
    }

    /// How many of the open parts the new one stands in.
    fn depth(&self, mark: &Mark) -> usize {
        let after = |styles: &[Style]| {
            self.open.iter().rposition(|node| styles.contains(&node.mark.style)).map_or(0, |at| at + 1)
        };
        let around = [Style::Chapter, Style::Part, Style::Roman, Style::Article, Style::Annex];
        match mark.style {
            Style::Chapter | Style::Annex => 0,
            Style::Part => after(&around[..1]),
            Style::Roman => after(&around[..2]),
            Style::Article => after(&[Style::Chapter, Style::Part, Style::Roman, Style::Annex]),
            Style::Arabic | Style::Dotted | Style::Bare => after(&around),
            Style::Path => {
                let holds = |node: &Node| {
                    matches!(node.mark.style, Style::Arabic | Style::Dotted | Style::Path)
                        && node.mark.path.len() < mark.path.len()
                        && mark.path.starts_with(&node.mark.path)
                };
                self.open.iter().rposition(holds).map_or_else(|| after(&around), |at| at + 1)
            }
            list => self.open.iter().position(|node| node.mark.style == list).unwrap_or(self.open.len()),
        }
    }

    fn run(&self, mark: &Mark) -> Run {
        let depth = self.depth(mark);
        let siblings = depth.checked_sub(1).map_or(&self.parts, |parent| &self.open[parent].children);
        let kin = |node: &&Node| family(node.mark.style) == family(mark.style);
        let last = self.open.get(depth).filter(kin).or_else(|| siblings.iter().rev().find(kin));
        let last = last.map(|node| &node.mark.path);
        match mark.style {
            Style::Annex | Style::Bare => Run::On,
            Style::Article if self.open.first().is_none_or(|node| node.mark.style != Style::Annex) => {
                follows(self.article.as_ref(), &mark.path)
            }
            // Paragraph 1 of an article carries no number, and a chapter may go on where the last one stopped.
            Style::Arabic | Style::Dotted if last.is_none() => {
                if mark.path == [1] || (self.in_article() && mark.path == [2]) || (depth > 0 && self.divides_on(mark)) {
                    Run::On
                } else {
                    Run::Jump
                }
            }
            // 2-1 below 2 or 第2章.
            Style::Path if last.is_none() && depth > 0 && mark.path.last() == Some(&1) => Run::On,
            _ => follows(last, &mark.path),
        }
    }

    /// Whether the number would also go on with those that divide the document.
    fn divides_on(&self, mark: &Mark) -> bool {
        let on = |last: &Divider| mark.path != [1] && follows(Some(&last.path), &mark.path) == Run::On;
        self.divider.as_ref().is_some_and(on)
    }

    /// Says what an official must check where this part begins.
    fn say_what_is_odd(&mut self, line: &Line, mark: &Mark, run: Run) {
        let name = beginning(&line.text);
        let why = match run {
            Run::On => None,
            Run::Jump => Some(format!("番号{}が、前の番号から続いていません：{name}", mark.shown)),
            Run::Repeat => Some(format!("番号{}が、前の番号と重なっています：{name}", mark.shown)),
            Run::Back => Some(format!("番号{}が、前の番号より戻っています：{name}", mark.shown)),
        };
        self.unsure.extend(why.map(|why| Unsure::new(line.at, why)));
        if mark.style == Style::Item && !line.bullet && self.divides_on(mark) {
            let why =
                format!("番号{}は上の階層の続きとも読めますが、箇条書きの続きとして読みました：{name}", mark.shown);
            self.unsure.push(Unsure::new(line.at, why));
        }
        if !mark.style.counts_through() {
            return;
        }
        let kin = |last: &&Divider| family(last.style) == family(mark.style);
        let level = self.divider.as_ref().filter(kin).map(|last| last.level);
        let why = match (level, line.level) {
            // A paragraph of an article is never a heading.
            _ if self.in_article() && mark.style != Style::Article => return,
            (Some(1..), 0) => {
                Some(format!("見出しの記号（#）のない行を、番号の続きから見出しとして読みました：{name}"))
            }
            (Some(old), new) if old != new && mark.style != Style::Path => {
                Some(format!("見出しの深さが変わっていますが、番号の続きから同じ階層として読みました：{name}"))
            }
            (_, 0) if mark.tight => Some(format!("番号と見出しの間に空白がありません：{name}")),
            _ => None,
        };
        self.unsure.extend(why.map(|why| Unsure::new(line.at, why)));
    }

    fn open(&mut self, mark: Mark, line: &Line, before: Option<String>) -> Result<(), Unreadable> {
        let depth = self.depth(&mark);
        match mark.style {
            Style::Article => self.article = Some(mark.path.clone()),
            Style::Annex => (self.article, self.divider) = (None, None),
            _ => {}
        }
        if mark.style.counts_through() {
            let marked = self.divider.as_ref().map_or(0, |last| last.level);
            let level = if line.level > 0 { line.level } else { marked };
            self.divider = Some(Divider { style: mark.style, path: mark.path.clone(), level });
        }
        self.push(depth, mark, line, before)
    }

    /// Opens a part within the first `depth` of the open ones; the others end here.
    fn push(&mut self, depth: usize, mark: Mark, line: &Line, before: Option<String>) -> Result<(), Unreadable> {
        self.close(depth);
        if depth >= DEEPEST {
            return Err(Unreadable::new(
                line.at,
                "番号の階層が6段を超えています。番号の付け方を確かめ、階層を減らしてから取り込んでください",
                "The numbers nest deeper than six levels. Check the numbering and flatten it before importing",
            ));
        }
        self.open.push(Node { mark, line: line.clone(), before, body: Vec::new(), children: Vec::new() });
        Ok(())
    }

    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            let node = self.open.pop().expect("longer than depth");
            self.open.last_mut().map_or(&mut self.parts, |parent| &mut parent.children).push(node);
        }
    }

    /// Adds a line that opens no numbered part.
    fn add(&mut self, line: &Line) -> Result<(), Unreadable> {
        let untitled = self.open.is_empty() && !self.head.iter().any(|line| line.level == 1);
        if line.level > 1 || (line.level == 1 && !untitled) {
            return self.open_unnumbered(line);
        }
        let continues = self.breaks_off(line);
        let Some(node) = self.open.last_mut() else {
            self.head.push(line.clone());
            return Ok(());
        };
        let listed = |piece: &Piece| piece.text.starts_with(['・', '|']);
        let complete = !node.body.is_empty() || node.line.text.ends_with(['。', '．']);
        let why = if line.bullet && !node.body.last().is_some_and(listed) {
            Some("番号のない箇条書きを、直前の項目の本文として読みました")
        } else if line.text.starts_with('|') && !node.body.last().is_some_and(listed) {
            Some("表を、行ごとの本文として読みました")
        } else if node.line.bullet && complete && line.after_blank && line.indent == 0 {
            Some("箇条書きの後の文を、直前の項目の本文として読みました")
        } else {
            None
        };
        let text = if line.bullet { format!("・{}", line.text) } else { line.text.clone() };
        node.body.push(Piece { text, continues });
        self.unsure.extend(why.map(|why| Unsure::new(line.at, format!("{why}：{}", beginning(&line.text)))));
        Ok(())
    }

    fn open_unnumbered(&mut self, line: &Line) -> Result<(), Unreadable> {
        let why = format!("番号のない見出しです。どの条項に入るかを確かめてください：{}", beginning(&line.text));
        self.unsure.push(Unsure::new(line.at, why));
        self.unnumbered += 1;
        let depth =
            self.open.iter().rposition(|node| (1..line.level).contains(&node.line.level)).map_or(0, |at| at + 1);
        let mark = Mark {
            style: Style::Bare,
            path: vec![self.unnumbered],
            shown: String::new(),
            rest: line.text.clone(),
            tight: false,
        };
        self.push(depth, mark, line, None)
    }
}

/// Sections whose numbers are one row although they are written differently.
fn family(style: Style) -> Style {
    if style == Style::Dotted { Style::Arabic } else { style }
}

fn follows(last: Option<&Vec<u32>>, path: &[u32]) -> Run {
    let Some(last) = last else {
        return if path.iter().all(|&n| n == 1) { Run::On } else { Run::Jump };
    };
    let same = last.iter().zip(path).take_while(|(a, b)| a == b).count();
    match (last.get(same), path.get(same)) {
        (None, None) => Run::Repeat,
        (Some(_), None) => Run::Back,
        // 第3条 is followed by 第3条の2, 2-4 by 2-4-1.
        (None, Some(&n)) if n <= 2 && path.len() == same + 1 => Run::On,
        (Some(a), Some(b)) if b < a => Run::Back,
        (Some(a), Some(b)) if *b == a + 1 && path[same + 1..].iter().all(|&n| n == 1) => Run::On,
        _ => Run::Jump,
    }
}
