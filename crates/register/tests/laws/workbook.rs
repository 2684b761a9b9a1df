//! Workbooks in and out: what offices make of them, and what nobody should.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use register::exchange::{self, Aim, Choices, Format, Lingua, Trial};
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::{DATA, House, TYPED, body};

const BOTH: [&str; 2] = [TYPED, DATA];

/// A file of parts.
fn parts(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000"/><numFmt numFmtId="171" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>"#;

/// A workbook of sheets: name with its attributes, and what it holds.
fn book(sheets: &[(&str, &str)], shared: &str) -> Vec<u8> {
    let mut names = String::new();
    let mut relations = String::new();
    let mut all = vec![
        ("xl/sharedStrings.xml".to_owned(), format!("<sst>{shared}</sst>")),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
    ];
    for (at, (name, data)) in sheets.iter().enumerate() {
        write!(names, "<sheet name={name} r:id=\"r{at}\"/>").unwrap();
        write!(relations, "<Relationship Id=\"r{at}\" Target=\"worksheets/s{at}.xml\"/>").unwrap();
        all.push((format!("xl/worksheets/s{at}.xml"), format!("<worksheet>{data}</worksheet>")));
    }
    all.push(("xl/workbook.xml".into(), format!("<workbook xmlns:r=\"r\"><sheets>{names}</sheets></workbook>")));
    all.push(("xl/_rels/workbook.xml.rels".into(), format!("<Relationships>{relations}</Relationships>")));
    let all: Vec<_> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    parts(&all)
}

/// A sheet of rows from the first on; a cell that begins with `<` stands as it is.
fn rows(rows: &[&[&str]]) -> String {
    let mut text = String::from("<sheetData>");
    for (at, row) in rows.iter().enumerate() {
        write!(text, "<row r=\"{}\">", at + 1).unwrap();
        for cell in *row {
            let plain = |cell: &str| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>");
            text.push_str(&if cell.starts_with('<') { (*cell).to_owned() } else { plain(cell) });
        }
        text.push_str("</row>");
    }
    text + "</sheetData>"
}

fn one(cells: &[&[&str]]) -> Vec<u8> {
    book(&[("\"台帳\"", &rows(cells))], "")
}

fn trial(house: &House, register: &str, bytes: &[u8], choices: &Choices) -> Trial {
    let description = &house.description(register);
    house
        .store
        .read_now(|reading| exchange::trial(reading, description, &house.chief(), bytes, choices, &mut |_| {}))
        .unwrap()
}

fn look(house: &House, bytes: &[u8]) -> Trial {
    trial(house, TYPED, bytes, &Choices::default())
}

/// Address and words of every problem.
fn told(trial: &Trial) -> Vec<(&str, &str)> {
    trial.problems.iter().map(|each| (each.place.as_deref().unwrap_or(""), each.say.ja.as_str())).collect()
}

/// What the samples would make of one field.
fn values(trial: &Trial, field: &str) -> Vec<String> {
    assert_eq!(told(trial), []);
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    trial.samples.iter().map(|each| each.new.get(field).map(text).unwrap_or_default()).collect()
}

fn notes(trial: &Trial) -> String {
    trial.notes.iter().map(|note| note.ja.as_str()).collect::<Vec<_>>().join("\n")
}

fn export(house: &House, register: &str, lingua: Lingua) -> Vec<u8> {
    let mut out = Vec::new();
    let description = &house.description(register);
    house
        .store
        .read_now(|reading| {
            exchange::export(reading, description, &house.chief(), (Format::Xlsx, lingua), &mut out, &mut |_| {})
        })
        .unwrap();
    out
}

#[test]
fn what_goes_out_as_a_workbook_comes_in_again_and_changes_nothing_in_either_language() {
    let house = House::new();
    for register in BOTH {
        let parent = house.create(register, json!({"name": "親", "code": "001"})).unwrap();
        let strange =
            ["=SUM(A1)", "+81", "@here", "'=1", "0012", "1e5", "2026-04-01", "_x000D_", "<&>\"", "髙﨑①", "TRUE"];
        for (at, text) in strange.iter().enumerate() {
            let all = json!({
                "name": text, "kana": text, "code": format!("{text}{at}"), "note": format!("{text}\n\t{text}"), "medium": "disk",
                "grade": "3A", "acquired_on": if at == 0 { "1890-05-01" } else { "2019-05-01" }, "copies": at, "personal": at % 2 == 0,
                "parent": parent, "users": [house.unit, house.other], "owner": house.second, "x_label": text,
            });
            house.create(register, all).unwrap();
        }
        for lingua in [(|say| &say.ja) as Lingua, |say| &say.en] {
            let out = export(&house, register, lingua);
            let trial = trial(&house, register, &out, &Choices::default());
            assert_eq!(told(&trial), []);
            assert_eq!((trial.created, trial.changed, trial.same), (0, 0, 12), "{:?}", trial.samples.first());
            assert_eq!(trial.notes.len(), 1, "the state goes out, and is never read: {}", notes(&trial));
        }
    }
}

#[test]
fn nothing_that_goes_out_is_a_formula_or_a_macro() {
    let house = House::new();
    house.create(TYPED, json!({"name": "=HYPERLINK(\"http://example.com\")", "note": "@SUM(1)"})).unwrap();
    let out = export(&house, TYPED, |say| &say.ja);
    let mut zip = zip::ZipArchive::new(Cursor::new(out)).unwrap();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        assert!(!name.contains("vba") && !name.contains("external"), "{name}");
        if name.starts_with("xl/worksheets/sheet") {
            assert!(!text.contains("<f>") && !text.contains("<f "), "{name}");
        }
        if name == "xl/worksheets/sheet1.xml" {
            for words in ["pane ", "autoFilter", "dataValidation ", "HYPERLINK"] {
                assert!(text.contains(words), "{words}");
            }
        }
    }
}

