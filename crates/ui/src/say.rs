//! Languages and texts (言語, 文言). Every text is a constant in both languages, so a missing one doesn't compile.

use serde::{Deserialize, Serialize};

/// The language a page is shown in (表示言語).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

impl Lang {
    /// The code for `<html lang>`, the cookie and the `lang` parameter.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language of a code, if we speak it.
    pub fn of(code: &str) -> Option<Self> {
        [Self::Ja, Self::En].into_iter().find(|lang| lang.code() == code)
    }

    /// The language that the switch leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }
}

/// One text in both languages (文言).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The text in both languages, Japanese first.
    pub(crate) fn both(self) -> [String; 2] {
        [self.ja.to_owned(), self.en.to_owned()]
    }

    /// The text in a language.
    pub const fn in_(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.ja,
            Lang::En => self.en,
        }
    }
}

/// Writes a [`Text`] in one line.
pub const fn text(ja: &'static str, en: &'static str) -> Text {
    Text { ja, en }
}

/// How many there are (件数). Counting stops early on large registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// All were counted.
    Exactly(u64),
    /// Counting stopped here.
    AtLeast(u64),
}

/// A number with its thousands apart: 12,345.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// A count of things: 「3件」, "3".
pub fn count(lang: Lang, things: u64) -> String {
    match lang {
        Lang::Ja => format!("{}件", number(things)),
        Lang::En => number(things),
    }
}

/// A count that may have stopped early: 「1,000件以上」, "1,000 or more".
pub fn total(lang: Lang, total: Total) -> String {
    match (lang, total) {
        (_, Total::Exactly(things)) => count(lang, things),
        (Lang::Ja, Total::AtLeast(things)) => format!("{}件以上", number(things)),
        (Lang::En, Total::AtLeast(things)) => format!("{} or more", number(things)),
    }
}

/// A stretch of a list: 「51–100件 / 1,000件以上」, "51–100 of 1,000 or more".
pub fn stretch(lang: Lang, from: u64, to: u64, of: Total) -> String {
    let (from, to, of) = (number(from), number(to), total(lang, of));
    match lang {
        Lang::Ja => format!("{from}–{to}件 / {of}"),
        Lang::En => format!("{from}–{to} of {of}"),
    }
}

/// A thing with what is said beside it: 「部署（空欄）」, "Unit (empty)".
pub fn beside(lang: Lang, thing: &str, aside: &str) -> String {
    match lang {
        Lang::Ja => format!("{thing}（{aside}）"),
        Lang::En => format!("{thing} ({aside})"),
    }
}

/// A name before its value: 「個人情報：はい」, "Personal data: Yes".
pub fn named(lang: Lang, name: &str, value: &str) -> String {
    match lang {
        Lang::Ja => format!("{name}：{value}"),
        Lang::En => format!("{name}: {value}"),
    }
}

/// The last day of something: 「令和9年3月31日まで」, "until 2027-03-31".
pub fn until(lang: Lang, day: &str) -> String {
    match lang {
        Lang::Ja => format!("{day}まで"),
        Lang::En => format!("until {day}"),
    }
}

/// A limit of length: 「200字以内」, "At most 200 characters".
pub fn at_most(lang: Lang, characters: u32) -> String {
    let characters = number(characters.into());
    match lang {
        Lang::Ja => format!("{characters}字以内"),
        Lang::En => format!("At most {characters} characters"),
    }
}

/// Bounds of a number: 「1から30まで」, "From 1 to 30".
pub(crate) fn between(lang: Lang, from: i64, to: i64) -> String {
    match lang {
        Lang::Ja => format!("{from}から{to}まで"),
        Lang::En => format!("From {from} to {to}"),
    }
}

/// The head of an error summary: 「入力に2件の誤りがあります」.
pub(crate) fn faults(lang: Lang, faults: usize) -> String {
    match (lang, faults) {
        (Lang::Ja, _) => format!("入力に{faults}件の誤りがあります"),
        (Lang::En, 1) => "There is 1 problem with what was entered".into(),
        (Lang::En, _) => format!("There are {faults} problems with what was entered"),
    }
}

/// Texts of the page around the page.
pub(crate) mod shell {
    use super::{Text, text};

    pub(crate) const PRODUCT: Text = text("関守", "Sekimori");
    pub(crate) const SKIP: Text = text("本文へ移動", "Skip to the content");
    pub(crate) const HOME: Text = text("今日の画面へ", "Go to today");
    pub(crate) const NAVIGATION: Text = text("主な画面", "Main pages");
    pub(crate) const MENU: Text = text("メニュー", "Menu");
    pub(crate) const CLOSE: Text = text("閉じる", "Close");
    pub(crate) const SEARCH: Text = text("探す", "Search");
    pub(crate) const SEARCH_ALL: Text = text("全体から探す", "Search everything");
    pub(crate) const SIGN_OUT: Text = text("サインアウト", "Sign out");
    pub(crate) const MY_MENU: Text = text("自分のメニュー", "My menu");
    /// Each language is named in itself, so that its reader finds it.
    pub(crate) const LANGUAGE: Text = text("日本語", "English");
    pub(crate) const CLOSED: Text = text(
        "書込みを止めています。データが、以前に署名した操作記録より古いためです。情報システム管理者に知らせてください",
        "Nothing is written: the data are older than the ledger that was signed before. Tell the administrator",
    );
    pub(crate) const DEMO: Text = text("デモ（架空の団体のデータです）", "Demo (data of a fictional body)");
    pub(crate) const PRINTED_AT: Text = text("出力日時", "Printed at");
    pub(crate) const PRINTED_BY: Text = text("出力者", "Printed by");
    pub(crate) const VERSION: Text = text("バージョン", "version");
}

/// Texts of forms.
pub(crate) mod form {
    use super::{Text, text};

    pub(crate) const REQUIRED: Text = text("必須", "Required");
    pub(crate) const ERROR: Text = text("誤り", "Error");
    pub(crate) const CHOOSE: Text = text("選んでください", "Please choose");
    pub(crate) const NOT_CHOSEN: Text = text("指定しない", "None");
    pub(crate) const DATE_HINT: Text = text("例：R8.4.1、令和8年4月1日、2026/4/1", "For example 2026-04-01 or R8.4.1");
    pub(crate) const CALENDAR: Text = text("カレンダー", "Calendar");
    pub(crate) const PICK_HINT: Text = text("番号か名称の一部を入力してください", "Enter a number or part of a name");
    pub(crate) const PICK_NONE: Text = text("該当するものがありません", "Nothing found");
    pub(crate) const PICK_FAILED: Text = text(
        "候補を読み込めません。番号か名称を入力してください",
        "Suggestions can't be loaded. Enter a number or name",
    );
    pub(crate) const PICK_ADD: Text = text("追加するもの", "One to add");
    pub(crate) const UNSAVED: Text = text("保存していない入力があります", "There are unsaved changes");
}

