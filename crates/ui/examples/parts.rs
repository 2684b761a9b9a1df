//! Writes sample pages to a folder, to be looked at: `cargo run -p ui --example parts -- FOLDER`. All is fictional.

use std::{
    env,
    fs::{File, create_dir_all},
    io::{self, Write},
    path::Path,
};

use maud::{Markup, html};
use ui::{
    parts::{
        self, Align, Choice, Column, Confirm, Control, Count, Due, Event, Fault, Filter, Kind, Look, Mood, NavGroup,
        NavItem, Notice, Pager, Piece, Row, Shell, Slice, Sort, Task, Tile, TileRow, Tone, Who, asset, bare_page,
        beside, breadcrumb, card, chip, columns, confirm, counts_key, detail_list, diff, empty_state, error_summary,
        field, filters, go, grade, head, history, href, page, pager, stacked_bar, submit, summary, table, tasks,
        tile_map, upload_slot,
    },
    say::{Lang, Total},
};

const JA: Lang = Lang::Ja;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/parts".into());
    let folder = Path::new(&folder);
    for file in ["tokens.css", "sekimori.css", "app.js", "combobox.js", "date.js", "dirty.js", "mark.svg"] {
        let address = href(file);
        let (_, bytes) = asset(&address).expect("the file is one of the look");
        write(&folder.join(address.trim_start_matches('/')), bytes)?;
    }
    for (name, page) in [
        ("today", today()),
        ("standing", standing()),
        ("list", list()),
        ("empty", empty()),
        ("detail", detail()),
        ("form", form()),
        ("confirm", question()),
        ("sign-in", sign_in()),
        ("english", english()),
    ] {
        write(&folder.join(name).with_extension("html"), page.into_string().as_bytes())?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_dir_all(path.parent().expect("a file is in a folder"))?;
    File::create(path)?.write_all(bytes)
}

fn shell(title: &str) -> Shell {
    Shell {
        lang: JA,
        title: title.into(),
        body_name: "越路広域事務組合".into(),
        who: Some(Who {
            name: "佐渡 みのり".into(),
            unit: "総務課".into(),
            links: vec![way("自分の設定", title, None)],
        }),
        nav: navigation(title),
        demo: false,
        alarm: None,
        closed: false,
        notice: None,
        path: "/today".into(),
        printed_at: "令和8年11月24日 9時12分".into(),
    }
}

fn way(label: &str, here: &str, count: Option<Count>) -> NavItem {
    NavItem { label: label.into(), href: "#".into(), current: label == here, count }
}

fn navigation(here: &str) -> Vec<NavGroup> {
    let group = |heading: Option<&str>, ways: &[(&str, Option<Count>)]| NavGroup {
        heading: heading.map(str::to_owned),
        items: ways.iter().map(|&(label, count)| way(label, here, count)).collect(),
    };
    vec![
        group(None, &[("今日", Some(Count::Pressing(3))), ("遵守状況", None), ("申請", Some(Count::Calm(1)))]),
        group(Some("定める"), &[("方針と基準", None), ("実施手順", None), ("用語", None)]),
        group(
            Some("行う"),
            &[
                ("組織と役割", None),
                ("情報資産", None),
                ("脅威とリスク", None),
                ("物理的対策", None),
                ("研修・訓練・啓発", None),
                ("技術的対策", None),
                ("委託・クラウド・SNS", None),
                ("無害化と監視", Some(Count::Calm(2))),
                ("インシデント", Some(Count::Pressing(1))),
                ("例外措置", None),
                ("緊急時対応計画", None),
            ],
        ),
        group(
            Some("確かめる"),
            &[("要是正", Some(Count::Calm(5))), ("自己点検", None), ("セキュリティ監査", None), ("見直し", None)],
        ),
    ]
}

