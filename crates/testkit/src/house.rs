//! The house of a test: a store in a temporary folder, its writer, two units with people, and the router of the real one.

use std::path::Path;

use areas::documents::{self, Brought};
use areas::organisation::{Employment, Person, RoleHolding, Unit};
use axum::Router;
use base::clock::{Clock, Timestamp};
use base::id::Id;
use base::secrets::{Root, Secrets};
use ledger::Signer;
use register::change::{Change, Done, Factor, Op, Request, SIGN_IN, Side};
use register::find::{Reading, Row};
use register::heads::Heads;
use register::judge::Rules;
use register::permit::{Action, Actor, Role, Subject, Who, decide};
use register::proof::{self, Audited, PublicKey, State};
use register::writer::{Settings, Writer};
use register::{Body, Description, Failure, Link, LinkAny, Record, Registers, Store, Word, body_of};
use serde_json::Value;
use tempfile::TempDir;
use ui::App;
use ui::sign_in::{Account, session_hash};

use crate::client::Client;
use crate::database::Database;

/// The document that [`Build::with_policy`] brings in.
pub const POLICY: &str = include_str!("policy.md");
/// The secret of everybody's authenticator app, where their role needs one.
pub const APP: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// The roles that do nothing without a second factor.
const HELD_TO_A_FACTOR: [Role; 3] = [Role::Ciso, Role::Chief, Role::Auditor];
/// The longest session, as the house has it.
const LONGEST: i64 = 12 * 60 * 60 * 1000;

/// A house to be built.
pub struct Build {
    day: String,
    policy: bool,
    registers: Registers,
    setup: bool,
    reserve: Option<fn(&Path) -> u64>,
}

/// Begins a house: 24 November 2026 at ten in the morning, without a policy.
pub fn app() -> Build {
    Build { day: "2026-11-24".to_owned(), policy: false, registers: areas::registers(), setup: false, reserve: None }
}

impl Build {
    /// Sets the clock to ten in the morning of a day.
    pub fn on(mut self, day: &str) -> Self {
        day.clone_into(&mut self.day);
        self
    }

    /// Brings in a small policy.
    pub fn with_policy(mut self) -> Self {
        self.policy = true;
        self
    }

    /// Adds a register that is given only as data.
    pub fn with_register(mut self, description: Description) -> Self {
        self.registers = self.registers.add_data(description).expect("the description of a test is of one piece");
        self
    }

    /// Leaves the house empty, as before its first set-up.
    pub fn before_set_up(mut self) -> Self {
        self.setup = true;
        self
    }

    /// Puts the house on the disk, where changes are refused below so much free room.
    pub fn reserve(mut self, of: fn(&Path) -> u64) -> Self {
        self.reserve = Some(of);
        self
    }