#[test]
fn a_template_has_every_field_and_no_row_and_takes_what_is_written_under_its_heads() {
    let house = House::new();
    for register in BOTH {
        let description = &house.description(register);
        let template = house
            .store
            .read_now(|reading| exchange::template(reading, description, &house.chief(), |say| &say.ja))
            .unwrap();
        let preview = exchange::preview(description, &template, &Choices::default()).unwrap();
        let aims: Vec<_> = preview.columns.iter().map(|column| column.aim.clone()).collect();
        let expected: Vec<_> = description.fields.iter().map(|field| Aim::Field(field.name.clone())).collect();
        assert_eq!((aims, preview.rows, preview.head), (expected, 0, 1));
        assert_eq!(
            preview.tabs.iter().map(|tab| tab.name.as_str()).collect::<Vec<_>>(),
            [description.label.ja.as_str(), "記入のしかた", "選択肢"]
        );
    }
}

#[test]
fn heads_are_found_below_titles_and_on_the_sheet_that_has_them() {
    let house = House::new();
    let cells: &[&[&str]] = &[
        &["情報資産台帳（令和8年度）"],
        &["作成：総務課"],
        &["※資産名（必須）", "所管部署", "知らない項目", "取得日"],
        &["端末", "総務課", "x", "令和8年4月1日"],
    ];
    let data = rows(cells);
    let file =
        book(&[("\"表紙\"", &rows(&[&["表紙です"]])), ("\"一覧\"", &data), ("\"控え\" state=\"hidden\"", &data)], "");
    let preview = exchange::preview(&house.description(TYPED), &file, &Choices::default()).unwrap();
    assert_eq!((preview.tab, preview.head, preview.rows), (1, 3, 1));
    assert!(preview.tabs[2].hidden);
    let strict = look(&house, &file);
    assert_eq!(strict.problems.iter().map(|each| each.place.clone().unwrap()).collect::<Vec<_>>(), ["C3"]);
    // A person leaves the unknown column out.
    let field = |name: &str| Aim::Field(name.into());
    let columns = Some(vec![field("name"), field("unit"), Aim::Out, field("acquired_on")]);
    let chosen = trial(&house, TYPED, &file, &Choices { columns, ..Choices::default() });
    assert_eq!(values(&chosen, "acquired_on"), ["2026-04-01"]);
    assert!(notes(&chosen).contains("知らない項目（C）") && notes(&chosen).contains("表紙"), "{}", notes(&chosen));
    // Another sheet and another row, as chosen.
    let other = exchange::preview(
        &house.description(TYPED),
        &file,
        &Choices { sheet: Some(2), head: Some(1), ..Choices::default() },
    );
    assert_eq!(other.map(|other| (other.tab, other.head, other.rows)).unwrap(), (2, 1, 3));
}

#[test]
fn days_numbers_and_codes_are_what_people_meant() {
    let house = House::new();
    house.create(TYPED, json!({"name": "古い", "code": "007"})).unwrap();
    let cells: &[&[&str]] = &[
        &["管理番号", "資産名", "所管部署", "取得日", "部数", "説明"],
        &["<c><v>7</v></c>", "古い", "U1", "<c s=\"1\"><v>46113</v></c>", "<c><v>2</v></c>", "<c><v>1.5</v></c>"],
        &[
            "<c s=\"2\"><v>8</v></c>",
            "あ",
            "Ｕ１",
            "<c s=\"3\"><v>46113.4</v></c>",
            "２",
            "<c s=\"1\"><v>46113</v></c>",
        ],
        &["<c><v>9</v></c>", "い", "総 務 課", "<c><v>46113</v></c>", "<c><v>2.0</v></c>", ""],
        &["A", "う", "U1", "<c><v>20260401</v></c>", "", "<c t=\"b\"><v>1</v></c>"],
    ];
    let trial = look(&house, &one(cells));
    assert_eq!(values(&trial, "acquired_on"), ["2026-04-01"; 4]);
    assert_eq!(values(&trial, "code"), ["007", "008", "9", "A"]);
    assert_eq!(values(&trial, "copies"), ["2", "2", "2", ""]);
    assert_eq!(values(&trial, "note"), ["1.5", "2026-04-01", "", "TRUE"]);
    assert_eq!((trial.created, trial.changed), (3, 1));
    for words in ["A2：7 → 007", "数値のセルがあります（A4）", "F3：2026-04-01", "D4：46113 → 令和8年4月1日"]
    {
        assert!(notes(&trial).contains(words), "{words}: {}", notes(&trial));
    }
}

