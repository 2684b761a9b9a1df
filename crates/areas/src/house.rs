//! What the sections hand to the rest of the house: navigation, routes, and who a person is.

use register::Record;
use ui::Route;
use ui::app::{Areas, Group, Place};
use ui::say::{Text, text};

use crate::documents::Clause;
use crate::organisation::Person;
use crate::{documents, organisation, standing, today};

const fn place(ja: &'static str, en: &'static str, href: &'static str) -> Place {
    Place { label: text(ja, en), href, register: None }
}

const fn register(ja: &'static str, en: &'static str, href: &'static str, register: &'static str) -> Place {
    Place { label: text(ja, en), href, register: Some(register) }
}

const fn group(heading: Text, places: &'static [Place]) -> Group {
    Group { heading: Some(heading), places }
}

/// The navigation, in the order of the work: define, do, check, keep in order.
const PLACES: &[Group] = &[
    Group {
        heading: None,
        places: &[
            place("今日", "Today", "/today"),
            place("申請する", "Apply", "/apply"),
            place("決裁する", "Decide", "/decide"),
            register("遵守状況", "Standing", "/standing", "clause"),
            register("情報資産", "Assets", "/r/asset", "asset"),
        ],
    },
    group(
        text("定める", "Define"),
        &[
            register("方針と基準", "Policy and standards", "/r/document", "document"),
            register("用語", "Glossary", "/r/term", "term"),
            register("適用する機関", "Organs in scope", "/r/organ", "organ"),
        ],
    ),
    group(
        text("行う", "Do"),
        &[
            register("部署", "Units", "/r/unit", "unit"),
            register("職員等", "People", "/r/person", "person"),
            register("役割の割当", "Role holdings", "/r/role_holding", "role_holding"),
            register("持ち出しの申請", "Carrying out", "/r/carry_out", "carry_out"),
            register("例外措置の申請", "Exceptions", "/r/exception", "exception"),
        ],
    ),
    group(
        text("確かめる", "Check"),
        &[
            register("証拠資料", "Evidence", "/r/evidence", "evidence"),
            register("該当なし等の申告", "Declarations", "/r/declaration", "declaration"),
            register("決裁の記録", "Decisions", "/r/decision", "decision"),
            place("操作記録の控え", "Head of the ledger", "/ledger"),
        ],
    ),
    group(
        text("整える", "Keep in order"),
        &[
            register("分類の区分", "Grades", "/r/grade", "grade"),
            register("利用者アカウント", "Accounts", "/accounts", "account"),
            register("APIトークン", "API tokens", "/r/api_token", "api_token"),
            register("独自の台帳と項目", "Own registers and fields", "/own", "own_register"),
            register("取込みの記録", "Imports", "/r/import", "import"),
            register("出力の記録", "Exports", "/r/export", "export"),
        ],
    ),
];

/// What the sections hand to `ui`.
pub fn house() -> Areas {
    Areas {
        person: organisation::person,
        places: PLACES,
        own_pages: &[("document", "/documents/"), ("clause", "/clauses/"), ("import", "/imports/")],
        people: Person::REGISTER.name,
        holders: organisation::holders,
        clauses: Clause::REGISTER.name,
        exception: "/r/exception/new?clause=",
        first_records: organisation::first_records,
    }
}

/// Every route of the house.
pub fn routes() -> Vec<&'static [Route]> {
    vec![
        ui::pages::ROUTES,
        ui::pages::own::ROUTES,
        ui::sign_in::ROUTES,
        ui::api::ROUTES,
        documents::ROUTES,
        standing::ROUTES,
        today::ROUTES,
    ]
}
