//! The same table for programs: every route of the API × token × record × state.

use axum::http::Method;
use register::permit::Role;
use serde_json::{Value, json};
use testkit::{Client, House, Seen};

use super::{Line, ROLES, Reach, Table, Target, Visitor, Walk, Way, body, names, states, touch, transitions, trial};

/// A program, with its owner as the pages' walk knows them.
struct Program<'a> {
    owner: Visitor<'a>,
    client: Client<'a>,
    /// The register that its token is bound to, if it is bound to one.
    only: Option<&'static str>,
    /// Whether its token may change records.
    writes: bool,
}

async fn programs(house: &House) -> Vec<Program<'_>> {
    let mut all = Vec::new();
    let whole = ["*:write"].as_slice();
    for role in ROLES {
        all.push((role.name(), Some(role), role, whole, None, true));
    }
    all.push(("read only", Some(Role::Chief), Role::Chief, &["*:read"], None, false));
    all.push(("of trials", Some(Role::Manager), Role::Manager, &["trial:write"], Some("trial"), true));
    for name in ["disabled", "expired", "left", "put away", "revoked", "no token", "cookie", "doubled"] {
        all.push((name, None, Role::Chief, whole, None, true));
    }
    let mut made = Vec::new();
    for (name, lives, role, bounds, only, writes) in all {
        let owner = house.signed_in(role).await;
        let login = owner.login();
        let token = house.token(login, bounds).await;
        let mut client = Client::program(house, &token);
        match name {
            "disabled" => house.edit("account", login.account, json!({"disabled": true})).await,
            "expired" => house.edit("account", login.account, json!({"expires_on": "2026-11-23"})).await,
            "put away" => house.archive("account", login.account).await,
            "left" => house.edit("person", login.person, json!({"left_on": "2026-11-23"})).await,
            "revoked" => {
                let row = house.rows("api_token").pop().unwrap();
                house.act("api_token", row.id, "revoke").await;
            }
            "no token" => client = client.sending("authorization", None),
            "cookie" => client = Client::of(house, house.person(role, house.unit_a, None).await),
            // Which of the two would count?
            "doubled" => client = client.sending("Authorization", Some(&format!("Bearer {token}"))),
            _ => {}
        }
        made.push(Program {
            owner: Visitor { name, client: owner, role: lives, way: Way::Ours },
            client,
            only,
            writes,
        });
    }
    made
}