/// Texts of lists, records and charts.
pub(crate) mod list {
    use super::{Text, text};

    pub(crate) const FILTERS: Text = text("絞り込み", "Filters");
    pub(crate) const ADD_FILTER: Text = text("条件を追加", "Add a condition");
    pub(crate) const APPLY: Text = text("絞り込む", "Apply");
    pub(crate) const SORT_ASCENDING: Text = text("昇順", "ascending");
    pub(crate) const SORT_DESCENDING: Text = text("降順", "descending");
    pub(crate) const PAGES: Text = text("一覧のページ", "Pages of the list");
    pub(crate) const PREVIOUS: Text = text("前へ", "Previous");
    pub(crate) const NEXT: Text = text("次へ", "Next");
    pub(crate) const BREADCRUMB: Text = text("現在の位置", "You are here");
    pub(crate) const BACK: Text = text("やめて戻る", "Go back without changing");
    pub(crate) const ADDED: Text = text("追加", "added");
    pub(crate) const REMOVED: Text = text("削除", "removed");
    pub(crate) const DIFFERENCE: Text = text("変更の内容", "What changed");
    pub(crate) const SKIP_MAP: Text = text("図の次へ移動", "Skip the map");
    pub(crate) const FIGURES: Text = text("数値を表で見る", "Show the figures");
    pub(crate) const ITEM: Text = text("項目", "Item");
    pub(crate) const VALUE: Text = text("値", "Value");
}

/// Words that stand beside a colour.
pub(crate) mod mood {
    use super::{Text, text};

    pub(crate) const GOOD: Text = text("完了", "Done");
    pub(crate) const INFO: Text = text("お知らせ", "Notice");
    pub(crate) const WARN: Text = text("注意", "Warning");
    pub(crate) const BAD: Text = text("誤り", "Error");
}

/// Texts of answers that are no page of their own.
pub(crate) mod answer {
    use super::{Text, text};

    pub(crate) const HOME: Text = text("今日の画面へ戻る", "Back to today");
    pub(crate) const REFUSAL: Text = text("このままでは受け付けられません", "This can't be accepted as it is");
    pub(crate) const REFUSED: Text = text("権限がありません", "You may not do this");
    pub(crate) const REFUSED_HOW: Text = text(
        "この操作は、あなたの役割では行えません。必要なときは情報セキュリティの担当に相談してください。",
        "Your role does not permit this. If you need it, ask your information-security office.",
    );
    pub(crate) const SIGN_IN: Text = text("サインインが必要です", "Please sign in");
    pub(crate) const SIGN_IN_HOW: Text =
        text("サインインの画面を開き直してから、もう一度お試しください。", "Open the sign-in page again and retry.");
    pub(crate) const MOVED: Text = text("ほかの人が先に変更しました", "Somebody else changed it first");
    pub(crate) const MOVED_HOW: Text = text(
        "いまの内容を確かめてから、もう一度行ってください。何も変更していません。",
        "Look at it as it is now, then do it again. Nothing was changed.",
    );
    pub(crate) const MISSING: Text = text("見つかりません", "Not found");
    pub(crate) const MISSING_HOW: Text = text(
        "ページや記録が見つかりません。移されたか、閲覧できる範囲の外にあります。",
        "There is no such page or record, or it is outside of what you may see.",
    );
    pub(crate) const FULL: Text = text("ディスクの空きがありません", "The disk is full");
    pub(crate) const FULL_HOW: Text = text(
        "何も保存していません。閲覧はできます。空きを作れば、再起動なしで続けられます。情報システム管理者に知らせてください。",
        "Nothing was saved, reading goes on. Once there is room again, work goes on without a restart. Tell the administrator.",
    );
    pub(crate) const BUSY: Text = text("混み合っています", "Too busy");
    pub(crate) const BUSY_HOW: Text = text("少し待ってから、もう一度お試しください。", "Wait a moment and try again.");
    pub(crate) const UNKNOWN: Text = text("保存できたか確認できません", "It is not known whether it was saved");
    pub(crate) const UNKNOWN_HOW: Text = text(
        "少し待ってから、同じ画面でもう一度送ってください。二重には登録されません。",
        "Wait a moment and send the same page again. It will not be done twice.",
    );
    pub(crate) const CLOSED: Text = text("書込みを止めています", "Nothing is written at present");
    pub(crate) const CLOSED_HOW: Text = text(
        "保存されているデータが、以前に署名した操作記録より古いため、変更を受け付けていません。何も保存していません。情報システム管理者に知らせてください。",
        "The data stored are older than the ledger that was signed before, so changes are not taken. Nothing was saved. Tell the administrator.",
    );
    pub(crate) const BROKEN: Text = text("処理できませんでした", "Something went wrong");
    pub(crate) const BROKEN_HOW: Text = text(
        "こちらの不具合です。情報システム管理者に次の番号を伝えてください：",
        "This is our fault. Tell the administrator this number:",
    );
}

/// Texts of sign-in.
pub(crate) mod sign_in {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("サインイン", "Sign in");
    pub(crate) const LOGIN: Text = text("利用者名", "Login name");
    pub(crate) const PASSWORD: Text = text("パスワード", "Password");
    pub(crate) const SUBMIT: Text = text("サインイン", "Sign in");
    pub(crate) const WRONG: Text = text(
        "利用者名かパスワードが違います。大文字と小文字を確かめてください。",
        "Login name or password is wrong. Check capital and small letters.",
    );
    pub(crate) const WAIT: Text = text(
        "続けて間違えたため、しばらく受け付けません。15分ほど待つか、情報システム管理者に相談してください。",
        "Too many wrong attempts. Wait about 15 minutes, or ask the administrator.",
    );
    pub(crate) const DEMO_ACCOUNTS: Text = text("デモの利用者", "Accounts of the demonstration");
    pub(crate) const DEMO_HOW: Text = text(
        "パスワードは起動した画面に表示されています。",
        "The password is shown where the demonstration was started.",
    );
    pub(crate) const DEMO_FACTOR: Text = text(
        "デモでは二要素認証を求めません。実際の運用では、責任者と監査人は必ず登録します。",
        "The demonstration asks for no second factor. In earnest, those in charge and auditors must register one.",
    );
    pub(crate) const PASSKEY_LINK: Text = text("パスキーでサインインする", "Sign in with a passkey");
    pub(crate) const RECOVER_LINK: Text =
        text("復旧用コードを受け取った方はこちら", "Have you been given a recovery code?");
    pub(crate) const RECOVERED: Text = text(
        "新しいパスワードを設定しました。そのパスワードでサインインしてください。",
        "The new password is set. Sign in with it.",
    );
}

