use crate::common::{Place, with_people};

const SECRET: &str = "たぬきと　月夜の　原っぱ\n";

#[test]
fn accounts_are_made_listed_stopped_and_let_in_again() {
    let place = Place::initialised();
    with_people(&place);
    assert_eq!(place.run_with(&["user", "add", "yahiko", "--person", "7"], SECRET).code, Some(0));
    assert_eq!(place.run(&["user", "list"]).out, "yahiko\tYahiko Tanuki\t有効 active\n");
    assert_eq!(place.run(&["user", "disable", "yahiko"]).code, Some(0));
    assert_eq!(place.run(&["user", "list"]).out, "yahiko\tYahiko Tanuki\t停止 disabled\n");
    assert_eq!(place.run(&["user", "enable", "yahiko"]).code, Some(0));
    assert_eq!(place.run_with(&["user", "password", "yahiko"], "もっと長い　あたらしい　合言葉\n").code, Some(0));
    assert_eq!(place.run(&["user", "list"]).out, "yahiko\tYahiko Tanuki\t有効 active\n");
    for words in [&["reset", "yahiko"][..], &["break-glass", "yahiko"], &["break-glass", "yahiko", "--off"]] {
        let told = place.run(&[&["user"], words].concat());
        assert_eq!(told.code, Some(0), "{words:?}: {told:?}");
        assert!(told.out.contains("yahiko"), "{told:?}");
    }
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0));
}

#[test]
fn what_cannot_be_an_account_is_told() {
    let place = Place::initialised();
    with_people(&place);
    let refused = |words: &[&str], secret: &str| {
        let told = place.run_with(words, secret);
        assert_eq!((told.code, told.out.as_str()), (Some(1), ""), "{words:?}");
        told.err
    };
    assert!(refused(&["user", "add", "sado", "--person", "佐渡 花子"], SECRET).contains("職員番号で"));
    assert!(refused(&["user", "add", "sado", "--person", "Nobody"], SECRET).contains("register import person"));
    assert!(refused(&["user", "add", "sado", "--person", "8"], "short\n").contains("12"));
    assert!(refused(&["user", "add", "SADO", "--person", "8"], SECRET).contains("lower-case"));
    assert!(refused(&["user", "disable", "nobody"], "").contains("user list"));
    assert_eq!(place.run(&["user", "list"]).out, "");
}