fn today() -> Markup {
    let task = |heading: &str, note: &str, due: &str, left: &str, tone, act| Task {
        heading: heading.into(),
        note: note.into(),
        due: (!due.is_empty()).then(|| Due { day: due.into(), left: left.into(), tone }),
        act,
    };
    let duties = [
        task(
            "標的型攻撃メールの見分け方（12分、確認問題5問）",
            "総務課の全員に割り当てられました",
            "11月20日(金)",
            "4日超過",
            Tone::Bad,
            go("#", "受講する", Look::Small),
        ),
        task(
            "持ち出し申請の承認：ノートパソコン N-014",
            "申請者 長岡 透（総務課）　11月25日から26日、在宅勤務。暗号化済み、機密性2まで",
            "11月24日(火)",
            "今日",
            Tone::Plain,
            go("#", "内容を見る", Look::SmallSecond),
        ),
        task(
            "情報セキュリティ対策基準（令和8年12月1日改正）の確認",
            "変更は3か所です。2.4 情報資産の管理責任、5.2 研修、8.3 クラウドサービス",
            "11月27日(金)",
            "残り3日",
            Tone::Plain,
            go("#", "読んで確認", Look::SmallSecond),
        ),
    ];
    let arrived = [
        ("見積書.pdf", "無害化済み（マクロ等を2件除去しました）", "受け取る"),
        ("図面一式.zip", "パスワードを入れると受け取れます", "入力する"),
    ]
    .map(|(name, note, verb)| task(name, note, "", "", Tone::Plain, go("#", verb, Look::SmallSecond)));
    let shell = Shell { demo: true, ..shell("今日") };
    page(
        &shell,
        html! {
            (head("本日の対応 3件（期限超過 1件）", Some("令和8年11月24日 火曜日"), None))
            (card(None, tasks(&duties)))
            (columns(&[
                card(Some("困ったとき、気づいたとき"), html! {
                    p { "怪しいメール、紛失、誤送信。迷ったらまず知らせてください。早い報告を優先します。" }
                    p { (go("#", "すぐに知らせる", Look::Second)) }
                }),
                card(Some("届いたもの"), tasks(&arrived)),
            ]))
        },
    )
}

const STATES: [(Tone, &str, &str); 7] = [
    (Tone::Good, "遵守", "#"),
    (Tone::Partly, "一部遵守", "#"),
    (Tone::Bad, "未遵守", "#"),
    (Tone::Held, "例外措置中", "#"),
    (Tone::Elsewhere, "提供元で実施", "#"),
    (Tone::Unknown, "未確認", "#"),
    (Tone::Void, "適用外", "#"),
];

/// A state for a place on the map, always the same one.
fn state(seed: usize) -> (Tone, &'static str) {
    let lot = (seed * 7919 + 13) % 101;
    let at = [70, 78, 81, 83, 89, 97].iter().position(|&below| lot < below).unwrap_or(6);
    (STATES[at].0, STATES[at].1)
}

fn standing() -> Markup {
    let chapters = [
        ("組織体制", 14),
        ("情報資産の分類と管理", 26),
        ("情報システム全体の強靱性の向上", 18),
        ("物理的セキュリティ", 22),
        ("人的セキュリティ", 24),
        ("技術的セキュリティ", 46),
        ("運用", 20),
        ("業務委託と外部サービス", 18),
        ("評価・見直し", 12),
    ];
    let mut totals = [0_u64; 7];
    let rows: Vec<TileRow> = (1_usize..)
        .zip(chapters)
        .map(|(number, (heading, clauses))| {
            let states: Vec<_> = (1..=clauses).map(|clause| state(number * 50 + clause)).collect();
            for (tone, _) in &states {
                totals[STATES.iter().position(|(each, ..)| each == tone).unwrap_or(0)] += 1;
            }
            let met = states.iter().filter(|(tone, _)| *tone == Tone::Good).count();
            let counted = states.iter().filter(|(tone, _)| *tone != Tone::Void).count();
            let tiles = (1..)
                .zip(&states)
                .map(|(clause, (tone, word))| Tile {
                    tone: *tone,
                    href: format!("#{number}.{clause}"),
                    label: format!("{number}.{clause} {word}"),
                })
                .collect();
            TileRow {
                number: number.to_string(),
                heading: heading.into(),
                tiles,
                side: html! { (met) " / " (counted) },
            }
        })
        .collect();
    let key: Vec<_> =
        STATES.iter().zip(totals).map(|((tone, word, href), count)| (*tone, *word, count, *href)).collect();
    let slices: Vec<Slice> =
        key.iter().map(|(tone, word, count, _)| Slice { tone: *tone, label: (*word).into(), count: *count }).collect();
    let counted = totals[..6].iter().sum::<u64>();
    let shell = Shell { path: "/standing?on=2026-11-24".into(), ..shell("遵守状況") };
    page(
        &shell,
        html! {
            (head("遵守状況", Some("対策基準（令和8年10月1日改正）　200条項　本日6時に判定"), Some(html! {
                (go("#", "表で見る", Look::SmallSecond)) (go("#", "基準日を変更", Look::SmallSecond))
            })))
            (card(None, summary("遵守している条項", &totals[0].to_string(), &counted.to_string(), counts_key(&key), stacked_bar(JA, "状況の内訳", "200条項の状況ごとの数", &slices))))
            (card(None, tile_map(JA, "clauses", "条項の図", &rows)))
            (card(Some("対応待ち（担当別）"), turns()))
        },
    )
}

