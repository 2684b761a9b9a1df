//! What holds for every part: labels are bound, errors are found, hostile text stays text, nothing is inline.

use maud::{Markup, html};

use super::*;
use crate::say::{Lang, Total};

const HOSTILE: &str = "\"><script>alert('x')</script><b onclick=\"x\" style=\"y\">";

const TWO: &[Choice<'_>] = &[Choice { value: "a", label: "甲" }, Choice { value: "b", label: "乙" }];
const SIX: &[Choice<'_>] = &[
    Choice { value: "1", label: "一" },
    Choice { value: "2", label: "二" },
    Choice { value: "3", label: "三" },
    Choice { value: "4", label: "四" },
    Choice { value: "5", label: "五" },
    Choice { value: "6", label: "六" },
];

fn every_control<'a>(
    name: &'a str,
    value: &'a str,
    options: &'a [Choice<'a>],
    links: &'a [(&'a str, &'a str)],
) -> Vec<Control<'a>> {
    vec![
        Control::line(name, value, Kind::Plain).longest(20),
        Control::line(name, value, Kind::OneTime),
        Control::area(name, value).longest(500),
        Control::number(name, value).between(1, 9),
        Control::date(name, value),
        Control::choice(name, value, options),
        Control::choice(name, value, SIX),
        Control::many(name, &[], options),
        Control::check(name, true),
        Control::file(name, ".pdf"),
        Control::pick(name, "thing", value, value),
        Control::picks(name, "thing", links),
    ]
}

/// All values of an attribute in a piece of HTML.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Tags as they would be parsed: text can't hold a bare `<` or a quote inside an attribute.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

/// The names of a tag's attributes, with quoted values left out.
fn attributes(tag: &str) -> Vec<&str> {
    let outside = tag.split('"').step_by(2);
    outside.flat_map(str::split_whitespace).map(|name| name.trim_end_matches('=')).collect()
}

fn assert_nothing_inline(html: &str) {
    for tag in tags(html) {
        for attribute in attributes(tag).into_iter().skip(1) {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{tag}");
        }
        assert!(!tag.starts_with("script") || tag.contains(" src=\""), "{tag}");
        assert!(!tag.starts_with("style"), "{tag}");
    }
}

#[test]
fn every_control_is_bound_to_a_label() {
    for control in every_control("thing", "1", TWO, &[("1", "甲")]) {
        let shown = field(Lang::Ja, "名前", control, None, None).into_string();
        let labels = values(&shown, "for");
        let ids: Vec<_> = tags(&shown)
            .into_iter()
            .filter(|tag| ["input", "select", "textarea"].iter().any(|name| tag.starts_with(name)))
            .filter(|tag| !tag.contains("type=\"hidden\""))
            .flat_map(|tag| values(tag, "id"))
            .collect();
        assert!(!ids.is_empty(), "{shown}");
        for id in ids {
            let inside = shown.contains("<label class=\"sk-option\"><input id=");
            assert!(labels.contains(&id) || inside, "no label for {id}: {shown}");
        }
        assert!(shown.contains("名前"), "{shown}");
    }
}

#[test]
fn an_error_is_named_by_its_field_and_reached_from_the_summary() {
    for control in every_control("thing", "1", TWO, &[]) {
        let shown = field(Lang::Ja, "名前", control.required(), Some("説明"), Some("直してください")).into_string();
        for id in values(&shown, "aria-describedby").iter().flat_map(|ids| ids.split(' ')) {
            assert!(values(&shown, "id").contains(&id), "{id} is nowhere: {shown}");
        }
        assert!(values(&shown, "id").contains(&"f-thing-error"), "{shown}");
        assert!(
            !values(&shown, "aria-describedby").is_empty() && !values(&shown, "aria-invalid").is_empty(),
            "{shown}"
        );
        let summary = error_summary(Lang::Ja, &[Fault { name: "thing", message: "直してください" }]).into_string();
        assert_eq!(values(&summary, "href"), ["#f-thing"]);
        assert!(values(&shown, "id").contains(&"f-thing"), "{shown}");
    }
}

#[test]
fn ids_of_a_field_are_unique() {
    for control in every_control("thing", "1", TWO, &[("1", "甲"), ("2", "乙")]) {
        let shown = field(Lang::En, "Name", control, Some("hint"), Some("error")).into_string();
        let mut ids = values(&shown, "id");
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{shown}");
    }
}

#[test]
fn a_day_is_said_back_in_its_era() {
    let shown = field(Lang::Ja, "期限", Control::date("due_on", "2026-04-01"), None, None).into_string();
    assert!(shown.contains("令和8年4月1日(水)"), "{shown}");
    let broken = field(Lang::Ja, "期限", Control::date("due_on", "2026-02-30"), None, None).into_string();
    assert!(broken.contains("value=\"2026-02-30\"") && !broken.contains("令和8年2月"), "{broken}");
}

#[test]
fn hostile_text_stays_text_and_no_part_writes_anything_inline() {
    for shown in everything(HOSTILE) {
        let shown = shown.into_string();
        assert!(!shown.contains("<script>") && !shown.contains("<b on"), "{shown}");
        assert_nothing_inline(&shown);
    }
}

#[test]
fn demo_data_say_so_on_every_page() {
    let shell = Shell { demo: true, ..shell("x") };
    for shown in [page(&shell, html! {}), bare_page(&shell, html! {})] {
        assert!(shown.into_string().contains("デモ（架空の団体のデータです）"));
    }
}