/// Texts of the second step of sign-in, and of proving again who one is.
pub(crate) mod second {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("確認コードの入力", "Enter the code");
    pub(crate) const LEAD: Text = text(
        "パスワードを確認しました。続けて、認証アプリに表示されている確認コードを入力してください。",
        "The password is right. Now enter the code that your authenticator app shows.",
    );
    pub(crate) const AGAIN: Text = text("本人であることの再確認", "Confirm that it is you");
    pub(crate) const AGAIN_CODE: Text = text(
        "大切な操作の前に、もう一度確かめます。認証アプリの確認コードを入力してください。",
        "Before something that matters, we ask again. Enter the code of your authenticator app.",
    );
    pub(crate) const AGAIN_PASSWORD: Text = text(
        "大切な操作の前に、もう一度確かめます。パスワードを入力してください。",
        "Before something that matters, we ask again. Enter your password.",
    );
    pub(crate) const ROLES_CHANGED: Text =
        text("サインインした後に、あなたの役割が変わりました。", "Your roles have changed since you signed in.");
    pub(crate) const CODE: Text = text("確認コード", "Code");
    pub(crate) const BY_KEY: Text = text("登録したパスキーで確認できます。", "You can use one of your passkeys.");
    pub(crate) const BY_CODE: Text = text("コードで確認する", "Or by a code");
    pub(crate) const CODE_HINT: Text =
        text("6桁の数字。アプリを使えないときは回復コード", "Six digits, or a recovery code without the app");
    pub(crate) const SUBMIT: Text = text("続ける", "Go on");
    pub(crate) const OTHER: Text = text("ほかの利用者名でサインインする", "Sign in under another name");
    pub(crate) const LOST: Text = text("スマートフォンをなくした、アプリを使えない", "Lost the telephone or the app?");
    pub(crate) const LOST_HOW: Text = text(
        "登録したときに保管した回復コードを、確認コードの欄に入力してください。回復コードもないときは、統括情報セキュリティ責任者など、アカウントを管理する人に連絡してください。",
        "Enter one of the recovery codes that you kept into the same field. Without them, ask those who run the accounts.",
    );
    pub(crate) const WRONG: Text = text(
        "確認コードが違うか、使用済みです。アプリに新しい数字が出てから、もう一度入力してください。",
        "The code is wrong or was used already. Wait for the next one and enter it.",
    );
    pub(crate) const WRONG_PASSWORD: Text =
        text("パスワードが違います。もう一度入力してください。", "The password is wrong. Enter it again.");
}

/// Texts of passkeys.
pub(crate) mod passkey {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("パスキーの登録", "Register a passkey");
    pub(crate) const LEAD: Text = text(
        "呼び名を付けて「登録する」を押すと、端末が指紋、顔、PINのどれかを求めます。USBの鍵も選べます。",
        "Name it and press the button: your device asks for a finger, a face or a PIN, or lets you choose a USB key.",
    );
    pub(crate) const LABEL: Text = text("呼び名", "Name");
    pub(crate) const LABEL_HINT: Text = text("例：総務課のノートパソコン", "For instance: laptop of the section");
    pub(crate) const ADD: Text = text("登録する", "Register");
    pub(crate) const USE: Text = text("パスキーで確認する", "Use a passkey");
    pub(crate) const FAILED: Text = text(
        "パスキーを使えませんでした。もう一度押すか、ほかの方法を使ってください。",
        "The passkey could not be used. Press again, or use another way.",
    );
    pub(crate) const SCRIPT: Text = text(
        "パスキーを使うには、ブラウザのJavaScriptを有効にしてください。",
        "Passkeys need JavaScript in the browser.",
    );
    pub(crate) const NOT_HERE: Text = text(
        "この番地ではパスキーを使えません。パスキーは、https:// とホスト名で開く番地（IPアドレスではないもの）でだけ使えます。情報システム管理者に、設定の [web] origin と証明書を確かめてもらってください。",
        "Passkeys don't work at this address: they need https:// and a host name, not an IP address. Ask the administrator about [web] origin and the certificate.",
    );
    pub(crate) const SIGN_IN: Text = text("パスキーでサインイン", "Sign in with a passkey");
    pub(crate) const SIGN_IN_LEAD: Text = text(
        "登録した端末か、USBの鍵で確かめます。利用者名とパスワードは要りません。",
        "Your registered device or USB key will do; no login name and no password.",
    );
    pub(crate) const BY_PASSWORD: Text = text("利用者名とパスワードでサインインする", "Sign in by name and password");
    pub(crate) const WRONG: Text = text(
        "このパスキーではサインインできませんでした。もう一度試すか、利用者名とパスワードでサインインしてください。",
        "This passkey does not sign in. Try again, or use name and password.",
    );
}

/// Texts of getting an account back.
pub(crate) mod recover {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("アカウントの復旧", "Get your account back");
    pub(crate) const LEAD: Text = text(
        "管理者から受け取った復旧用コードで、新しいパスワードを設定します。登録していた二要素認証は解除されます。",
        "Set a new password with the recovery code that the administrators gave you. Second factors are removed.",
    );
    pub(crate) const CODE: Text = text("復旧用コード", "Recovery code");
    pub(crate) const CODE_HINT: Text = text(
        "発行から24時間以内に一度だけ使えます。英字の大小やハイフンは違っていても構いません。",
        "Good once, for 24 hours. Capital letters and hyphens don't matter.",
    );
    pub(crate) const SUBMIT: Text = text("新しいパスワードを設定する", "Set the new password");
    pub(crate) const BACK: Text = text("サインインに戻る", "Back to sign-in");
    pub(crate) const WRONG: Text = text(
        "利用者名か復旧用コードが違うか、コードの期限が過ぎています。管理者に確かめてください",
        "Login name or code is wrong, or the code is too old: ask the administrators",
    );
}

/// Texts of one's own second factors.
pub(crate) mod factors {
    use super::{Lang, Text, text};