    /// Builds the house.
    pub async fn start(self) -> House {
        let clock = Clock::fixed(moment(&self.day, "10:00"));
        // These tests are about answers, not about disks.
        let memory = Path::new("/dev/shm");
        let in_memory = memory.is_dir() && self.reserve.is_none();
        let folder = if in_memory { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a temporary folder can be made");
        let database = Database::new();
        let place = database.place(folder.path());
        let store = Store::open(place, self.registers, clock.clone()).expect("a new store opens");
        store.hold(Secrets::new(Root::generate()));
        let signer = Signer::generate("sekimori.test", [7; 32]).expect("the origin is a plain name");
        let key = signer.public();
        let lost = || panic!("a commit was lost");
        let reserve = self.reserve.map_or(0, |of| of(folder.path()));
        let heads = Heads::at(folder.path().join("heads"));
        let settings = Settings { signer, heads, build: "test".to_owned(), reserve, rules: Rules::none(), lost };
        let (writer, _) = Writer::start(&store, settings).expect("the writer starts");
        let app = App::new(store.clone(), writer.clone(), key.clone(), ui::app::Settings::default(), areas::house());
        let router = ui::route::router(app.clone(), &areas::routes());
        let [unit_a, unit_b] = [(); 2].map(|()| Id::new(&clock));
        let mut house =
            House { folder, clock, store, writer, key, app, router, unit_a, unit_b, policy: None, _database: database };
        if !self.setup {
            house.furnish().await;
        }
        if self.policy {
            house.policy = Some(house.bring_in(POLICY).await.expect("the policy of the tests can be read"));
        }
        house
    }
}

/// A running house.
pub struct House {
    /// The data folder.
    pub folder: TempDir,
    /// Its clock, which stands until it is set.
    pub clock: Clock,
    /// Its records.
    pub store: Store,
    /// The one way to change them.
    pub writer: Writer,
    /// The key of its ledger.
    pub key: PublicKey,
    /// What handlers stand on.
    pub app: App,
    /// The router of the real house.
    pub router: Router,
    /// 総務課
    pub unit_a: Id,
    /// 業務課
    pub unit_b: Id,
    /// What was brought in, where the house has a policy.
    pub policy: Option<Brought>,
    /// Goes when the house does.
    _database: Database,
}

/// A person with an account and a session.
pub struct Login {
    /// The person's record.
    pub person: Id,
    /// The account's record.
    pub account: Id,
    /// The name to sign in by.
    pub login: String,
    /// The cookie's value.
    pub cookie: String,
}

fn moment(day: &str, time: &str) -> Timestamp {
    let at: Timestamp = format!("{day}T{time}:00.000Z").parse().expect("a test writes its times as 10:00");
    at.plus_seconds(-9 * 60 * 60)
}

impl House {
    async fn furnish(&self) {
        let unit = |code: &str, name: &str| Unit {
            code: code.to_owned(),
            name: name.to_owned(),
            kana: None,
            parent: None,
            organ: None,
            place: None,
            note: None,
        };
        let mut ops = areas::assets::first_grades(&self.store);
        ops.push(create(self.unit_a, &unit("A", "総務課")));
        ops.push(create(self.unit_b, &unit("B", "業務課")));
        self.change("unit", ops, Vec::new()).await.expect("a new house can be furnished");
    }

    /// Sets the clock to a time of a day in Japan.
    pub fn turn_to(&self, day: &str, time: &str) {
        self.clock.set(moment(day, time));
    }

    /// Lets so many seconds pass.
    pub fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }

    /// What everybody's authenticator app shows now.
    pub fn code(&self) -> String {
        ui::sign_in::app_code(APP, self.clock.now().millis()).expect("the secret is one")
    }

