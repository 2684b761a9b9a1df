//! Every route × visitor × record × state gets exactly the status that `matrix.txt` gives it, and nothing leaks or is
//! written on a refusal. The table is read here on its own: nothing of it comes from the code that decides.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use base::id::Id;
use register::Description;
use register::change::Side;
use register::permit::Role;
use serde_json::{Value, json};
use testkit::{Client, House, Seen, fields, sample};

#[path = "matrix/programs.rs"]
mod programs;

const TABLE: &str = include_str!("matrix.txt");
const ROLES: [Role; 7] =
    [Role::Ciso, Role::Chief, Role::Head, Role::Manager, Role::SystemManager, Role::Auditor, Role::Staff];

/// How far a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    All,
    Unit,
    Own,
    Other,
    None,
}

/// What a route needs, and what it answers.
#[derive(Debug, Clone)]
struct Line {
    method: Method,
    path: &'static str,
    needs: &'static str,
    answer: u16,
    signed_in: u16,
}

impl Line {
    /// Whether it is for programs.
    fn api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// The reviewed table.
struct Table {
    reach: BTreeMap<(&'static str, &'static str), [Reach; 7]>,
    routes: Vec<Line>,
}

impl Table {
    fn read() -> Self {
        let mut table = Table { reach: BTreeMap::new(), routes: Vec::new() };
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let words: Vec<&'static str> = line.split_whitespace().collect();
            if let ["route", method, path, needs, answer, rest @ ..] = words.as_slice() {
                let answer = answer.parse().unwrap();
                let signed_in = rest.first().map_or(answer, |text| text.parse().unwrap());
                table.routes.push(Line { method: method.parse().unwrap(), path, needs, answer, signed_in });
                continue;
            }
            let [register, action, roles @ ..] = words.as_slice() else { panic!("{line}") };
            let reach = |text: &&str| match *text {
                "all" => Reach::All,
                "unit" => Reach::Unit,
                "own" => Reach::Own,
                "other" => Reach::Other,
                "-" => Reach::None,
                other => panic!("{other} in {line}"),
            };
            let roles: Vec<Reach> = roles.iter().map(reach).collect();
            let twice = table.reach.insert((register, action), roles.try_into().unwrap());
            assert!(twice.is_none(), "twice: {line}");
        }
        table
    }

    /// How far somebody with this role reaches, who is staff too.
    fn reach(&self, register: &str, action: &str, role: Role) -> [Reach; 2] {
        let line = self.reach.get(&(register, action)).unwrap_or_else(|| panic!("no line for {register} {action}"));
        [role, Role::Staff].map(|role| line[ROLES.iter().position(|other| *other == role).unwrap()])
    }
}

/// Where a request says that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Ours,
    Foreign,
    Untold,
}

/// Somebody who asks.
struct Visitor<'a> {
    name: &'static str,
    client: Client<'a>,
    /// The role, while the session may be used.
    role: Option<Role>,
    way: Way,
}

/// A record that is asked for.
#[derive(Debug, Clone)]
struct Target {
    register: &'static str,
    id: Id,
    /// Whether it is of the visitor's unit.
    ours: bool,
    /// Whether it is the visitor's own.
    own: bool,
    state: &'static str,
    mark: String,
}

/// The states that a register's records are tried in.
fn states(register: &str) -> &'static [&'static str] {
    match register {
        "declaration" => &["declared", "confirmed", "withdrawn", "lapsed", "archived"],
        "edition" => &["draft", "adopted", "archived"],
        "decision" => &["decided", "reviewed", "archived"],
        "carry_out" | "exception" => &["applied", "archived"],
        "api_token" => &["active", "revoked", "archived"],
        "erasure" => &["asked"],
        "trial" => &["kept", "archived"],
        _ => &["current", "archived"],
    }
}

/// The transitions that are tried: those of the register, and one that no register has.
fn transitions(register: &str) -> &'static [&'static str] {
    match register {
        "declaration" => &["confirm", "withdraw", "create"],
        "edition" => &["adopt", "create"],
        "decision" => &["review", "create"],
        "carry_out" => &["permit", "send_back", "reject", "apply", "withdraw", "give_back", "create"],
        "exception" => &["permit", "send_back", "reject", "apply", "withdraw", "end", "create"],
        "api_token" => &["revoke", "create"],
        "trial" => &["lend", "create"],
        _ => &["create"],
    }
}