#[test]
fn a_phone_reaches_every_page_of_the_navigation() {
    let items = |names: &[&str]| names.iter().map(|name| item(name)).collect::<Vec<_>>();
    let nav = vec![
        NavGroup { heading: None, items: items(&["a", "b", "c", "d", "e"]) },
        NavGroup { heading: Some("other".into()), items: items(&["f"]) },
    ];
    let shown = page(&Shell { nav, ..shell("x") }, html! {}).into_string();
    let (bar, menu) = shown.split_once("id=\"sk-menu\"").expect("a page has a menu");
    for (name, place) in [("a", bar), ("d", bar), ("e", menu), ("f", menu)] {
        assert!(place.contains(&format!("href=\"/{name}\"")), "{name}");
    }
}

#[test]
fn a_sorted_column_says_so_to_the_ear_as_well() {
    let columns = [Column::text("番号").sorted(Sort::Descending("?sort=code")), Column::figure("数")];
    let shown = table(Lang::Ja, "一覧", &columns, &[vec![html! { "1" }, html! { "2" }].into()]).into_string();
    assert!(shown.contains("aria-sort=\"descending\"") && shown.contains("（降順）"), "{shown}");
}

#[test]
fn styles_use_every_token_and_no_other() {
    let text = |name: &str| {
        asset(&href(name)).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).expect("a file of the look")
    };
    let (tokens, styles) = (text("tokens.css"), text("sekimori.css"));
    let mut declared: Vec<&str> =
        tokens.split("--").skip(1).filter_map(|rest| rest.split_once(':')).map(|(name, _)| name).collect();
    let mut used: Vec<&str> =
        styles.split("var(--").skip(1).filter_map(|rest| rest.split_once(')')).map(|(name, _)| name).collect();
    declared.sort_unstable();
    used.sort_unstable();
    used.dedup();
    assert_eq!(declared, used);
}

fn item(name: &str) -> NavItem {
    NavItem { label: name.into(), href: format!("/{name}"), current: false, count: Some(Count::Pressing(3)) }
}

fn shell(text: &str) -> Shell {
    Shell {
        lang: Lang::Ja,
        title: text.into(),
        body_name: text.into(),
        who: Some(Who { name: text.into(), unit: text.into(), links: vec![item(text)] }),
        nav: vec![NavGroup { heading: Some(text.into()), items: vec![item(text)] }],
        demo: false,
        alarm: None,
        closed: false,
        notice: Some(Notice { mood: Mood::Bad, text: text.into(), more: None }),
        path: text.into(),
        printed_at: text.into(),
    }
}

/// Every part, filled with one text.
fn everything(text: &str) -> Vec<Markup> {
    let own = || text.to_owned();
    let said = || html! { (text) };
    let options = [Choice { value: text, label: text }];
    let links = [(text, text)];
    let mut parts: Vec<Markup> = every_control(text, text, &options, &links)
        .into_iter()
        .map(|control| field(Lang::Ja, text, control.required().focused(), Some(text), Some(text)))
        .collect();
    let ask = Confirm {
        question: text,
        consequence: said(),
        action: text,
        request: text,
        fields: said(),
        label: text,
        look: Look::Danger,
        back: text,
    };
    let task = Task {
        heading: own(),
        note: own(),
        due: Some(Due { day: own(), left: own(), tone: Tone::Bad }),
        act: go(text, text, Look::Small),
    };
    let tiles = vec![Tile { tone: Tone::Bad, href: own(), label: own() }];
    let row = vec![said(), said()].into();
    let columns = [Column::text(text).sorted(Sort::Unsorted(text)), Column::figure(text)];
    let ready = [Filter { label: text, count: Some(1), href: text, on: true }];
    parts.extend([
        page(&shell(text), said()),
        bare_page(&shell(text), said()),
        confirm(Lang::Ja, &ask),
        hidden(text, text),
        head(text, Some(text), Some(said())),
        columns_of(said()),
        beside(said(), said()),
        summary(text, text, text, said(), said()),
        form(text, text, said(), said()),
        tasks(&[task]),
        breadcrumb(Lang::Ja, &links, text),
        empty_state(text, Some(said())),
        chip(Tone::Held, text),
        grade(text, 9),
        tile_map(Lang::Ja, text, text, &[TileRow { number: own(), heading: own(), tiles, side: said() }]),
        counts_key(&[(Tone::Good, text, 1, text)]),
        table(Lang::Ja, text, &columns, &[row]),
        filters(Lang::Ja, text, &ready, Some(said())),
        pager(Lang::Ja, &Pager { from: 1, to: 2, of: Total::Exactly(3), previous: Some(text), next: Some(text) }),
        detail_list(&[(text, said())]),
        history(&[Event { who: own(), when: own(), what: own(), detail: Some(said()) }]),
        diff(Lang::Ja, &[vec![Piece::Same(text), Piece::Removed(text), Piece::Added(text)]]),
        error_summary(Lang::Ja, &[Fault { name: text, message: text }]),
        upload_slot(Lang::Ja, text, text, text, Control::file(text, text), Some(text), text),
        qr(text, text).expect("a short text"),
        stacked_bar(Lang::Ja, text, text, &[Slice { tone: Tone::Bad, label: own(), count: 1 }]),
    ]);
    parts
}

fn columns_of(block: Markup) -> Markup {
    columns(&[card(Some("x"), block)])
}