    /// Reads the store.
    pub fn read<T>(&self, work: impl FnOnce(&Reading<'_>) -> Result<T, Failure>) -> T {
        self.store.read_now(work).expect("the store can be read")
    }

    /// How many entries the ledger has.
    pub fn entries(&self) -> u64 {
        self.read(|reading| Ok(proof::state(reading)?.head.size))
    }

    /// Audits everything.
    pub fn audit(&self) -> Audited {
        self.read(|reading| proof::audit(reading, self.key.clone(), &[], |_| {}))
    }

    /// Size and root of the ledger, once its head is signed.
    pub async fn signed_head(&self) -> (u64, String) {
        for _ in 0..600 {
            let State { head, note } = self.read(proof::state);
            if note.and_then(|note| self.key.open(&note).ok()).is_some_and(|signed| signed.head() == head) {
                return (head.size, head.root.to_string());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("a minute was not enough");
    }

    /// A record as it stands.
    pub fn row(&self, register: &str, id: Id) -> Row {
        self.read(|reading| reading.find(register, id)).expect("the record is there")
    }

    /// All records of a register that are not put away.
    pub fn rows(&self, register: &str) -> Vec<Row> {
        self.read(|reading| reading.all(register))
    }

    /// The ledger's root and every record that is not put away, as one text: alike only when nothing changed.
    pub fn fingerprint(&self) -> String {
        self.read(|reading| {
            let mut all = format!("{:?}\n", proof::state(reading)?.head);
            for description in self.store.registers().all() {
                for row in reading.all(&description.name)? {
                    let line = format!("{} {} {} {:?}\n", row.id, row.rev, row.state, row.body);
                    all.push_str(&line);
                }
            }
            Ok(register::blob::sha256(all.as_bytes()))
        })
    }

    /// Carries out a change as the operator at the console.
    pub async fn change(&self, register: &str, ops: Vec<Op>, side: Vec<Side>) -> Result<Done, Failure> {
        let description = self.store.registers().description(register).ok_or(Failure::Missing)?.clone();
        let permit = decide(&Actor::engine("console"), Action::Import, &Subject::register(register), &description)?;
        self.writer.commit(Change { request: Request::new(), permit, ops, reason: None, side }).await
    }

    /// Makes a record of these fields.
    pub async fn put(&self, register: &str, fields: Value) -> Id {
        let id = Id::new(&self.clock);
        let Value::Object(body) = fields else { panic!("a body is an object") };
        let op = Op::Create { register: register.to_owned().into(), id, body };
        self.change(register, vec![op], Vec::new()).await.unwrap_or_else(|why| panic!("{register}: {why}"));
        id
    }

    /// Changes fields of a record.
    pub async fn edit(&self, register: &str, id: Id, fields: Value) {
        let base = self.row(register, id).rev;
        let Value::Object(patch) = fields else { panic!("a patch is an object") };
        let op = Op::Edit { register: register.to_owned().into(), id, base, patch };
        self.change(register, vec![op], Vec::new()).await.unwrap_or_else(|why| panic!("{register}: {why}"));
    }

    /// Puts a record away.
    pub async fn archive(&self, register: &str, id: Id) {
        let base = self.row(register, id).rev;
        let op = Op::Archive { register: register.to_owned().into(), id, base };
        self.as_console(register, id, Action::Edit, op).await;
    }

    /// Moves a record along its lifecycle.
    pub async fn act(&self, register: &'static str, id: Id, transition: &'static str) {
        let base = self.row(register, id).rev;
        let op = Op::Act {
            register: register.into(),
            id,
            base,
            transition: transition.into(),
            patch: Body::new(),
            note: None,
        };
        self.as_console(register, id, Action::Act(Word(transition)), op).await;
    }

    async fn as_console(&self, register: &str, id: Id, action: Action, op: Op) {
        let description = self.store.registers().description(register).expect("the register is there").clone();
        let subject = self.row(register, id).subject();
        let permit = decide(&Actor::engine("console"), action, &subject, &description).expect("the console may");
        let done = self.writer.commit(Change::one(Request::new(), permit, op)).await;
        done.unwrap_or_else(|why| panic!("{register}: {why}"));
    }

    /// Brings a document in, as the operator does.
    pub async fn bring_in(&self, text: &str) -> Result<Brought, Failure> {
        let (store, writer, bytes) = (self.store.clone(), self.writer.clone(), text.to_owned());
        tokio::task::spawn_blocking(move || {
            documents::bring_in(&store, &writer, &Actor::engine("console"), "方針.md", bytes.as_bytes())
        })
        .await
        .expect("no document makes the reader panic")
    }

    /// A visitor who has not signed in.
    pub fn visitor(&self) -> Client<'_> {
        Client::new(self, None)
    }

    /// Somebody of the first unit with this role, signed in. What is held for the whole body is, the rest for the unit.
    pub async fn signed_in(&self, role: Role) -> Client<'_> {
        let login = self.person(role, self.unit_a, None).await;
        Client::new(self, Some(login))
    }

    /// The same, of another unit.
    pub async fn signed_in_of(&self, unit: Id, role: Role) -> Client<'_> {
        let login = self.person(role, unit, None).await;
        Client::new(self, Some(login))
    }