/// States from which a transition may start.
fn starts(transition: &str, state: &str) -> bool {
    matches!(
        (transition, state),
        ("confirm" | "withdraw", "declared")
            | ("permit" | "send_back" | "reject" | "withdraw", "applied")
            | ("withdraw", "confirmed")
            | ("adopt", "draft")
            | ("lend", "kept")
            | ("review", "decided")
            | ("revoke", "active")
    )
}

/// A text field of each register, and another value of it.
fn touch(register: &str) -> (&'static str, &'static str) {
    match register {
        "grade" | "own_register" | "own_field" => ("label", "changed"),
        "account" => ("expires_on", "2027-03-31"),
        "document" => ("enacted_on", "2026-03-31"),
        "clause" => ("heading", "changed"),
        "term" | "comment" => ("text", "changed"),
        "declaration" => ("statement", "changed"),
        "decision" => ("number", "changed"),
        "import" => ("file", "changed"),
        "export" => ("filter", "changed"),
        "edition" | "attachment" | "carry_out" | "exception" => ("name", "changed"),
        "person" | "role_holding" => ("post", "changed"),
        _ => ("note", "changed"),
    }
}

struct Walk<'a> {
    house: &'a House,
    table: Table,
    chief: Client<'a>,
    cells: usize,
    serial: usize,
    wrong: Vec<String>,
}