    pub(crate) const TITLE: Text = text("二要素認証", "Second factor");
    pub(crate) const LEAD: Text = text(
        "パスワードのほかに、本人だけが持つもので確かめる仕組みです。パスワードが漏れても、他人はサインインできません。",
        "Beside the password, something that only you have. Who knows your password alone can't sign in.",
    );
    pub(crate) const MUST: Text = text(
        "あなたの役割には二要素認証が必要です。登録が済むまで、ほかの画面は使えません。",
        "Your role needs a second factor. Until it is registered, no other page can be used.",
    );
    pub(crate) const DEMO: Text = text(
        "デモでは登録しなくても使えます。実際の運用では、あなたの役割の人は登録が済むまで何もできません。",
        "The demonstration works without. In earnest, people of your role can do nothing until it is registered.",
    );
    pub(crate) const WHAT: Text = text("登録したもの", "Registered");
    pub(crate) const SINCE: Text = text("登録した日時", "Since");
    pub(crate) const ACT: Text = text("操作", "Act");
    pub(crate) const REMOVE: Text = text("解除する", "Remove");
    pub(crate) const REMOVE_ASK: Text = text("二要素認証を解除しますか", "Remove this second factor?");
    pub(crate) const REMOVE_WHAT: Text = text(
        "次のサインインから使えなくなります。ほかに登録がなければ、パスワードだけでサインインするようになり、回復コードも無効になります。",
        "It can't be used from the next sign-in. Without another one, the password alone signs in and recovery codes go too.",
    );
    pub(crate) const APP: Text = text("認証アプリ（確認コード）", "Authenticator app");
    pub(crate) const APP_WHAT: Text = text(
        "スマートフォンの認証アプリに表示される6桁の数字を、サインインのときに入力します。通信がなくても使えます。",
        "An app on your telephone shows six digits, which you enter when you sign in. It needs no network.",
    );
    pub(crate) const APP_ADD: Text = text("認証アプリを登録する", "Register an app");
    pub(crate) const APP_AGAIN: Text = text("登録し直す（機種変更など）", "Register again (new telephone)");
    pub(crate) const APP_TITLE: Text = text("認証アプリの登録", "Register an authenticator app");
    pub(crate) const STEP_APP: Text = text(
        "スマートフォンに認証アプリを用意します（Microsoft Authenticator、Google Authenticator など。団体の定めがあれば従ってください）。",
        "Get an authenticator app (Microsoft Authenticator, Google Authenticator or the like; follow the rules of your organisation).",
    );
    pub(crate) const STEP_SCAN: Text = text("アプリで下のQRコードを読み取ります。", "Scan the QR code below with it.");
    pub(crate) const STEP_CODE: Text =
        text("アプリに表示された6桁の数字を入力します。", "Enter the six digits that it shows.");
    pub(crate) const QR: Text = text("認証アプリの登録用QRコード", "QR code for the authenticator app");
    pub(crate) const BY_HAND: Text =
        text("読み取れないときは、次の文字をアプリに入力します。", "If it can't be scanned, type this into the app.");
    pub(crate) const CODE: Text = text("確認コード", "Code");
    pub(crate) const CODE_HINT: Text = text("アプリに表示された6桁の数字", "The six digits that the app shows");
    pub(crate) const CONFIRM: Text = text("登録する", "Register");
    pub(crate) const CANCEL: Text = text("やめる", "Cancel");
    pub(crate) const ADDED: Text = text("二要素認証を登録しました。", "The second factor is registered.");
    pub(crate) const CODES: Text = text("回復コード", "Recovery codes");
    pub(crate) const CODES_WHAT: Text = text(
        "スマートフォンをなくしたときに、確認コードの代わりに入力します。一つのコードは一度だけ使えます。",
        "For when the telephone is lost: enter one instead of the code. Each is good once.",
    );
    pub(crate) const CODES_NEW: Text =
        text("新しく発行する（前のコードは使えなくなります）", "Make new ones (the old ones go)");
    pub(crate) const CODES_TITLE: Text = text("回復コードの保管", "Keep your recovery codes");
    pub(crate) const CODES_KEEP: Text = text(
        "この画面を印刷し、鍵のかかる場所に保管してください。コードは二度と表示されません。",
        "Print this page and lock it away. The codes are never shown again.",
    );
    pub(crate) const CODES_KEPT: Text = text("保管しました", "I have kept them");
    pub(crate) const CODES_MADE: Text = text(
        "回復コードを発行しました。前のコードは使えません。",
        "New recovery codes are made. The old ones are no longer good.",
    );
    pub(crate) const PASSKEY: Text = text("パスキー", "Passkeys");
    pub(crate) const PASSKEY_WHAT: Text = text(
        "この端末の指紋、顔、PIN（Windows Hello など）や、USBの鍵で確かめます。数字を入力する必要がなく、偽のサイトには使えません。端末ごとにいくつでも登録できます。",
        "A finger, a face or a PIN of this device (such as Windows Hello), or a USB key. Nothing to type, and of no use to a forged site. Register as many as you have devices.",
    );
    pub(crate) const PASSKEY_ADD: Text = text("パスキーを登録する", "Register a passkey");
    pub(crate) const RESET: Text = text("復旧の手続", "Recovery");
    pub(crate) const BACK: Text = text("パスワードとサインインに戻る", "Back to password and sign-ins");
    pub(crate) const ON: Text = text("登録済みです。", "It is registered.");
    pub(crate) const OFF: Text = text("まだ登録していません。", "None is registered yet.");
    pub(crate) const MANAGE: Text = text("二要素認証を設定する", "Set up the second factor");

    /// How many recovery codes are left.
    pub(crate) fn codes_left(lang: Lang, left: usize) -> String {
        match lang {
            Lang::Ja => format!("残り{left}個です。"),
            Lang::En => format!("{left} left."),
        }
    }
}