fn turns() -> Markup {
    let rows: Vec<Row> = [
        (
            "2.4 情報資産の管理責任",
            Tone::Bad,
            "未遵守",
            "施設課の資産9件に保管場所の記録がない",
            "施設課長",
            "11月30日",
            "12日",
        ),
        (
            "6.2.5 未使用IDの点検",
            Tone::Bad,
            "未遵守",
            "退職者のIDが1件残っている",
            "情報システム管理者",
            "11月25日",
            "1日",
        ),
        ("7.3 緊急時対応計画の訓練", Tone::Unknown, "未確認", "最後の訓練から14か月", "CSIRT", "12月18日", "61日"),
        ("8.1 委託先の点検", Tone::Partly, "一部遵守", "年次報告が3社中2社", "契約担当", "12月4日", "6日"),
    ]
    .map(|(clause, tone, word, why, who, due, since)| {
        vec![
            html! { a href="#" { (clause) } },
            chip(tone, word),
            html! { (why) },
            html! { (who) },
            html! { (due) },
            html! { (since) },
        ]
        .into()
    })
    .into();
    let columns = [
        Column::text("条項"),
        Column::text("状況"),
        Column::text("理由"),
        Column::text("担当"),
        Column::figure("期限").sorted(Sort::Ascending("#")),
        Column::figure("経過日数").sorted(Sort::Unsorted("#")),
    ];
    table(JA, "対応待ち", &columns, &rows)
}

fn list() -> Markup {
    let rows: Vec<Row> = [
        ("A-0012", "退職手当システム データベース", ("3B", 4), ("2", 2), "業務課", Some("本庁舎 情報システム室")),
        ("A-0031", "給与計算 専用パソコン（2台）", ("3C", 3), ("2", 2), "業務課", Some("本庁舎 1階")),
        ("A-0058", "職員名簿", ("3C", 3), ("2", 2), "総務課", Some("人事フォルダ")),
        ("A-0077", "ネットワーク構成図", ("2", 2), ("2", 2), "情報政策室", None),
        ("A-0093", "貸出用 暗号化USBメモリ", ("1", 1), ("1", 1), "総務課", Some("鍵付き書庫 2")),
    ]
    .map(|(code, name, secrecy, integrity, unit, place)| {
        vec![
            html! { a href="#" { (name) } },
            html! { (code) },
            grade(secrecy.0, secrecy.1),
            grade(integrity.0, integrity.1),
            html! { (unit) },
            place.map_or_else(|| chip(Tone::Bad, "保管場所なし"), |place| html! { (place) }),
        ]
        .into()
    })
    .into();
    let columns = [
        Column::text("資産名").sorted(Sort::Unsorted("#")),
        Column::text("番号").sorted(Sort::Ascending("#")),
        Column::text("機密性").sorted(Sort::Unsorted("#")),
        Column::text("完全性"),
        Column { label: "管理部署", sort: Sort::Fixed, align: Align::Text },
        Column::text("保管場所"),
    ];
    let filter = |label, count, on| Filter { label, count: Some(count), href: "#", on };
    let ready = [
        filter("機密性2以上", 104, true),
        filter("個人情報あり", 32, false),
        filter("保管場所なし", 1, false),
        filter("自分の課", 3, false),
        filter("棚卸期限 30日以内", 2, false),
    ];
    let more = field(JA, "管理部署", Control::line("unit", "", Kind::Plain), None, None);
    let saved = Notice { mood: Mood::Good, text: "A-0093 を登録しました。".into(), more: None };
    page(
        &Shell { notice: Some(saved), ..shell("情報資産") },
        html! {
            (head("情報資産", Some("120件　うち機密性2以上 104件"), Some(html! {
                (go("#", "Excel取込・出力", Look::SmallSecond)) (go("#", "登録する", Look::Small))
            })))
            (card(None, html! {
                (filters(JA, "/assets", &ready, Some(more)))
                (table(JA, "情報資産の一覧", &columns, &rows))
                (pager(JA, &Pager { from: 51, to: 55, of: Total::AtLeast(1_000), previous: Some("#"), next: Some("#") }))
            }))
        },
    )
}

fn empty() -> Markup {
    page(
        &shell("例外措置"),
        html! {
            (head("例外措置", None, None))
            (card(None, empty_state("有効な例外措置はありません。", Some(go("#", "例外措置を申請する", Look::Main)))))
        },
    )
}

