//! What holds for the reading of every text: no panic, no id twice, nothing lost; and its limits.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::HashSet;

use policy::{Section, match_ids, read};
use proptest::prelude::*;

/// Letters and digits in the form in which they are compared.
fn letters(text: &str) -> String {
    base::text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn walk<'a>(sections: &'a [Section], out: &mut Vec<&'a Section>) {
    for section in sections {
        out.push(section);
        walk(&section.children, out);
    }
}

/// The first line whose letters stand nowhere in the reading.
fn lost(text: &str) -> Option<String> {
    let reading = read(text).ok()?;
    let mut sections = Vec::new();
    walk(&reading.sections, &mut sections);
    let doubts = reading.unsure.iter().map(|unsure| letters(&unsure.why)).collect::<Vec<_>>().join("|");
    let whole: String =
        sections.iter().map(|each| letters(&format!("{}{}{}", each.number, each.heading, each.text))).collect();
    // Where the heading stood on the line before, number and text follow each other.
    let headed: String = sections.iter().map(|each| letters(&format!("{}{}", each.number, each.text))).collect();
    let all = format!("{}|{doubts}|{whole}|{headed}", letters(&reading.title));
    let dates = reading.enacted.is_some() || reading.revised.is_some();
    let dated = |line: &str| {
        let line = letters(line);
        dates && line.contains('年') && ["制定", "策定", "改正"].iter().any(|act| line.contains(act))
    };
    text.lines().find(|line| !all.contains(&letters(line)) && !dated(line)).map(str::to_owned)
}

fn fixtures() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn no_line_of_the_fixtures_is_lost() {
    for text in fixtures() {
        assert_eq!(lost(&text), None);
    }
}

#[test]
fn what_is_no_policy_is_refused_and_says_what_to_do() {
    let deep = "## 1 あ\n(1) い\nア う\n① え\n(ア) お\n1) か\na. き\n";
    let cases = [
        ("", 1),
        ("買い物のメモ\nりんご\n", 1),
        ("1 あ\nPK\0\u{3}", 2),
        (deep, 7),
        (&"1 あ\n".repeat(5_001), 5_001),
        (&format!("1 あ\n{}", "い".repeat(20_001)), 2),
        (&"1 あ\n".repeat(400_000), 1),
    ];
    for (text, line) in cases {
        let refused = read(text).unwrap_err();
        assert_eq!(refused.line, line);
        assert!(refused.ja.ends_with("ください") && !refused.en.is_empty());
    }
}

#[test]
fn the_largest_document_is_read() {
    let text = "(1) あ\n".repeat(5_000);
    assert_eq!(read(&text).unwrap().sections.len(), 5_000);
}

/// Lines as they stand in policies, in any order.
fn any_line() -> impl Strategy<Value = String> {
    let number = 1_u32..13;
    let mark = (0_usize..22, number).prop_map(|(style, n)| {
        let kana = "アイウエオカキクケコサシ".chars().nth(n as usize - 1).unwrap();
        let circled = char::from_u32(u32::from('①') + n - 1).unwrap();
        let bracketed = char::from_u32(u32::from('⑴') + n - 1).unwrap();
        match style {
            0 => format!("## {n} "),
            1 => format!("#### {n} "),
            2 => format!("{n} "),
            3 => format!("{n}．"),
            4 => format!("（{n}）"),
            5 => format!("- ({n}) "),
            6 => format!("  - {kana} "),
            7 => format!("{kana}　"),
            8 => format!("{circled} "),
            9 => format!("* {bracketed} "),
            10 => format!("第{n}条　"),
            11 => format!("第{n}章　"),
            12 => format!("{n}―{n}―1 "),
            13 => "附　則".to_owned(),
            14 => format!("{n}の"),
            15 => "（".to_owned(),
            16 => "## ".to_owned(),
            17 => "- ".to_owned(),
            18 => "# ".to_owned(),
            19 => "| ".to_owned(),
            20 => format!("平成{n}年{n}月1日"),
            _ => String::new(),
        }
    });
    let rest = prop::sample::select(vec![
        "",
        "目的",
        "情報を守る。",
        "対象とする脅威",
        "目　的",
        "見出し）",
        "制定",
        "改正",
        "から8まで",
        "施錠　鍵をかける。",
        "組織：町長、議会とする。",
        "**強く**守る",
        "業 務 の 記 録 を 残 す",
        "………… 3",
        "盗難、停電その他の思いがけない出来事によるもの  ",
        "この文は長く、行の終わりで切れて次の行へと続いていくもので、",
        "mail server",
        "第２条に定める",
    ]);
    (mark, rest).prop_map(|(mark, rest)| format!("{mark}{rest}"))
}

fn any_document() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![4 => any_line(), 1 => Just(String::new())], 0..40)
        .prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_is_lost(text in any_document()) {
        prop_assert_eq!(lost(&text), None);
    }

    #[test]
    fn no_id_stands_twice_and_every_id_is_ascii(text in any_document(), other in any_document()) {
        if let (Ok(old), Ok(mut new)) = (read(&text), read(&other)) {
            match_ids(&old.sections, &mut new.sections);
            for sections in [&old.sections, &new.sections] {
                let mut all = Vec::new();
                walk(sections, &mut all);
                let ids: HashSet<&str> = all.iter().map(|each| each.id.as_str()).collect();
                prop_assert_eq!(ids.len(), all.len());
                prop_assert!(ids.iter().all(|id| id.is_ascii() && !id.is_empty()));
            }
        }
    }

    #[test]
    fn a_reading_is_the_same_each_time_and_survives_its_json(text in any_document()) {
        if let Ok(reading) = read(&text) {
            prop_assert_eq!(&reading, &read(&text).unwrap());
            let json = serde_json::to_string(&reading).unwrap();
            prop_assert_eq!(reading, serde_json::from_str(&json).unwrap());
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|[\n\t 　（）第条章の0-9①⑴ア一年月日．―#*|-]){0,200}") {
        prop_assert_eq!(lost(&text), None);
    }
}