/// Texts of the accounts as administrators see them.
pub(crate) mod people {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("利用者アカウント", "Accounts");
    pub(crate) const LEAD: Text = text(
        "サインインの状態と二要素認証を確かめ、紛失や離職に対応します",
        "Who can sign in and how; for loss and leaving",
    );
    pub(crate) const REGISTER: Text = text("台帳として見る", "As a register");
    pub(crate) const NEW: Text = text("登録する", "Register");
    pub(crate) const FIND: Text = text("利用者名か氏名", "Login name or name");
    pub(crate) const FIND_ACT: Text = text("探す", "Find");
    pub(crate) const NONE: Text = text("当てはまるアカウントはありません。", "No such account.");
    pub(crate) const LOGIN: Text = text("利用者名", "Login name");
    pub(crate) const PERSON: Text = text("利用者", "Person");
    pub(crate) const STATE: Text = text("状態", "State");
    pub(crate) const FACTORS: Text = text("二要素認証", "Second factor");
    pub(crate) const CODES_LEFT: Text = text("残りの回復コード", "Recovery codes left");
    pub(crate) const SIGNED_IN: Text = text("サインイン中の端末", "Devices signed in");
    pub(crate) const RECOVERY: Text = text("復旧の手続", "Recovery");
    pub(crate) const ACTIVE: Text = text("有効", "Active");
    pub(crate) const DISABLED: Text = text("停止中", "Disabled");
    pub(crate) const EXPIRED: Text = text("期限切れ", "Expired");
    pub(crate) const GONE: Text = text("離職", "Left");
    pub(crate) const PUT_AWAY: Text = text("保管済み", "Archived");
    pub(crate) const EMERGENCY: Text = text("緊急用", "For emergencies");
    pub(crate) const MISSING: Text = text("未登録（登録が必要な役割）", "None, though the role needs one");
    pub(crate) const NO_FACTOR: Text = text("パスワードのみ", "Password only");
    pub(crate) const BROKEN: Text = text("照合できません（改変のおそれ）", "Doesn't agree: may have been altered");
    pub(crate) const HISTORY: Text = text("履歴", "History");
    pub(crate) const EDIT: Text = text("変更する", "Change");
    pub(crate) const STEPS: Text = text("できること", "What can be done");
    pub(crate) const GO_ON: Text = text("進む", "Go on");
    pub(crate) const OWN: Text = text("これはあなたのアカウントです。", "This is your own account.");
    pub(crate) const DONE: Text = text("行いました。", "It is done.");
    pub(crate) const BACK: Text = text("アカウントの画面に戻る", "Back to the account");
    pub(crate) const SESSIONS: Text = text("すべての端末をサインアウトする", "Sign out all devices");
    pub(crate) const SESSIONS_WHAT: Text = text(
        "使用中の画面がすべて終わります。保存していない入力は失われます。",
        "All pages in use end. What was typed and not saved is lost.",
    );
    pub(crate) const DISABLE: Text = text("アカウントを停止する", "Disable the account");
    pub(crate) const DISABLE_WHAT: Text = text(
        "すぐにサインインできなくなり、使用中の画面も終わります。記録は消えません。",
        "Nobody can sign in with it any more, and pages in use end. No record goes.",
    );
    pub(crate) const ENABLE: Text = text("停止を解く", "Enable the account");
    pub(crate) const ENABLE_WHAT: Text = text(
        "もとのパスワードと二要素認証でサインインできるようになります。",
        "It signs in again with its password and second factor.",
    );
    pub(crate) const RESET: Text = text("二要素認証を解除する", "Remove the second factors");
    pub(crate) const RESET_WHAT: Text = text(
        "スマートフォンをなくした人のために使います。本人であることを対面などで確かめてください。パスワードはそのままです。",
        "For somebody who lost the telephone. Make sure that it is really them. The password stays.",
    );
    pub(crate) const RECOVER: Text = text("復旧を始める", "Begin a recovery");
    pub(crate) const RECOVER_WHAT: Text = text(
        "パスワードも二要素認証も使えない人のために、二人の管理者で復旧用コードを発行します。あなたが始め、24時間以内に別の管理者がこの画面で確認すると、コードが表示されます。管理者が一人のときは、保管した回復コードを使うか、サーバで「sekimori user reset」を実行してください。",
        "For somebody who has neither password nor second factor, two administrators issue a code. You begin, another confirms on this page within 24 hours and is shown the code. A lone administrator uses the recovery codes that were kept, or runs \"sekimori user reset\" on the server.",
    );
    pub(crate) const CONFIRM: Text = text("復旧を確認し、コードを発行する", "Confirm the recovery and issue the code");
    pub(crate) const CONFIRM_WHAT: Text = text(
        "別の管理者が始めた復旧です。本人であることを自分でも確かめてください。コードは一度だけ表示され、24時間使えます。",
        "Another administrator began it. Make sure yourself that it is really them. The code is shown once and is good for 24 hours.",
    );
    pub(crate) const WITHDRAW: Text = text("復旧を取り消す", "Take the recovery back");
    pub(crate) const WITHDRAW_WHAT: Text =
        text("発行したコードがあれば、使えなくなります。", "A code that was issued is no longer good.");
    pub(crate) const WAITS_FOR_ANOTHER: Text =
        text("別の管理者の確認を待っています。期限", "Waits for another administrator until");
    pub(crate) const CODE_IS_OUT: Text =
        text("復旧用コードを発行しました。期限", "The code was issued, and is good until");
    pub(crate) const CODE_TITLE: Text = text("復旧用コード", "Recovery code");
    pub(crate) const CONFIRMED: Text = text("復旧を確認しました。", "The recovery is confirmed.");
    pub(crate) const CODE_HOW: Text = text(
        "本人に直接渡してください。サインインの画面の「復旧用コードを受け取った方はこちら」から、24時間以内に新しいパスワードを設定します。コードは二度と表示されません。",
        "Give it to the person yourself. From the sign-in page they set a new password within 24 hours. It is never shown again.",
    );
}

/// Texts of what administrators must see.
pub(crate) mod alarm {
    use super::{Text, text};

    pub(crate) const TITLE: Text =
        text("管理者への大切なお知らせがあります。", "Something that administrators must see.");
    pub(crate) const WHAT_TO_DO: Text = text(
        "心当たりがなければ、そのアカウントをすぐに停止し、統括情報セキュリティ責任者に報告してください。",
        "If nobody knows of it, disable the account at once and report it to the chief.",
    );
    pub(crate) const SEEN: Text = text("確認した", "I have seen it");
}

/// Texts of the first set-up.
pub(crate) mod setup {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("はじめの設定", "First set-up");
    pub(crate) const LEAD: Text = text(
        "団体と、最初の利用者（統括情報セキュリティ責任者）を登録します。",
        "Register your organisation and the first account (the chief administrator of information security).",
    );
    pub(crate) const BODY: Text = text("団体名", "Name of the organisation");
    pub(crate) const BODY_HINT: Text = text("例：〇〇広域事務組合", "For example: Example Regional Association");
    pub(crate) const UNIT: Text = text("あなたの所属", "Your section");
    pub(crate) const UNIT_HINT: Text = text("例：総務課", "For example: General Affairs");
    pub(crate) const PERSON: Text = text("氏名", "Your name");
    pub(crate) const POST: Text = text("職名", "Your post");
    pub(crate) const POST_HINT: Text = text("例：総務課長", "For example: Head of General Affairs");
    pub(crate) const LOGIN_HINT: Text =
        text("半角の英小文字や数字。例：sado", "Lower-case letters and digits, for example sado");
    pub(crate) const SUBMIT: Text = text("登録して始める", "Register and begin");
}

