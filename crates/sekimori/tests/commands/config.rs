use crate::common::{Place, shown};

fn refused(config: &str) -> String {
    let place = Place::new();
    let path = place.file("sekimori.toml", config);
    let told = place.run(&["--config", &path, "serve"]);
    assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{told:?}");
    assert!(!place.data().exists(), "nothing is made before the config is sound");
    shown(&told.err, path.as_ref())
}

#[test]
fn an_unknown_key_names_file_and_line() {
    insta::assert_snapshot!(refused("[web]\nlisten = \"127.0.0.1:8600\"\nport = 80\n"), @r"
    設定ファイル DIR の 3 行目：「port」という項目はありません。書けるのは listen、origin です。
    Config file DIR, line 3: unknown field `port`, expected `listen` or `origin`: correct this line.
    ");
}

#[test]
fn a_value_of_the_wrong_kind_names_its_line() {
    insta::assert_snapshot!(refused("[store]\nreserve_mb = \"64\"\n"), @r#"
    設定ファイル DIR の 2 行目：この行を直してください（invalid type: string "64", expected u32）。
    Config file DIR, line 2: invalid type: string "64", expected u32: correct this line.
    "#);
}

#[test]
fn plain_http_beyond_this_machine_is_refused_and_says_what_to_do() {
    insta::assert_snapshot!(refused("[web]\nlisten = \"0.0.0.0:8600\"\n"), @r"
    設定ファイル DIR の 2 行目：「0.0.0.0:8600」では待ち受けません。暗号化しないHTTPは、このコンピュータの中（127.0.0.1）だけで使います。ほかのコンピュータから使うには、同じコンピュータに証明書を持つ代理サーバ（nginx 等）を置いて 127.0.0.1:8600 につなぎ、[web] origin に https:// で始まる番地を書いてください。
    Config file DIR, line 2: 0.0.0.0:8600 is not listened on: plain HTTP stays within this machine (127.0.0.1). To reach it from others, put a proxy with a certificate (such as nginx) on this machine, connect it to 127.0.0.1:8600, and set [web] origin to its https:// address.
    ");
}

#[test]
fn a_config_that_is_not_there_is_told() {
    let place = Place::new();
    let told = place.run(&["--config", "gone.toml", "serve"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("gone.toml") && !told.err.contains("Os {"), "{}", told.err);
}

#[test]
fn the_demonstration_listens_on_this_machine_alone() {
    let told = Place::new().run(&["demo", "--listen", "192.0.2.1:80"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("127.0.0.1"), "{}", told.err);
}