    /// The same person with a new session, as after a change of their roles.
    pub async fn again(&self, client: &Client<'_>) -> Client<'_> {
        let Login { person, account, login, .. } = client.login();
        let cookie = base::random::token();
        self.open_session(*person, *account, &cookie).await.expect("whoever has an account may sign in");
        Client::new(self, Some(Login { person: *person, account: *account, login: login.clone(), cookie }))
    }

    /// Somebody with a session. Nothing is hashed unless there is a password, so a thousand of them are quick.
    pub async fn person(&self, role: Role, unit: Id, password: Option<&str>) -> Login {
        let [person, account, holding] = [(); 3].map(|()| Id::new(&self.clock));
        let login = format!("{}-{}", role.name(), base::random::token().to_lowercase());
        let cookie = base::random::token();
        let phc = password.map(|password| ui::sign_in::hash(password).expect("the password of a test is long enough"));
        let somebody = Person {
            name: format!("関 {}", role.name()),
            kana: None,
            number: None,
            unit: Link::new(unit),
            post: None,
            employment: Employment::Regular,
            mail: None,
            phone: None,
            has_pc: Some(true),
            joined_on: None,
            left_on: None,
        };
        let factor = HELD_TO_A_FACTOR.contains(&role).then(|| Factor {
            id: "totp".to_owned(),
            kind: "totp".to_owned(),
            label: String::new(),
            secret: ui::sign_in::app_sealed(&self.store, account, APP).expect("the house of a test has a key"),
            added: self.clock.now().millis(),
            used: 0,
        });
        let record = Account {
            login: login.clone(),
            person: LinkAny(person),
            disabled: None,
            expires_on: None,
            emergency: None,
            secret_mark: phc.as_deref().map(ui::sign_in::secret_mark),
            factor_mark: ui::sign_in::factor_mark(factor.as_slice()),
        };
        let mut ops = vec![create(person, &somebody), create(account, &record)];
        if role != Role::Staff {
            let whole = matches!(role, Role::Ciso | Role::Chief | Role::Auditor);
            let held = RoleHolding {
                role,
                post: format!("{}の職", role.name()),
                person: Link::new(person),
                unit: (!whole).then(|| Link::new(unit)),
                substitute: None,
                from: crate::date("2020-04-01"),
                until: None,
            };
            ops.push(create(holding, &held));
        }
        let secret = phc.map(|phc| Side::Credential { account, phc });
        let factor = factor.map(|factor| Side::Factor { account, factor });
        self.change("account", ops, secret.into_iter().chain(factor).collect()).await.expect("a person can be made");
        self.open_session(person, account, &cookie).await.expect("whoever has an account may sign in");
        Login { person, account, login, cookie }
    }

    async fn open_session(&self, person: Id, account: Id, cookie: &str) -> Result<Done, Failure> {
        let (hash, at) = (session_hash(cookie), self.clock.now().millis());
        let session = Some(ui::sign_in::session_name(&hash));
        let known = self.read(|reading| (areas::house().person)(reading, person)).expect("the person was made");
        let proof = ui::sign_in::proof(at, "password", &known.holdings);
        let actor = Actor { who: Who::Person { account, person, auth: "password", session }, holdings: known.holdings };
        let description = self.store.registers().of::<Account>().clone();
        let permit = decide(&actor, Action::Administer, &self.row("account", account).subject(), &description)?;
        let ops = vec![Op::Noted { register: "account".into(), id: account, what: SIGN_IN }];
        let side = vec![Side::SessionOpen { hash, account, at, until: at + LONGEST, proof }];
        self.writer.commit(Change { request: Request::new(), permit, ops, reason: None, side }).await
    }

    /// A token of somebody who is signed in, within these bounds, for half a year.
    pub async fn token(&self, login: &Login, bounds: &[&str]) -> String {
        let session = Some(ui::sign_in::session_name(&session_hash(&login.cookie)));
        let who = Who::Person { account: login.account, person: login.person, auth: "password", session };
        let actor = Actor { who, holdings: vec![register::permit::Holding::own(Role::Staff, None)] };
        let registers = self.store.registers();
        let description = registers.of::<Account>();
        let subject = self.row("account", login.account).subject();
        let permit = decide(&actor, Action::Administer, &subject, description).expect("one's own account");
        let (owner, until) = ((login.account, login.person), self.clock.today().plus_days(180));
        let bounds = bounds.iter().map(ToString::to_string).collect();
        let minted = ui::api::mint(Id::new(&self.clock), "試験", owner, bounds, until);
        self.writer
            .commit(Change::one(Request::new(), permit, minted.op))
            .await
            .expect("whoever signed in gets a token");
        minted.value
    }

    /// Names of the files that were kept or are under way.
    pub fn blobs(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.folder.path().join("blobs")];
        while let Some(folder) = folders.pop() {
            for item in std::fs::read_dir(folder).expect("the folder of files can be read") {
                let path = item.expect("the folder of files can be read").path();
                if path.is_dir() { folders.push(path) } else { names.push(path.display().to_string()) }
            }
        }
        names
    }
}

fn create<T: Record>(id: Id, record: &T) -> Op {
    Op::Create { register: T::REGISTER.name.into(), id, body: body_of(record) }
}
