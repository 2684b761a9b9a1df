use super::*;

const OLD: &str = "# 方針\n\
    ## 1 目的\n情報を守る。\n\
    ## 2 対策\n\
    (1) 体制  \n責任者を置く。\n\
    (2) 施錠  \n部屋に鍵をかける。\n\
    ## 3 脅威\n\
    (1) 大雨、地震、停電その他の災害による業務の停止\n\
    (2) 置き忘れ、誤送信その他の過失による漏えい\n\
    ## 4 運用\n記録を残す。\n";

fn read(text: &str) -> Vec<Section> {
    crate::read(text).unwrap().sections
}

/// The ids of a new text after matching it with the old one, with heading or text.
fn matched(new: &str) -> Vec<String> {
    let mut new = read(new);
    match_ids(&read(OLD), &mut new);
    let name =
        |flat: &Flat| if flat.heading.is_empty() { flat.text.chars().take(3).collect() } else { flat.heading.clone() };
    flatten(&new).iter().map(|flat| format!("{} {}", flat.section.id, name(flat))).collect()
}

#[test]
fn an_unchanged_text_keeps_every_id() {
    let mut new = read(OLD);
    match_ids(&read(OLD), &mut new);
    assert_eq!(new, read(OLD));
}

#[test]
fn ids_survive_a_section_put_in_before_them() {
    let new = OLD
        .replace("## 2", "## 2 用語\nことばを定める。\n## 3")
        .replace("## 3 脅威", "## 4 脅威")
        .replace("## 4 運用", "## 5 運用");
    assert_eq!(
        matched(&new),
        ["1 目的", "2-2 用語", "2 対策", "2.1 体制", "2.2 施錠", "3 脅威", "3.1 大雨地", "3.2 置き忘", "4 運用"]
    );
}

#[test]
fn items_are_known_by_their_words_when_they_change_places_or_a_little() {
    let new = OLD
        .replace("(1) 大雨、地震、停電その他の災害による業務の停止\n", "(1) 置き忘れ、誤送信その他の過失による流出\n")
        .replace(
            "(2) 置き忘れ、誤送信その他の過失による漏えい\n",
            "(2) 大雨、地震、停電その他の災害による業務の停止等\n",
        );
    assert_eq!(matched(&new)[4..7], ["3 脅威", "3.2 置き忘", "3.1 大雨地"]);
}

#[test]
fn a_new_clause_never_takes_the_id_of_one_that_is_gone() {
    let new = OLD.replace("(2) 施錠  \n部屋に鍵をかける。", "(2) 研修  \n年に一度、職員が学ぶ。");
    assert_eq!(matched(&new)[1..4], ["2 対策", "2.1 体制", "2.2-2 研修"]);
}

#[test]
fn a_new_clause_is_named_below_the_part_it_stands_in() {
    let new = OLD
        .replace("## 2", "## 2 用語\nことばを定める。\n## 3")
        .replace("部屋に鍵をかける。", "部屋に鍵をかける。\n(3) 研修  \n年に一度、職員が学ぶ。");
    assert_eq!(matched(&new)[2..6], ["2 対策", "2.1 体制", "2.2 施錠", "2.3 研修"]);
}

#[test]
fn a_clause_that_moved_to_another_part_is_still_the_same() {
    let moved = "(2) 施錠  \n部屋に鍵をかける。\n";
    let new =
        OLD.replace(moved, "").replace("記録を残す。\n", &format!("記録を残す。\n{}", moved.replace("(2)", "(1)")));
    assert_eq!(matched(&new).last().map(String::as_str), Some("2.2 施錠"));
}

#[test]
fn the_largest_documents_are_matched_in_time() {
    let many = |word: &str| (1..5_000).map(|n| format!("({}) {word}{n}", 1 + n % 9)).collect::<Vec<_>>().join("\n");
    let (old, mut new) = (read(&many("前の条項")), read(&many("後の条項")));
    match_ids(&old, &mut new);
    let ids: HashSet<&String> = new.iter().map(|section| &section.id).collect();
    assert_eq!(ids.len(), new.len());
}
