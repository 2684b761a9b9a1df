use crate::common::{Place, with_people};

#[test]
fn a_file_with_problems_changes_nothing_and_names_each_place() {
    let place = Place::initialised();
    with_people(&place);
    let before = place.run(&["register", "export", "person"]).out;
    let rows =
        "氏名,所属,任用の区分\n小木 次郎,総務課,常勤の職員\n両津 三郎,総務部,常勤の職員\n羽茂 四郎,総務課,正規\n";
    let told = place.import("person", rows);
    assert_eq!((told.code, told.out.as_str()), (Some(3), ""));
    insta::assert_snapshot!(told.err, @r"
    行 3（B3 所属）: 所属の「総務部」が見つかりません。番号か名称を確かめるか、先に登録してください
    行 4（C4 任用の区分）: 任用の区分は常勤の職員、会計年度任用職員、臨時・非常勤の職員、特別職、委託先・派遣から選んでください
    何も書き込んでいません。上の箇所を直してから、もう一度取り込んでください。
    line 3 (B3 所属): Unit: 総務部 was not found; check the code or name, or register it first
    line 4 (C4 任用の区分): Employment: choose one of Regular official, Fiscal-year appointee, Temporary or part-time official, Special post, Contractor or agency staff
    Nothing was written: correct these places and import the file again.
    ");
    assert_eq!(place.run(&["register", "export", "person"]).out, before);
}

#[test]
fn what_goes_out_comes_in_again_and_changes_nothing() {
    let place = Place::initialised();
    with_people(&place);
    let out = place.data().with_file_name("people.csv");
    let out = out.to_str().unwrap();
    let told = place.run(&["register", "export", "職員等", "--out", out]);
    assert!(told.out.contains("3 records"), "{told:?}");
    let again = place.run(&["register", "import", "職員等", out]);
    assert_eq!(again.out, "職員等：追加 0、変更 0、変更なし 3\nPeople: 0 added, 0 changed, 3 unchanged\n");
}

#[test]
fn a_workbook_that_goes_out_comes_in_again_and_changes_nothing() {
    let place = Place::initialised();
    with_people(&place);
    let out = place.data().with_file_name("people.xlsx");
    let out = out.to_str().unwrap();
    assert!(place.run(&["register", "export", "職員等", "--out", out]).out.contains("3 records"));
    for words in [
        &["register", "import", "職員等", out, "--dry-run"][..],
        &["register", "import", "職員等", out, "--sheet", "職員等", "--archive-missing"],
    ] {
        let again = place.run(words);
        assert!(again.out.starts_with("職員等：追加 0、変更 0、変更なし 3"), "{again:?}");
    }
    let told = place.run(&["register", "import", "職員等", out, "--sheet", "別の"]);
    assert!(told.err.contains("あるシート：職員等、記入のしかた"), "{told:?}");
}

#[test]
fn rows_may_come_through_a_pipe() {
    let place = Place::initialised();
    let told = place.run_with(&["register", "import", "unit", "-"], "部署番号,部署名\n10,総務課\n");
    assert_eq!(told.out, "部署：追加 1、変更 0、変更なし 0\nUnits: 1 added, 0 changed, 0 unchanged\n");
    assert_eq!(told.err, "", "no bar without a terminal");
}

#[test]
fn an_unknown_register_is_told_with_those_that_there_are() {
    let place = Place::initialised();
    for name in ["assets", "account", "clause"] {
        let told = place.import(name, "名称\n");
        assert_eq!(told.code, Some(1));
        assert!(told.err.contains("asset（情報資産）"), "{}", told.err);
    }
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let place = Place::initialised();
    let told = place.run(&["register", "import", "unit", "gone.csv"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("gone.csv"), "{}", told.err);
}