/// One's own API tokens.
pub(crate) mod tokens {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("APIトークン", "API tokens");
    pub(crate) const LINK: Text = text("APIトークンを管理する", "Manage API tokens");
    pub(crate) const WHAT: Text = text(
        "ほかのプログラムが、あなたに代わって台帳を読み書きするための鍵です。あなたの権限を超えることはできません。",
        "A token lets another program read and write registers for you. It can never do more than you may.",
    );
    pub(crate) const YOURS: Text = text("あなたのトークン", "Your tokens");
    pub(crate) const NONE: Text = text("トークンはまだありません。", "There are no tokens yet.");
    pub(crate) const NEW: Text = text("新しいトークンを作る", "Make a new token");
    pub(crate) const MADE: Text = text("トークンを作りました", "The token was made");
    pub(crate) const ONCE: Text = text(
        "この値は二度と表示されません。使うプログラムに、いま写してください。",
        "This value is never shown again: copy it to the program now.",
    );
    pub(crate) const PURPOSE: Text = text("用途", "Purpose");
    pub(crate) const PURPOSE_HINT: Text =
        text("例：資産管理システムとの連携", "For instance: import from the inventory system");
    pub(crate) const BOUNDS: Text = text("権限", "Bounds");
    pub(crate) const KIND: Text = text("できること", "What it may do");
    pub(crate) const READ: Text = text("読むだけ", "Read");
    pub(crate) const WRITE: Text = text("読む、登録する、変更する", "Read, create and change");
    pub(crate) const REGISTERS: Text = text("台帳", "Registers");
    pub(crate) const REGISTERS_HINT: Text = text(
        "使う台帳だけを選んでください。選ばなければ、すべての台帳になります。",
        "Choose only those that are needed. With none chosen it is every register.",
    );
    pub(crate) const EXPIRES: Text = text("有効期限", "Expires on");
    pub(crate) const EXPIRES_HINT: Text =
        text("1年以内。この日の翌日から使えなくなります。", "Within a year; from the day after, it no longer works.");
    pub(crate) const SUBMIT: Text = text("トークンを作る", "Make the token");
    pub(crate) const USED: Text = text("最後に使われた日時", "Last used");
    pub(crate) const NEVER: Text = text("未使用", "Never");
    pub(crate) const STATE: Text = text("状態", "State");
    pub(crate) const END_HOW: Text = text(
        "使わなくなったトークンは、開いて「失効させる」を押してください。その時から使えません。",
        "Open a token that is no longer needed and revoke it: from then on it does not work.",
    );
}

/// Texts of one's own account.
pub(crate) mod own {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("パスワードとサインイン", "Password and sign-ins");
    pub(crate) const PASSWORD: Text = text("パスワードの変更", "Change password");
    pub(crate) const SESSIONS: Text = text("サインインしている端末", "Where you are signed in");
    pub(crate) const SINCE: Text = text("サインインした日時", "Since");
    pub(crate) const LAST: Text = text("最後の操作", "Last seen");
    pub(crate) const RENEWED: Text =
        text("最後の操作の日時は、約5分ごとに更新されます。", "Last seen is renewed about every 5 minutes.");
    pub(crate) const DEVICE: Text = text("端末", "Device");
    pub(crate) const HERE: Text = text("この端末", "This one");
    pub(crate) const OTHER: Text = text("ほかの端末", "Another");
    pub(crate) const END_WHY: Text = text(
        "心当たりのない端末や、席を離れたままの端末があれば、サインアウトしてください。",
        "Sign out devices that you don't know, or left alone.",
    );
    pub(crate) const END: Text = text("ほかの端末をサインアウトする", "Sign out the others");
    pub(crate) const ENDED: Text = text("ほかの端末をサインアウトしました。", "The other devices were signed out.");
    pub(crate) const OLD: Text = text("いまのパスワード", "Current password");
    pub(crate) const NEW: Text = text("新しいパスワード", "New password");
    pub(crate) const HINT: Text = text(
        "12文字以上。覚えやすい言葉をいくつか並べると、長くて破られにくくなります。",
        "At least 12 characters. Several words in a row are long and easy to remember.",
    );
    pub(crate) const SUBMIT: Text = text("変更する", "Change it");
    pub(crate) const DONE: Text = text(
        "パスワードを変更しました。ほかの端末はサインアウトしました。",
        "The password was changed. Other devices were signed out.",
    );
}

/// Texts of the pages that every register has.
pub(crate) mod page {
    use super::{Text, text};