impl Walk<'_> {
    async fn make(&mut self, register: &'static str, ours: bool, state: &'static str, owner: Option<Id>) -> Target {
        self.serial += 1;
        let mark = format!("mark-{:04}", self.serial);
        let unit = if ours { self.house.unit_a } else { self.house.unit_b };
        let mut body = body(self.house, register, unit, &mark, owner).await;
        match state {
            "lapsed" => body["until"] = json!("2026-11-23"),
            "adopted" => {
                body["decided_on"] = json!("2026-11-01");
                body["effective_on"] = json!("2027-04-01");
            }
            _ => {}
        }
        let id = self.house.put(register, body).await;
        match state {
            "archived" => self.house.archive(register, id).await,
            "revoked" => self.house.act("api_token", id, "revoke").await,
            "withdrawn" => self.house.act("declaration", id, "withdraw").await,
            "adopted" => self.house.act("edition", id, "adopt").await,
            "reviewed" => self.house.act("decision", id, "review").await,
            "confirmed" => {
                let done = self.chief.post(&format!("/r/declaration/{id}/act/confirm"), &[("rev", "1")]).await;
                assert_eq!(done.status, 303, "{}", done.visible());
            }
            _ => {}
        }
        Target { register, id, ours, own: owner.is_some(), state, mark }
    }

    fn covers(&self, visitor: &Visitor<'_>, target: &Target, action: &str) -> bool {
        let role = visitor.role.expect("asked for the living only");
        self.table.reach(target.register, action, role).into_iter().any(|reach| match reach {
            Reach::All => true,
            Reach::Unit => target.ours,
            Reach::Own => target.own,
            Reach::Other => !target.own,
            Reach::None => false,
        })
    }

    /// What the table expects of a cell.
    fn expected(&self, line: &Line, visitor: &Visitor<'_>, register: &str, target: Option<(&Target, &str)>) -> u16 {
        let get = line.method == Method::GET;
        match visitor.way {
            Way::Foreign if !get => return 403,
            Way::Untold if !get => return if line.needs == "anyone" { 403 } else { 401 },
            _ => {}
        }
        let Some(role) = visitor.role else {
            return match (line.needs, get) {
                ("anyone", _) => line.answer,
                (_, true) => 303,
                (_, false) => 401,
            };
        };
        if matches!(line.needs, "anyone" | "signed-in") {
            return line.signed_in;
        }
        let (register, action) = line.needs.split_once(':').unwrap_or((register, line.needs));
        let gate = if action == "act" { "view" } else { action };
        if self.table.reach(register, gate, role) == [Reach::None; 2] {
            return 403;
        }
        let Some((target, transition)) = target else { return line.answer };
        let may = if action == "act" {
            let named = format!("act:{transition}");
            if !self.table.reach.contains_key(&(target.register, named.as_str())) {
                return 404;
            }
            self.covers(visitor, target, &named) && starts(transition, target.state)
        } else {
            self.covers(visitor, target, action)
        };
        match (may, self.covers(visitor, target, "view")) {
            (false, true) => 403,
            (false, false) => 404,
            (true, _) if target.state == "archived" && !matches!(action, "view" | "erase") => 422,
            (true, _) => line.answer,
        }
    }

    /// Sends what a page would send and holds the answer against the table.
    async fn cell(
        &mut self,
        line: &Line,
        visitor: &Visitor<'_>,
        path: &str,
        form: &[(String, String)],
        expected: u16,
    ) -> Seen {
        let before = self.house.entries();
        let seen = if line.method == Method::GET {
            visitor.client.get(path).await
        } else if line.path.ends_with("/attach") || line.path == "/r/{register}/import" {
            visitor.client.upload(path, "議事録.txt", b"minutes").await
        } else {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            visitor.client.post(path, &form).await
        };
        self.cells += 1;
        let grown = self.house.entries() - before;
        // What is taken out leaves an entry too.
        let writes = match line.method {
            Method::POST => {
                let kept =
                    line.path.starts_with("/r/") || matches!(line.path, "/imports/{id}" | "/imports/{id}/cancel");
                expected == 303 && kept
            }
            _ => expected == 200 && line.path.contains("/export."),
        };
        let mut fault = |what: String| {
            self.wrong.push(format!("{} {path} as {}: {what}", line.method, visitor.name));
        };
        if seen.status != expected {
            fault(format!(
                "{} instead of {expected}: {}",
                seen.status,
                seen.visible().chars().take(120).collect::<String>()
            ));
        }
        if (grown > 0) != writes {
            fault(format!("{grown} entries were written"));
        }
        let to_sign_in = seen.status == 303 && seen.location().starts_with("/sign-in");
        if visitor.role.is_none() && expected == 303 && !to_sign_in {
            fault(format!("sent to {}", seen.location()));
        }
        seen
    }

    fn leaks(&mut self, seen: &Seen, target: &Target, what: &str) {
        if matches!(seen.status, 303 | 401 | 403 | 404) && seen.text.contains(&target.mark) {
            self.wrong.push(format!("{what}: a refused answer holds the record's {}", target.mark));
        }
    }

    async fn records(&mut self, visitors: &[Visitor<'_>], register: &'static str) {
        let lines: Vec<Line> =
            self.table.routes.iter().filter(|line| line.path.starts_with("/r/{register}/{id}")).cloned().collect();
        let mut targets = Vec::new();
        let divided =
            matches!(register, "asset" | "person" | "role_holding" | "account" | "trial" | "carry_out" | "exception");
        for state in states(register) {
            targets.push(self.make(register, true, state, None).await);
            if divided {
                targets.push(self.make(register, false, state, None).await);
            }
        }
        for visitor in visitors {
            let mut targets = targets.clone();
            if register == "account" && visitor.name != "anonymous" {
                let login = visitor.client.login();
                let (id, mark) = (login.account, login.login.clone());
                targets.push(Target { register, id, ours: true, own: true, state: "current", mark });
            }
            let owned = matches!(register, "trial" | "api_token") && visitor.role.is_some();
            let owner = owned.then(|| visitor.client.person());
            if owner.is_some() {
                targets.push(self.make(register, false, states(register)[0], owner).await);
            }
            for shared in &targets {
                for line in &lines {
                    // Whoever puts their own account away is gone: another test does that.
                    if shared.own && register == "account" && line.path.ends_with("/archive") {
                        continue;
                    }
                    let steps = if line.needs == "act" { transitions(register) } else { &[""] };
                    for step in steps {
                        let expected = self.expected(line, visitor, register, Some((shared, step)));
                        let changes =
                            line.method == Method::POST && expected == 303 && (!shared.own || owner.is_some());
                        let owner = owner.filter(|_| shared.own);
                        let target = if changes {
                            self.make(register, shared.ours, shared.state, owner).await
                        } else {
                            shared.clone()
                        };
                        let row = self.house.row(register, target.id);
                        let path = line.path.replace("{register}", register).replace("{id}", &target.id.to_string());
                        let path = path.replace("{transition}", step).replace("{seq}", &row.seq.to_string());
                        let path = path.replace("{request}", "nothing").replace("{step}", "nothing");
                        let (field, value) = touch(register);
                        let decider = self.house.rows("person")[0].id.to_string();
                        let form = [
                            ("rev", row.rev.to_string().as_str()),
                            (field, value),
                            ("text", "a word on it"),
                            ("decided_on", "令和8年11月1日"),
                            ("effective_on", "令和9年4月1日"),
                        ]
                        .map(|(name, value)| (name.to_owned(), value.to_owned()));
                        let mut form = form.to_vec();
                        if line.needs == "act" && matches!(register, "carry_out" | "exception") {
                            // A decision made elsewhere: those who decide and those who only record may tell of it.
                            let told = [("system", "紙の起案"), ("number", "総第1号"), ("decider_text", &decider)];
                            form.extend(told.map(|(name, value)| (name.to_owned(), value.to_owned())));
                        }
                        let seen = self.cell(line, visitor, &path, &form, expected).await;
                        self.leaks(&seen, &target, &format!("{} {path} as {}", line.method, visitor.name));
                        if line.path == "/r/{register}/{id}" && seen.status == 200 && !seen.text.contains(&target.mark)
                        {
                            self.wrong.push(format!("{path} as {} does not show {}", visitor.name, target.mark));
                        }
                    }
                }
            }
        }
    }

    async fn registers(&mut self, visitors: &[Visitor<'_>], register: &'static str) {
        let lines: Vec<Line> = self
            .table
            .routes
            .iter()
            .filter(|line| line.path.contains("{register}") && !line.path.contains("{id}") && !line.api())
            .cloned()
            .collect();
        let description = self.house.store.registers().description(register).unwrap().clone();
        let (unit_a, unit_b) = (self.house.unit_a, self.house.unit_b);
        let ready = body(self.house, register, unit_a, "never", None).await;
        for visitor in visitors {
            for line in &lines {
                let path = line.path.replace("{register}", register);
                let expected = self.expected(line, visitor, register, None);
                let mut bodies = vec![(ready.clone(), expected)];
                if line.method == Method::POST && expected == 303 {
                    self.serial += 1;
                    let mark = format!("mark-{:04}", self.serial);
                    let reach = self.table.reach(register, "create", visitor.role.unwrap());
                    let whole = reach.contains(&Reach::Unit) || reach.contains(&Reach::All);
                    let owner = (!whole).then(|| visitor.client.person());
                    bodies = vec![(body(self.house, register, unit_a, &mark, owner).await, 303)];
                    if !reach.contains(&Reach::All) {
                        bodies.push((body(self.house, register, unit_b, "other", None).await, 422));
                    }
                }
                for (body, expected) in bodies {
                    self.cell(line, visitor, &path, &fields(&description, &body), expected).await;
                }
            }
        }
    }

    async fn others(&mut self, visitors: &[Visitor<'_>]) {
        let lines: Vec<Line> =
            self.table.routes.iter().filter(|line| !line.path.contains("{register}") && !line.api()).cloned().collect();
        let first = |register: &str| self.house.rows(register)[0].id.to_string();
        let (document, clause) = (first("document"), first("clause"));
        for line in lines.iter().filter(|line| line.path.starts_with("/imports/")) {
            for visitor in visitors {
                let target = self.make("import", true, "current", None).await;
                let path = line.path.replace("{id}", &target.id.to_string());
                let expected = self.expected(line, visitor, "", Some((&target, "")));
                let seen = self.cell(line, visitor, &path, &[], expected).await;
                self.leaks(&seen, &target, &format!("{} {path} as {}", line.method, visitor.name));
            }
        }
        let rest = |line: &&Line| line.path != "/sign-out" && !line.path.starts_with("/imports/");
        for line in lines.iter().filter(rest) {
            let id = if line.path.starts_with("/documents") { &document } else { &clause };
            let path = line.path.replace("{id}", id).replace("{token}", "nothing").replace("{edition}", "0");
            let path = path.replace("{file}", "nothing.css");
            let path = path.replace("{factor}", "nothing").replace("{step}", "nothing");
            for visitor in visitors {
                let form = [("login", visitor.name), ("password", "それは違います、違います"), ("old", "違います")];
                let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
                let expected = self.expected(line, visitor, "", None);
                self.cell(line, visitor, &path, &form, expected).await;
            }
        }
    }

    /// What is listed, offered, found and taken out is what may be listed or taken out, and no more.
    async fn listed(&mut self, visitors: &[Visitor<'_>]) {
        let ours = self.make("asset", true, "current", None).await;
        let theirs = self.make("asset", false, "current", None).await;
        for visitor in visitors {
            if visitor.role.is_none() {
                continue;
            }
            for target in [&ours, &theirs] {
                let ways = [
                    ("list", format!("/r/asset?q={}", target.mark)),
                    ("list", format!("/pick/asset?q={}", target.mark)),
                    ("list", format!("/search?q={}", target.mark)),
                    ("export", "/r/asset/export.csv".to_owned()),
                ];
                for (action, path) in ways {
                    let may = self.covers(visitor, target, action);
                    let seen = visitor.client.get(&path).await;
                    self.cells += 1;
                    let code = self.house.row("asset", target.id).text("code").to_owned();
                    if seen.text.contains(&code) != may && !path.starts_with("/search") {
                        self.wrong.push(format!("{path} as {}: the record of unit is there: {}", visitor.name, !may));
                    }
                    let link = format!("/r/asset/{}\"", target.id);
                    if path.starts_with("/search") && seen.text.contains(&link) != may {
                        self.wrong.push(format!("{path} as {}: found: {}", visitor.name, !may));
                    }
                }
            }
        }
    }
}

/// The fields of a new record, of this owner where the register has one.
async fn body(house: &House, register: &str, unit: Id, mark: &str, owner: Option<Id>) -> Value {
    if register != "trial" {
        let mut body = sample(house, register, unit, mark).await;
        if let Some(owner) = owner.filter(|_| register == "api_token") {
            let accounts = house.rows("account");
            let account = accounts.iter().find(|account| account.owner == Some(owner)).unwrap();
            (body["person"], body["account"]) = (json!(owner), json!(account.id));
        }
        return body;
    }
    let mut body = json!({"name": mark, "unit": unit});
    if let Some(owner) = owner {
        body["owner"] = json!(owner);
    }
    body
}

/// A register given only as data, whose rules are those of the table's part on it.
fn trial() -> Description {
    let field = |name: &str, to: &str| json!({"name": name, "label": {"ja": name, "en": name}, "kind": {"link": {"to": to}}, "required": name == "unit"});
    let text = |name: &str| json!({"name": name, "label": {"ja": name, "en": name}, "kind": {"text": {"max": 80}}});
    let grant =
        |roles: &[&str], actions: &[&str], reach: &str| json!({"roles": roles, "actions": actions, "reach": reach});
    let all = ["ciso", "chief", "head", "manager", "system_manager", "auditor", "staff"];
    let description = json!({
        "name": "trial", "label": {"ja": "試し", "en": "Trial"}, "title": "name", "unit": "unit", "owner": "owner",
        "fields": [text("name"), field("unit", "unit"), field("owner", "person"), text("note")],
        "access": [
            grant(&all, &["view", "list"], "all"),
            grant(&["chief"], &["create", "edit", "export", "attach"], "all"),
            grant(&["head", "manager"], &["create", "edit", "export"], "unit"),
            grant(&["head", "system_manager"], &["attach"], "unit"),
            grant(&["staff"], &["create", "edit", "comment", "attach"], "own"),
            grant(&["ciso", "chief", "auditor"], &["comment"], "all"),
            grant(&["auditor"], &["export"], "all"),
            grant(&["head", "manager", "system_manager"], &["comment"], "unit"),
        ],
        "lifecycle": {
            "states": [{"name": "kept", "ja": "保管", "en": "Kept"}, {"name": "lent", "ja": "貸出中", "en": "Lent"}],
            "transitions": [
                {"name": "lend", "ja": "貸す", "en": "Lend", "from": ["kept"], "to": "lent", "roles": ["head", "manager"], "reach": "unit"},
            ],
        },
    });
    serde_json::from_value(description).unwrap()
}

async fn visitors(house: &House) -> Vec<Visitor<'_>> {
    let mut all = vec![Visitor { name: "anonymous", client: house.visitor(), role: None, way: Way::Ours }];
    for role in ROLES {
        all.push(Visitor { name: role.name(), client: house.signed_in(role).await, role: Some(role), way: Way::Ours });
    }
    for name in ["disabled", "expired", "left", "put away", "ended"] {
        let client = house.signed_in(Role::Chief).await;
        let login = client.login();
        match name {
            "disabled" => house.edit("account", login.account, json!({"disabled": true})).await,
            "expired" => house.edit("account", login.account, json!({"expires_on": "2026-11-23"})).await,
            "put away" => house.archive("account", login.account).await,
            "left" => house.edit("person", login.person, json!({"left_on": "2026-11-23"})).await,
            _ => {
                let hash = ui::sign_in::session_hash(&login.cookie);
                house.writer.operate(vec![Side::SessionEnd { hash }]).await.unwrap();
            }
        }
        all.push(Visitor { name, client, role: None, way: Way::Ours });
    }
    let site = "sec-fetch-site";
    for (name, way, sent) in [
        ("cross-site", Way::Foreign, Some("cross-site")),
        ("same-site", Way::Foreign, Some("same-site")),
        ("typed address", Way::Foreign, Some("none")),
        ("foreign origin", Way::Foreign, None),
        ("untold", Way::Untold, None),
    ] {
        let mut client = house.signed_in(Role::Chief).await.sending(site, sent);
        if name == "foreign origin" {
            client = client.sending("origin", Some("https://localhost.example.com"));
        }
        all.push(Visitor { name, client, role: Some(Role::Chief), way });
    }
    all
}

fn names(house: &House) -> Vec<&'static str> {
    let table = Table::read();
    let known: BTreeSet<&'static str> = table.reach.keys().map(|(register, _)| *register).collect();
    let there: BTreeSet<String> = house.store.registers().all().map(|description| description.name.clone()).collect();
    let known_there: BTreeSet<String> = known.iter().map(ToString::to_string).collect();
    assert_eq!(known_there, there, "every register has its lines in matrix.txt, and no other");
    known.into_iter().collect()
}

#[tokio::test]
async fn every_route_register_action_and_transition_has_its_line() {
    let house = testkit::app().with_register(trial()).start().await;
    let table = Table::read();
    let lines: BTreeSet<_> = table.routes.iter().map(|line| (line.path, line.method.to_string())).collect();
    let routes: BTreeSet<_> = areas::routes()
        .iter()
        .flat_map(|table| table.iter())
        .map(|route| (route.path, route.method.to_string()))
        .collect();
    assert_eq!(lines, routes);
    let mut wanted = BTreeSet::new();
    for register in names(&house) {
        let description = house.store.registers().description(register).unwrap().clone();
        for action in ["view", "list", "create", "edit", "import", "export", "comment", "attach", "seal", "erase"] {
            wanted.insert((register.to_owned(), action.to_owned()));
        }
        if register::own::describes(register) {
            wanted.insert((register.to_owned(), "describe".to_owned()));
        }
        for step in description.lifecycle.iter().flat_map(|lifecycle| lifecycle.transitions.iter()) {
            wanted.insert((register.to_owned(), format!("act:{}", step.name)));
        }
    }
    let there: BTreeSet<_> =
        table.reach.keys().map(|(register, action)| ((*register).to_owned(), (*action).to_owned())).collect();
    assert_eq!(there, wanted);
}

#[tokio::test]
async fn every_cell_answers_as_the_table_says() {
    let house = testkit::app().with_register(trial()).with_policy().start().await;
    let visitors = visitors(&house).await;
    let chief = house.signed_in(Role::Chief).await;
    let mut walk = Walk { house: &house, table: Table::read(), chief, cells: 0, serial: 0, wrong: Vec::new() };
    for register in names(&house) {
        walk.registers(&visitors, register).await;
        walk.records(&visitors, register).await;
    }
    walk.others(&visitors).await;
    walk.listed(&visitors).await;
    // Last of all, since it ends their sessions.
    let line = walk.table.routes.iter().find(|line| line.path == "/sign-out").unwrap().clone();
    for visitor in &visitors {
        let expected = walk.expected(&line, visitor, "", None);
        walk.cell(&line, visitor, "/sign-out", &[], expected).await;
    }
    let (cells, wrong) = (walk.cells, walk.wrong);
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells >= 5_000, "only {cells} cells");
    assert_eq!(house.audit().bad, None);
    eprintln!("{cells} cells");
}