impl Walk<'_> {
    fn asked_of_api(&self, line: &Line, program: &Program<'_>, register: &str, target: Option<(&Target, &str)>) -> u16 {
        if program.owner.role.is_none() {
            return 401;
        }
        if line.needs == "signed-in" {
            return line.answer;
        }
        let changes = line.method != Method::GET;
        let bound = program.only.is_none_or(|only| only == register);
        // Nobody gets in by a token.
        let tokens = matches!(register, "api_token" | "account") && changes;
        // A transition passes the gate of those who may see.
        if !bound || ((!program.writes || tokens) && changes && line.needs != "act") {
            return 403;
        }
        match (self.expected(line, &program.owner, register, target), target) {
            (200, Some((target, _))) if changes && (!program.writes || tokens) => {
                if self.covers(&program.owner, target, "view") { 403 } else { 404 }
            }
            // A decision is a person's, on the page of the record.
            (200, Some((_, "permit" | "reject"))) if line.needs == "act" => 422,
            (expected, _) => expected,
        }
    }

    async fn call(
        &mut self,
        line: &Line,
        program: &Program<'_>,
        path: &str,
        rev: u64,
        sent: &Value,
        expected: u16,
    ) -> Seen {
        let before = self.house.entries();
        let seen = match (line.method.clone(), line.path.ends_with("/files")) {
            (Method::GET, _) => program.client.get(path).await,
            (method, true) => {
                let kind = Some("application/octet-stream");
                program.client.send(method, &format!("{path}?name=minutes.txt"), kind, b"minutes".to_vec()).await
            }
            (method, false) => program.client.call(method, path, Some(rev), Some(sent)).await,
        };
        self.cells += 1;
        let grown = self.house.entries() - before;
        let writes = line.method != Method::GET && matches!(expected, 200 | 201);
        let mut fault =
            |what: String| self.wrong.push(format!("{} {path} by {}: {what}", line.method, program.owner.name));
        if seen.status != expected {
            fault(format!(
                "{} instead of {expected}: {}",
                seen.status,
                seen.text.chars().take(200).collect::<String>()
            ));
        }
        if (grown > 0) != writes {
            fault(format!("{grown} entries were written"));
        }
        let problem = seen.header("content-type") == "application/problem+json" && seen.json()["status"] == seen.status;
        if (seen.status >= 400) != problem {
            fault(format!("as {}", seen.header("content-type")));
        }
        seen
    }

    async fn api_records(&mut self, programs: &[Program<'_>], register: &'static str) {
        let lines: Vec<Line> =
            self.table.routes.iter().filter(|line| line.api() && line.path.contains("{id}")).cloned().collect();
        let mut targets = Vec::new();
        for state in states(register) {
            targets.push(self.make(register, true, state, None).await);
            if matches!(register, "asset" | "person" | "role_holding" | "account" | "trial") {
                targets.push(self.make(register, false, state, None).await);
            }
        }
        for program in programs {
            let mut targets = targets.clone();
            let owned = matches!(register, "trial" | "api_token") && program.owner.role.is_some();
            let owner = owned.then(|| program.owner.client.person());
            if owner.is_some() {
                targets.push(self.make(register, false, states(register)[0], owner).await);
            }
            for shared in &targets {
                for line in &lines {
                    let steps = if line.needs == "act" { transitions(register) } else { &[""] };
                    for step in steps {
                        let expected = self.asked_of_api(line, program, register, Some((shared, step)));
                        let changes = line.method != Method::GET && matches!(expected, 200 | 201);
                        let owner = owner.filter(|_| shared.own);
                        let target = if changes {
                            self.make(register, shared.ours, shared.state, owner).await
                        } else {
                            shared.clone()
                        };
                        let row = self.house.row(register, target.id);
                        let path = line.path.replace("{register}", register).replace("{id}", &target.id.to_string());
                        let path = path.replace("{transition}", step);
                        let (field, value) = touch(register);
                        let sent = match (line.needs, *step) {
                            ("edit", _) if line.method == Method::PATCH => json!({"fields": {field: value}}),
                            ("act", "adopt") => {
                                json!({"fields": {"decided_on": "2026-11-01", "effective_on": "2027-04-01"}})
                            }
                            _ => json!({}),
                        };
                        let seen = self.call(line, program, &path, row.rev, &sent, expected).await;
                        let what = format!("{} {path} by {}", line.method, program.owner.name);
                        self.leaks(&seen, &target, &what);
                        if line.path.ends_with("/{id}") && line.method == Method::GET && seen.status == 200 {
                            let record = seen.json();
                            let right = record["id"] == json!(target.id) && seen.text.contains(&target.mark);
                            if !right || seen.header("etag") != format!("\"{}\"", row.rev) {
                                self.wrong.push(format!("{what} does not show {}", target.mark));
                            }
                        }
                    }
                }
            }
        }
    }

    async fn api_registers(&mut self, programs: &[Program<'_>], register: &'static str) {
        let lines: Vec<Line> = self.table.routes.iter().filter(|line| line.api()).cloned().collect();
        let lines = lines.iter().filter(|line| line.path.contains("{register}") && !line.path.contains("{id}"));
        let lines: Vec<&Line> = lines.collect();
        let (unit_a, unit_b) = (self.house.unit_a, self.house.unit_b);
        let ready = body(self.house, register, unit_a, "never", None).await;
        for program in programs {
            for line in &lines {
                let path = line.path.replace("{register}", register);
                let expected = self.asked_of_api(line, program, register, None);
                let mut bodies = vec![(ready.clone(), expected)];
                if line.method == Method::POST && expected == 201 {
                    self.serial += 1;
                    let mark = format!("mark-{:04}", self.serial);
                    let reach = self.table.reach(register, "create", program.owner.role.unwrap());
                    let whole = reach.contains(&Reach::Unit) || reach.contains(&Reach::All);
                    let owner = (!whole).then(|| program.owner.client.person());
                    bodies = vec![(body(self.house, register, unit_a, &mark, owner).await, 201)];
                    if !reach.contains(&Reach::All) {
                        bodies.push((body(self.house, register, unit_b, "other", None).await, 422));
                    }
                }
                for (body, expected) in bodies {
                    self.call(line, program, &path, 0, &json!({ "fields": body }), expected).await;
                }
            }
        }
    }

    /// What is listed and found is what may be listed, and no more.
    async fn api_listed(&mut self, programs: &[Program<'_>]) {
        let ours = self.make("asset", true, "current", None).await;
        let theirs = self.make("asset", false, "current", None).await;
        for program in programs.iter().filter(|program| program.owner.role.is_some()) {
            for target in [&ours, &theirs] {
                let may = self.covers(&program.owner, target, "list") && program.only.is_none();
                for path in [format!("/api/v1/r/asset?q={}", target.mark), format!("/api/v1/search?q={}", target.mark)]
                {
                    let seen = program.client.get(&path).await;
                    self.cells += 1;
                    if seen.text.contains(&target.id.to_string()) != may {
                        self.wrong.push(format!("{path} by {}: the record is there: {}", program.owner.name, !may));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn every_cell_of_the_api_answers_as_the_table_says() {
    let house = testkit::app().with_register(trial()).with_policy().start().await;
    let programs = programs(&house).await;
    let chief = house.signed_in(Role::Chief).await;
    let mut walk = Walk { house: &house, table: Table::read(), chief, cells: 0, serial: 0, wrong: Vec::new() };
    house.signed_head().await;
    for line in walk.table.routes.clone().iter().filter(|line| line.api() && !line.path.contains("{register}")) {
        for program in &programs {
            let expected = walk.asked_of_api(line, program, "", None);
            walk.call(line, program, line.path, 0, &json!({}), expected).await;
        }
    }
    for register in names(&house) {
        walk.api_registers(&programs, register).await;
        walk.api_records(&programs, register).await;
    }
    walk.api_listed(&programs).await;
    let (cells, wrong) = (walk.cells, walk.wrong);
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells >= 3_000, "only {cells} cells");
    assert_eq!(house.audit().bad, None);
    eprintln!("{cells} cells");
}