    pub(crate) const NEW: Text = text("登録する", "Register");
    pub(crate) const APPLY: Text = text("申請する", "Apply");
    pub(crate) const SAVE: Text = text("保存する", "Save");
    pub(crate) const EDIT: Text = text("変更する", "Change");
    pub(crate) const EXPORT_CSV: Text = text("CSVで出力", "Export CSV");
    pub(crate) const EXPORT_XLSX: Text = text("Excelで出力", "Export Excel");
    pub(crate) const FILES: Text = text("Excel・CSV", "Excel, CSV");
    pub(crate) const TEMPLATE: Text = text("ひな形", "Template");
    pub(crate) const IMPORT: Text = text("Excel・CSVを取り込む", "Import Excel or CSV");
    pub(crate) const PASTE: Text = text("Excelから貼り付け", "Paste from Excel");
    pub(crate) const ARCHIVE: Text = text("保管済みにする", "Archive");
    pub(crate) const ARCHIVE_ASK: Text = text("保管済みにしますか", "Archive this record?");
    pub(crate) const ARCHIVE_HOW: Text = text(
        "一覧に出なくなり、変更できなくなります。履歴と操作記録は残ります。",
        "It leaves the lists and can no longer be changed. Its history and entries stay.",
    );
    pub(crate) const FIELDS: Text = text("内容", "Content");
    pub(crate) const LINKS: Text = text("関係する記録", "Related records");
    pub(crate) const HISTORY: Text = text("履歴", "History");
    pub(crate) const COMMENTS: Text = text("意見", "Comments");
    pub(crate) const COMMENT: Text = text("意見を書く", "Write a comment");
    pub(crate) const COMMENT_SEND: Text = text("書き込む", "Send");
    pub(crate) const ATTACHMENTS: Text = text("添付資料", "Attachments");
    pub(crate) const ATTACH: Text = text("ファイルを添付する", "Attach a file");
    pub(crate) const ATTACH_HINT: Text = text(
        "25MBまで。無害化の仕組みが動くまでは保管だけ行い、取り出せません。",
        "Up to 25 MB. Until files can be sanitised, they are kept but not handed out.",
    );
    pub(crate) const ATTACH_SEND: Text = text("添付する", "Attach");
    pub(crate) const HELD: Text = text("保留（無害化待ち）", "Held until sanitised");
    pub(crate) const PROOF: Text = text("操作記録の証明", "Proof of the entry");
    pub(crate) const ENTRY: Text = text("操作記録", "Entry");
    pub(crate) const EMPTY: Text = text("まだ登録がありません。", "Nothing is registered yet.");
    pub(crate) const OWN_FIELDS: Text = text("項目を追加・変更", "Fields");
    pub(crate) const OWN_PLACES: Text = text("その他の台帳", "Other registers");
    pub(crate) const EACH_LINE: Text = text("1行に1つずつ入力してください。", "One on each line.");
    pub(crate) const NO_MATCH: Text =
        text("条件に合うものがありません。条件を減らしてください。", "Nothing matches. Remove a condition.");
    pub(crate) const NO_HIT: Text = text(
        "見つかりません。語句を短くするか、ほかの言葉で探してください。",
        "Nothing was found. Shorten the words or try others.",
    );
    pub(crate) const CLEAR: Text = text("条件をすべて外す", "Clear all conditions");
    pub(crate) const WORDS: Text = text("語句", "Words");
    pub(crate) const FROM: Text = text("から", "from");
    pub(crate) const TO: Text = text("まで", "until");
    pub(crate) const STATE: Text = text("状態", "State");
    pub(crate) const BLANK: Text = text("空欄", "empty");
    pub(crate) const FILLED: Text = text("記入あり", "filled in");
    pub(crate) const YES: Text = text("はい", "Yes");
    pub(crate) const NO: Text = text("いいえ", "No");
    pub(crate) const HIDDEN: Text = text("（閲覧できません）", "(not visible to you)");
    pub(crate) const CREATED: Text = text("登録", "Registered");
    pub(crate) const EDITED: Text = text("変更", "Changed");
    pub(crate) const ARCHIVED: Text = text("保管済みにした", "Archived");
    pub(crate) const RESTORED: Text = text("保管を取り消した", "Taken back from the archive");
    pub(crate) const VIEWED: Text = text("閲覧", "Viewed");
    pub(crate) const EXPORTED: Text = text("出力", "Taken out");
    pub(crate) const UNSEALED: Text = text("封を開けて閲覧", "Seal opened");
    pub(crate) const ERASED: Text = text("消去", "Erased");
    pub(crate) const SIGNED_IN: Text = text("サインイン", "Signed in");
    pub(crate) const SYSTEM: Text = text("システム", "System");
    pub(crate) const CONSOLE: Text = text("サーバの担当者（コマンド）", "Operator (command line)");
    pub(crate) const REASON: Text = text("変更の理由", "Reason for the change");
    pub(crate) const REASON_HINT: Text = text("書くと履歴に残ります。", "It stays in the history.");
    pub(crate) const NOTE: Text = text("意見・理由", "Note or reason");
    pub(crate) const MOVED: Text = text(
        "ほかの人が先に変更しました。下の「いまの内容」と比べてから、保存し直してください。",
        "Somebody else changed this first. Compare with what stands there now, then save again.",
    );
    pub(crate) const NOW: Text = text("いまの内容", "As it stands now");
    pub(crate) const SEARCH: Text = text("検索", "Search");
    pub(crate) const SEARCH_HOW: Text = text(
        "条項、資産、人、証拠資料などを、2文字から探せます。",
        "Looks through clauses, assets, people, evidence and more. Two characters are enough.",
    );
    pub(crate) const CREATED_NOW: Text = text("登録しました。", "Registered.");
    pub(crate) const APPLIED_NOW: Text =
        text("申請しました。決裁を待っています。", "Applied for. It waits for a decision.");
    pub(crate) const SAVED_NOW: Text = text("保存しました。", "Saved.");
    pub(crate) const DONE_NOW: Text = text("記録しました。", "Recorded.");
    pub(crate) const DETAIL: Text = text("詳細", "Details");
    pub(crate) const AS_LIST: Text = text("一覧で見る", "See them as a list");
}

/// Texts of erasing and of what is sealed.
pub(crate) mod erase {
    use super::{Text, text};

    pub(crate) const TITLE: Text = text("記録の消去", "Erasing a record");
    pub(crate) const ASK: Text = text("この記録の消去を申請しますか", "Ask for this record to be erased?");
    pub(crate) const HOW: Text = text(
        "消去すると、内容、過去の内容、意見、添付資料が失われ、元に戻せません。記録があったこと、いつ誰がどの根拠で消去したかは残ります。消去の実施には、申請した人とは別の人の承認が必要です。",
        "Erasing destroys the content, its earlier versions, comments and files for good. That there was a record, and when, by whom and on what ground it was erased, stays. A second person must approve.",
    );
    pub(crate) const GROUND: Text = text("根拠", "Ground");
    pub(crate) const WHY: Text = text("理由", "Reason");
    pub(crate) const WHY_HINT: Text = text(
        "履歴に残ります。消去する内容そのものは書かないでください。",
        "It stays in the history: don't write what is to be erased.",
    );
    pub(crate) const SEND: Text = text("消去を申請する", "Ask for the erasure");
    pub(crate) const ASKED_BY: Text = text("申請した人", "Asked for by");
    pub(crate) const ANOTHER: Text =
        text("承認は、申請した人とは別の人が行います。", "Another person must approve it.");
    pub(crate) const APPROVE: Text = text("承認して消去する", "Approve and erase");
    pub(crate) const DROP: Text = text("申請を取り下げる", "Withdraw the request");
    pub(crate) const ERASE: Text = text("消去する", "Erase");
    pub(crate) const SEALED: Text = text("封をされています", "Sealed");
    pub(crate) const SEALED_HINT: Text = text(
        "保存すると封をします。空のままなら、いまの内容は変わりません。",
        "It is sealed when you save. Leave it empty to keep what is there.",
    );
    pub(crate) const OPEN: Text = text("封を開けて読む（記録が残ります）", "Open the seal (this is recorded)");
    pub(crate) const OPENED: Text = text("封を開けた内容", "Opened content");
    pub(crate) const NOTED: Text =
        text("封を開けたことを操作記録に残しました。", "That you opened it has been recorded.");
    pub(crate) const EXPORT: Text = text("封をした項目も含めてCSV出力", "Export CSV with sealed fields");
}