#[test]
fn formulas_are_never_run_and_errors_are_told_with_their_cells() {
    let house = House::new();
    let formula = "<c r=\"A2\" t=\"str\"><f>WEBSERVICE(\"http://example.com\")</f><v>端末</v></c>";
    let shared = "<c r=\"A3\" t=\"str\"><f t=\"shared\" si=\"4294967295\" ref=\"A3:A9\">1</f><v>端末2</v></c>";
    let cells: &[&[&str]] = &[
        &["資産名", "所管部署", "説明"],
        &[formula, "U1", ""],
        &[shared, "U1", "<c r=\"C3\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"],
        &["端末3", "U1", "\u{E000}崎"],
    ];
    let trial = look(&house, &one(cells));
    assert_eq!(told(&trial), [("C3", "式の結果が誤り（#DIV/0!）になっています。Excelで直してから取り込んでください")]);
    assert_eq!(trial.created, 2);
    assert!(
        notes(&trial).contains("式のセルがあります（A2、A3、C3）")
            && notes(&trial).contains("外字")
            && notes(&trial).contains("C4")
    );
}

#[test]
fn merged_cells_are_understood_downwards_and_refused_sideways() {
    let house = House::new();
    let data = rows(&[
        &["所管部署", "資産名", "説明"],
        &["総務課", "一", "x"],
        &["<c r=\"B3\" t=\"inlineStr\"><is><t>二</t></is></c>"],
        &["税務課", "三"],
    ]);
    let merged = |areas: &str| book(&[("\"1\"", &format!("{data}<mergeCells>{areas}</mergeCells>"))], "");
    let down = look(&house, &merged("<mergeCell ref=\"A2:A3\"/>"));
    assert_eq!(values(&down, "unit"), [house.unit, house.unit, house.other].map(|id| id.to_string()));
    assert!(notes(&down).contains("A2:A3"));
    let sideways = look(&house, &merged("<mergeCell ref=\"B4:C4\"/>"));
    assert!(matches!(told(&sideways)[..], [("B4:C4", say)] if say.contains("結合を解いて")), "{:?}", told(&sideways));
    let wrong = look(&house, &merged("<mergeCell ref=\"B4\"/><mergeCell ref=\"?\"/>"));
    assert_eq!(wrong.problems.len(), 1);
}

#[test]
fn hidden_rows_and_columns_are_read_and_told() {
    let house = House::new();
    let data = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>資産名</t></is></c><c t=\"inlineStr\"><is><t>所管部署</t></is></c></row>\
        <row r=\"5\" hidden=\"true\"><c r=\"A5\" t=\"s\"><v>0</v></c><c r=\"B5\" t=\"s\"><v>1</v></c></row></sheetData>";
    let shared =
        "<si><r><t>端</t></r><r><t>末</t></r><rPh sb=\"0\" eb=\"2\"><t>タンマツ</t></rPh></si><si><t>U1</t></si>";
    let trial = look(&house, &book(&[("\"1\"", data)], shared));
    assert_eq!(values(&trial, "name"), ["端末"]);
    assert!(notes(&trial).contains("（5行目）") && notes(&trial).contains("B:C列"), "{}", notes(&trial));
}

