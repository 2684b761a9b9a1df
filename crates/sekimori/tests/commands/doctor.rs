use crate::common::{Place, shown};

/// What is the same on every machine.
fn steady(out: &str, place: &Place) -> String {
    let varies = |line: &&str| {
        !["版 versions", "空き free", "fdatasync", "操作記録 ledger", "根の鍵 root key:"]
            .iter()
            .any(|v| line.contains(v))
    };
    shown(&out.lines().filter(varies).collect::<Vec<_>>().join("\n"), &place.data())
}

#[test]
fn a_sound_house_is_told_line_by_line() {
    let place = Place::initialised();
    let told = place.run(&["doctor"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    insta::assert_snapshot!(steady(&told.out, &place), @r"
    正常 ok     設定 config: 既定値 defaults
    正常 ok       [web]: listen = 127.0.0.1:8600, origin = （なし none）
    正常 ok       [store]: reserve_mb = 64, database = （なし none）
    正常 ok       [log]: format = text, level = info
    正常 ok     データフォルダ data folder: DIR
    正常 ok     フォルダの権限 its permissions: 0700
    正常 ok     署名鍵の権限 signing key's permissions: 0400
    正常 ok     根の鍵の権限 root key's permissions: 0400
    正常 ok     署名した控えとの照合 signed heads: 1
    正常 ok     表の形 shape of tables: 3
    正常 ok     世代 epoch: 0
    正常 ok     最新のチェックポイント newest checkpoint: 9
    正常 ok     証人 witnesses: （なし none）
    正常 ok     最後のバックアップ last backup: （まだありません none yet）
    ");
    assert!(told.out.contains("fdatasync: p50 "), "{}", told.out);
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::initialised();
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = place.run(&["doctor"]);
    assert_eq!(told.code, Some(1));
    let wrong: Vec<_> = told.out.lines().skip_while(|line| !line.starts_with("異常")).take(3).collect();
    insta::assert_snapshot!(shown(&wrong.join("\n"), &place.data()), @r#"
    異常 WRONG  フォルダの権限 its permissions: 0755
                → 本人以外も読めます。「chmod go-rwx DIR」で直してください。
                  Others can read it: run "chmod go-rwx DIR".
    "#);
    assert_eq!(told.err, "1か所を直してください。\n1 to put right.\n");
}

#[test]
fn a_folder_without_a_house_is_wrong() {
    let told = Place::new().run(&["doctor"]);
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("sekimori init"), "{}", told.out);
}