/// Texts of the proof page.
pub(crate) mod proof {
    use super::{Text, text};

    pub(crate) const LEAD: Text = text(
        "この操作記録が、署名された台帳の頂点に含まれていることを計算で確かめました。",
        "It was computed that this entry is part of the signed head of the ledger.",
    );
    pub(crate) const WAITING: Text = text(
        "この操作記録は保存済みです。次の署名（約1秒ごと）を待っています。",
        "This entry is stored. It waits for the next signature, made about every second.",
    );
    pub(crate) const SHOWS: Text = text("示していること", "What this shows");
    pub(crate) const SHOWS_1: Text = text(
        "署名の時点から今まで、この操作記録が変更も削除もされていないこと。",
        "That this entry has been neither changed nor removed since the signature.",
    );
    pub(crate) const SHOWS_2: Text = text(
        "記録の内容が、この操作記録で約束された内容と一致すること（台帳の検証で照合します）。",
        "That the record's content is what the entry promised (compared when the ledger is verified).",
    );
    pub(crate) const SHOWS_NOT: Text = text("示していないこと", "What this does not show");
    pub(crate) const SHOWS_NOT_1: Text = text(
        "入力された内容が事実であること。うその入力は、うそのまま残ります。",
        "That what was entered is true. A false entry stays as false as it was.",
    );
    pub(crate) const SHOWS_NOT_2: Text = text(
        "外部に頂点の控えがない期間に、サーバの担当者が台帳全体を作り直していないこと。頂点を紙や他団体に控えておくと確かめられます。",
        "That whoever runs the server did not rebuild the whole ledger while nobody outside kept its head. Keep the head on paper or with another body.",
    );
    pub(crate) const SEQ: Text = text("番号", "Number");
    pub(crate) const AT: Text = text("日時", "Moment");
    pub(crate) const WHO: Text = text("行った人", "By");
    pub(crate) const WHAT: Text = text("操作", "Act");
    pub(crate) const OBJECT: Text = text("対象", "Record");
    pub(crate) const REVISION: Text = text("改訂", "revision");
    pub(crate) const LEAF: Text = text("葉のハッシュ値", "Leaf hash");
    pub(crate) const HEAD: Text = text("署名された頂点（チェックポイント）", "Signed head (checkpoint)");
    pub(crate) const PATH: Text = text("葉から頂点までのハッシュ値", "Hashes from leaf to head");
    pub(crate) const BYTES: Text = text("保存されている操作記録そのもの", "The entry as stored");
    pub(crate) const KEY: Text = text("署名の公開鍵", "Public key of the signature");
}

/// Texts of the page with the ledger's head.
pub(crate) mod ledger {
    use super::{Lang, Text, text};

    pub(crate) const TITLE: Text = text("操作記録の控え", "Head of the ledger");
    pub(crate) const WHY: Text = text(
        "件数と根を外に控えておくと、それまでの操作記録が書き換えられていないことを、後で確かめられます。",
        "With the number of entries and the root kept outside, it can be shown later that no entry up to here was rewritten.",
    );
    pub(crate) const NONE: Text = text(
        "署名された控えがまだありません。1秒ほど待ってから、もう一度開いてください。",
        "There is no signed head yet. Open this page again in a second.",
    );
    pub(crate) const HEAD: Text = text("控え", "The head");
    pub(crate) const ENTRIES: Text = text("件数", "Entries");
    pub(crate) const ROOT: Text = text("根", "Root");
    pub(crate) const EPOCH: Text = text("世代", "Epoch");
    pub(crate) const FIRST_EPOCH: Text = text("0（始めから続いています）", "0 (unbroken since the beginning)");
    pub(crate) const WITNESSES: Text = text("証人（他団体による確認）", "Witnesses (other bodies)");
    pub(crate) const NO_WITNESS: Text = text(
        "証人は設定されていません。近隣の団体と互いに証人になると、この台帳が作り直されていないことを、自動で毎分確かめてもらえます。",
        "There are no witnesses. Bodies that witness each other see every minute, by themselves, that this ledger was not made anew.",
    );
    pub(crate) const NEVER: Text = text("まだ署名していません", "has not signed yet");
    pub(crate) const ORIGIN: Text = text("台帳の名", "Name of the ledger");

    /// How far enough witnesses have signed.
    pub(crate) fn witnessed(lang: Lang, needed: usize, all: usize, enough: Option<(u64, String)>) -> String {
        match (lang, enough) {
            (Lang::Ja, Some((size, at))) => {
                format!("操作記録{size}件までを、{all}者中{needed}者以上の証人が {at} に確かめ、署名しました。")
            }
            (Lang::En, Some((size, at))) => {
                format!("At least {needed} of {all} witnesses looked at the first {size} entries and signed at {at}.")
            }
            (Lang::Ja, None) => format!("{all}者中{needed}者以上の証人が署名した控えは、まだありません。"),
            (Lang::En, None) => format!("No head was signed by {needed} of {all} witnesses yet."),
        }
    }
    pub(crate) const SEEN: Text = text("表示した日時", "Shown at");
    pub(crate) const CODE: Text = text("二次元コード", "QR code");
    pub(crate) const CODE_HOLDS: Text = text("署名された控えの全文が入っています。", "It holds the whole signed head.");
    pub(crate) const NEXT: Text = text("行うこと", "What to do");
    pub(crate) const KEEP: Text = text(
        "月に1回以上、この画面を印刷して委員会の資料に付けるか、構成団体や監査人に送ってください。",
        "At least monthly, print this page for the committee's paper, or send it to a member body or the auditor.",
    );
    pub(crate) const COMPARE: Text = text(
        "照合するときは、サーバの担当者が、資料にある件数と根を付けて次のように実行します。",
        "To compare, whoever runs the server gives the number and the root that stand on the paper:",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_thousands_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_count_that_stopped_early_says_so_in_both_languages() {
        assert_eq!(stretch(Lang::Ja, 51, 100, Total::AtLeast(1_000)), "51–100件 / 1,000件以上");
        assert_eq!(stretch(Lang::En, 51, 100, Total::AtLeast(1_000)), "51–100 of 1,000 or more");
        assert_eq!(total(Lang::Ja, Total::Exactly(3)), "3件");
    }

    #[test]
    fn a_language_is_found_by_its_code_only() {
        assert_eq!((Lang::of("en"), Lang::of("ja"), Lang::of("EN-us")), (Some(Lang::En), Some(Lang::Ja), None));
    }
}