#[test]
fn a_hostile_workbook_is_refused_and_costs_little() {
    let house = House::new();
    let head = rows(&[&["資産名", "所管部署"]]);
    let blank = "<a>".repeat(100_000);
    let bomb = " ".repeat(300 * 1024 * 1024);
    let long = "長".repeat(32_000);
    let many = format!("<sheetData><row>{}</row></sheetData>", "<c t=\"s\"><v>0</v></c>".repeat(400));
    let texts = format!(
        "<sheetData>{}</sheetData>",
        format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(100)).repeat(100)
    );
    let tall = "<row/>".to_owned() + &"<row><c><v>1</v></c></row>".repeat(200_200);
    for (what, file) in [
        ("a bomb", book(&[("\"1\"", &bomb)], "")),
        ("deep XML", book(&[("\"1\"", &blank)], "")),
        ("a long text, often", book(&[("\"1\"", &texts)], &format!("<si><t>{long}</t></si>"))),
        ("a shared text that isn't there", book(&[("\"1\"", &many)], "")),
        ("rows that turn back", book(&[("\"1\"", "<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>")], "")),
        (
            "cells that turn back",
            book(&[("\"1\"", "<sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>")], ""),
        ),
        ("a row past the last", book(&[("\"1\"", "<sheetData><row r=\"4294967295\"/></sheetData>")], "")),
        ("too many rows", book(&[("\"1\"", &format!("<sheetData>{tall}</sheetData>"))], "")),
        (
            "too many columns",
            book(&[("\"1\"", "<sheetData><row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row></sheetData>")], ""),
        ),
        (
            "an entity",
            book(
                &[(
                    "\"1\"",
                    "<!DOCTYPE a [<!ENTITY b \"c\">]><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData>",
                )],
                "",
            ),
        ),
        ("no sheet", parts(&[("xl/workbook.xml", "<workbook/>")])),
        ("no workbook", parts(&[("a.txt", "a")])),
        ("an open document", parts(&[("content.xml", "<a/>")])),
        ("a binary workbook", parts(&[("xl/workbook.bin", "a")])),
        ("half a file", book(&[("\"1\"", &head)], "")[..200].to_vec()),
        ("an old workbook", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec()),
    ] {
        let trial = look(&house, &file);
        assert_eq!((trial.problems.len(), trial.writes()), (1, 0), "{what}: {:?}", told(&trial));
    }
    // Claims alone cost nothing.
    let claims = format!("<dimension ref=\"A1:XFD1048576\"/>{}", rows(&[&["資産名", "所管部署"], &["端末", "U1"]]));
    let far = claims.replace("</sheetData>", "<row r=\"1048576\"><c r=\"A1048576\" t=\"inlineStr\"><is><t>端末</t></is></c><c t=\"inlineStr\"><is><t>U1</t></is></c></row></sheetData>");
    let trial = look(&house, &book(&[("\"1\"", &far)], "<si/>"));
    assert_eq!((told(&trial), trial.created), (vec![], 2));
}

#[test]
fn the_rows_with_problems_come_back_with_what_is_wrong() {
    let house = House::new();
    let file = one(&[&["資産名", "所管部署", "部数"], &["端末", "U1", "1"], &["端末2", "U9", "x"]]);
    let trial = look(&house, &file);
    let description = &house.description(TYPED);
    for format in [Format::Csv, Format::Xlsx] {
        let faults = house
            .store
            .read_now(|reading| {
                exchange::faults(
                    reading,
                    description,
                    (&file, &Choices::default()),
                    &trial.problems,
                    (format, |say| &say.ja),
                )
            })
            .unwrap();
        let preview = exchange::preview(description, &faults, &Choices::default()).unwrap();
        assert_eq!((preview.rows, preview.columns.len(), preview.columns[3].head.as_str()), (1, 4, "誤り"));
        assert!(preview.columns[3].samples[0].starts_with("B3: 所管部署の「U9」"), "{:?}", preview.columns[3]);
        // Corrected, it comes in as it is.
        if format == Format::Csv {
            let text = String::from_utf8(faults).unwrap().replace("U9", "U1").replace(",x,", ",2,");
            assert_eq!(values(&look(&house, text.as_bytes()), "name"), ["端末2"]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_and_any_sheet_are_looked_through(bytes in proptest::collection::vec(any::<u8>(), 0..400), xml in "(<(row|c|v|f|is|t|mergeCell ref=\"[A-C][0-9]{1,2}:[A-C]9\"/|/row|/c|/v)( r=\"[A-C]?[0-9]{1,3}\")?( t=\"(s|b|e|d|str)\")?>|[0-9a]{0,9}){0,40}") {
        let house = House::new();
        let mut file = b"PK\x03\x04".to_vec();
        file.extend(&bytes);
        for file in [file, bytes, book(&[("\"1\"", &format!("<sheetData>{xml}</sheetData>"))], "<si><t>資産名</t></si>")] {
            let trial = look(&house, &file);
            prop_assert!(!trial.is_clean() || trial.created + trial.changed + trial.same == trial.rows);
        }
    }

    #[test]
    fn any_text_goes_out_and_comes_in_unchanged(texts in proptest::collection::vec("[ -~ぁ-ん一-龠\u{E000}-\u{E010}_x0-9A-F]{1,40}", 1..6)) {
        let house = House::new();
        for text in &texts {
            let fields = body(json!({"name": "端末", "note": text}));
            house.create(TYPED, serde_json::Value::Object(fields)).unwrap();
        }
        let trial = look(&house, &export(&house, TYPED, |say| &say.ja));
        prop_assert_eq!((trial.problems.len(), trial.same), (0, texts.len() as u64));
    }
}