fn detail() -> Markup {
    let events = [
        Event {
            who: "佐渡 みのり（総務課）".into(),
            when: "令和8年11月20日 14時05分".into(),
            what: "保管場所を変更".into(),
            detail: Some(diff(
                JA,
                &[vec![Piece::Same("保管場所："), Piece::Removed("本庁舎 1階"), Piece::Added("本庁舎 情報システム室")]],
            )),
        },
        Event {
            who: "長岡 透（業務課）".into(),
            when: "令和8年4月1日 9時30分".into(),
            what: "棚卸で確認".into(),
            detail: None,
        },
        Event {
            who: "Excel取込".into(), when: "令和7年10月3日 16時12分".into(), what: "登録".into(), detail: None
        },
    ];
    let file = Control::file("file", ".pdf,.xlsx,.png");
    page(
        &shell("情報資産"),
        html! {
            (breadcrumb(JA, &[("情報資産", "#")], "A-0012"))
            (head("退職手当システム データベース", Some("A-0012　業務課"), Some(html! {
                (go("#", "変更する", Look::Small))
            })))
            (beside(
                html! {
                    (card(Some("内容"), detail_list(&[
                        ("機密性", grade("3B", 4)),
                        ("完全性", grade("2", 2)),
                        ("状況", chip(Tone::Good, "棚卸済み")),
                        ("管理責任者", html! { a href="#" { "業務課長" } }),
                        ("保管場所", html! { "本庁舎 情報システム室" }),
                        ("個人情報", html! { "あり（退職手当の受給者 約2,300人）" }),
                        ("次の棚卸", html! { "令和9年3月31日(水)" }),
                    ])))
                    (card(Some("履歴"), history(&events)))
                },
                card(Some("証拠資料"), html! {
                    (upload_slot(JA, "#", "r2", "ここに証拠資料を置く", file, Some("PDF、Excel、画像。20MBまで"), "提出する"))
                }),
            ))
        },
    )
}

fn form() -> Markup {
    let yes_no = [Choice { value: "yes", label: "含む" }, Choice { value: "no", label: "含まない" }];
    let media: Vec<Choice<'_>> = ["パソコン", "サーバ", "USBメモリ", "外付けディスク", "紙", "クラウド"]
        .iter()
        .map(|name| Choice { value: name, label: name })
        .collect();
    let faults = [
        Fault { name: "name", message: "資産名を入力してください" },
        Fault { name: "due_on", message: "棚卸期限は今日以後の日にしてください" },
    ];
    page(
        &shell("情報資産"),
        html! {
            (breadcrumb(JA, &[("情報資産", "#")], "登録"))
            (head("情報資産を登録する", None, None))
            (error_summary(JA, &faults))
            (parts::form("#", "r3", html! {
                (field(JA, "資産名", Control::line("name", "", Kind::Plain).longest(100).required(), Some("台帳で見分けられる名称"), Some(faults[0].message)))
                (field(JA, "管理責任者", Control::pick("owner", "role", "", "").required(), None, None))
                (field(JA, "個人情報", Control::choice("personal", "yes", &yes_no).required(), None, None))
                (field(JA, "媒体", Control::many("media", &["サーバ"], &media), None, None))
                (field(JA, "保存先", Control::choice("place", "", &media), None, None))
                (field(JA, "保存期間", Control::number("years", "5").between(1, 30), None, None))
                (field(JA, "棚卸期限", Control::date("due_on", "R8.4.1").required(), None, Some(faults[1].message)))
                (field(JA, "依存する資産", Control::picks("depends_on", "asset", &[("1", "A-0031 給与計算 専用パソコン")]), None, None))
                (field(JA, "備考", Control::area("note", "").longest(500), None, None))
                (field(JA, "管理責任者に知らせる", Control::check("tell", true), None, None))
                }, html! { (submit("次へ進む", Look::Main)) (go("#", "やめて戻る", Look::Second)) }))
        },
    )
}

fn question() -> Markup {
    page(
        &shell("情報資産"),
        confirm(
            JA,
            &Confirm {
                question: "A-0093 貸出用 暗号化USBメモリを廃棄しますか",
                consequence: html! { p { "媒体は物理的に破壊され、台帳では「廃棄」になります。元に戻せません。" } },
                action: "#",
                request: "r4",
                fields: field(JA, "廃棄の方法", Control::line("way", "", Kind::Plain).required(), None, None),
                label: "廃棄する",
                look: Look::Danger,
                back: "#",
            },
        ),
    )
}

fn sign_in() -> Markup {
    let shell = Shell { who: None, nav: Vec::new(), path: "/sign-in".into(), ..shell("サインイン") };
    bare_page(
        &shell,
        html! {
            h1 { "サインイン" }
            form method="post" action="#" {
                (field(JA, "職員番号またはメールアドレス", Control::line("account", "", Kind::Username).required().focused(), None, None))
                (field(JA, "パスワード", Control::line("password", "", Kind::Password).required(), None, None))
                div.sk-acts { (submit("サインインする", Look::Main)) }
            }
            p.sk-quiet { "入れないときは総務課（内線 210）へ。" }
        },
    )
}

fn english() -> Markup {
    let en = Lang::En;
    let shell = Shell { lang: en, demo: true, ..shell("Assets") };
    page(
        &shell,
        html! {
            (head("Assets", Some("120 records"), None))
            (card(None, html! {
                (field(en, "Due", Control::date("due", "2026-04-01"), None, Some("Choose a day from today on")))
                (pager(en, &Pager { from: 51, to: 100, of: Total::AtLeast(1_000), previous: Some("#"), next: Some("#") }))
            }))
        },
    )
}
