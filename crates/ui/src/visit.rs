//! One request: who asks, in which language, through which gate. Everything a page needs to know of its visitor.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, Form, FromRequest, FromRequestParts, RawPathParams, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use register::find::{Alarm, Reading};
use register::permit::{self, Action, Actor};
use register::{Failure, Registers, Say, change};

use crate::answer::{Oops, Said, refuse};
use crate::api::{self, token};
use crate::app::{App, Known};
use crate::parts::{self, Look, NavGroup, NavItem, Notice, Shell};
use crate::route::{Guard, Proof};
use crate::say::{Lang, answer as text, own, page as page_text};
use crate::sign_in::{self, session};

/// The one content security policy.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; media-src 'self'; \
     require-trusted-types-for 'script'; trusted-types sk";

/// What stands before a route.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) app: App,
    pub(crate) guard: Guard,
    pub(crate) proof: Proof,
    pub(crate) time: Duration,
}

/// A visitor.
pub struct Visit {
    /// The house.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// Who they are to other people.
    pub known: Option<Known>,
    /// All registers, as they were when the visitor came.
    pub registers: Registers,
    /// The language they read.
    pub lang: Lang,
    /// Path and query.
    pub path: String,
    /// Whether a program asks, at the API: then answers are JSON, and only a token counts.
    pub(crate) program: bool,
    /// SHA-256 of their session's cookie, while it may be used.
    pub(crate) session: Option<[u8; 32]>,
    /// SHA-256 of the cookie that they sent, whatever it is worth.
    pub(crate) cookie: Option<[u8; 32]>,
    /// When they last proved who they are, ms.
    pub(crate) proven: i64,
    /// What they have to do before anything else.
    pub(crate) owes: Option<session::Owes>,
    /// What an administrator is told on every page.
    pub(crate) alarms: Vec<(Alarm, String)>,
    /// The name of this house, with its port, by which they came.
    pub(crate) host: String,
    /// The network address that they come from.
    pub(crate) address: String,
    /// Name of the organisation.
    pub(crate) body: String,
}

/// The visitor, as handlers take them.
#[derive(Clone)]
pub struct Page(Arc<Visit>);

impl std::ops::Deref for Page {
    type Target = Visit;
    fn deref(&self) -> &Visit {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Oops;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Oops> {
        let visit = parts.extensions.get::<Page>().cloned();
        visit.ok_or_else(|| Failure::Broken("a handler outside the table of routes".into()).into())
    }
}

impl Page {
    /// Runs `work` with a reader of the store, for this visitor.
    ///
    /// # Errors
    /// What `work` says, or that the store can't be read.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Page, &Reading<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let page = self.clone();
        self.app.store.read(move |reading| work(&page, reading)).await
    }

    /// A text in the visitor's language.
    pub fn say<'a>(&self, say: &'a Say) -> &'a str {
        match self.lang {
            Lang::Ja => &say.ja,
            Lang::En => &say.en,
        }
    }

    /// A whole page.
    pub fn show(&self, title: &str, main: Markup) -> Response {
        parts::page(&self.shell(title, None), main).into_response()
    }

    /// A whole page with a status, and a notice on top.
    pub fn show_with(&self, status: StatusCode, title: &str, notice: Option<Notice>, main: Markup) -> Response {
        (status, parts::page(&self.shell(title, notice), main)).into_response()
    }

    /// A page without navigation.
    pub fn show_bare(&self, status: StatusCode, title: &str, main: Markup) -> Response {
        self.show_bare_with(status, title, None, main)
    }

    /// A page without navigation, and a notice on top.
    pub(crate) fn show_bare_with(
        &self,
        status: StatusCode,
        title: &str,
        notice: Option<Notice>,
        main: Markup,
    ) -> Response {
        (status, parts::bare_page(&self.shell(title, notice), main)).into_response()
    }

    /// The moment, in ms.
    pub(crate) fn now(&self) -> i64 {
        self.app.store.clock().now().millis()
    }

    /// The hidden field with a new request id.
    pub fn request_id(&self) -> Markup {
        parts::request_field(change::Request::new().as_str())
    }

    fn shell(&self, title: &str, notice: Option<Notice>) -> Shell {
        let (date, hour, minute) = self.app.store.clock().now().in_japan();
        Shell {
            lang: self.lang,
            title: title.to_owned(),
            body_name: self.body.clone(),
            who: self.known.as_ref().map(|known| parts::Who {
                name: known.name.clone(),
                unit: known.unit.clone(),
                links: vec![NavItem {
                    label: own::TITLE.in_(self.lang).to_owned(),
                    href: "/account".to_owned(),
                    current: false,
                    count: None,
                }],
            }),
            nav: self.navigation(),
            demo: self.app.settings.demo,
            alarm: sign_in::alarm(self),
            closed: self.app.writer.is_closed(),
            notice,
            path: self.path.clone(),
            printed_at: format!("{} {hour:02}:{minute:02}", self.day(date)),
        }
    }

    /// A day as people read it.
    pub fn day(&self, date: base::date::Date) -> String {
        match self.lang {
            Lang::Ja => base::calendar::wareki(date),
            Lang::En => date.to_string(),
        }
    }

    /// A moment as people read it.
    pub fn moment(&self, at: base::clock::Timestamp) -> String {
        let (date, hour, minute) = at.in_japan();
        format!("{} {hour:02}:{minute:02}", self.day(date))
    }

    fn navigation(&self) -> Vec<NavGroup> {
        let here = self.path.split('?').next().unwrap_or("");
        let may = |register: &str| {
            let description = self.registers.description(register);
            description.is_some_and(|d| !permit::scope(&self.actor, d, permit::Action::List).is_nothing())
        };
        let own = self.app.areas.own_pages.iter().find(|(_, address)| here.starts_with(address));
        let own = own.map(|(register, _)| *register);
        let group = |group: &crate::app::Group| {
            let shown = group.places.iter().filter(|place| place.register.is_none_or(may));
            let items = shown.map(|place| NavItem {
                label: place.label.in_(self.lang).to_owned(),
                href: place.href.to_owned(),
                current: here == place.href
                    || here.strip_prefix(place.href).is_some_and(|rest| rest.starts_with('/'))
                    || (own.is_some() && own == place.register),
                count: None,
            });
            NavGroup { heading: group.heading.map(|heading| heading.in_(self.lang).to_owned()), items: items.collect() }
        };
        let mut groups: Vec<NavGroup> =
            self.app.areas.places.iter().map(group).filter(|group| !group.items.is_empty()).collect();
        let places = crate::pages::own::places(self).into_iter().map(|(name, label)| {
            let href = format!("/r/{name}");
            let current = here == href || here.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/'));
            NavItem { label: self.say(&label).to_owned(), href, current, count: None }
        });
        let items: Vec<NavItem> = places.collect();
        if !items.is_empty() {
            groups.push(NavGroup { heading: Some(page_text::OWN_PLACES.in_(self.lang).to_owned()), items });
        }
        groups
    }
}

/// A form that was posted, with the id of its request. Only a form that passed the gate can be read.
pub struct Posted {
    /// Name and value of each control, in order.
    pub fields: Vec<(String, String)>,
    /// So that sending it twice does it once.
    pub request: change::Request,
}

impl Posted {
    /// The first value under a name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        value_of(&self.fields, name)
    }
    /// All values under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
    /// Whether the form had such a control.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }
}

/// The first value under a name; empty when there is none.
pub(crate) fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// Most controls of a form.
const CONTROLS: usize = 2_000;

impl FromRequest<App> for Posted {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let read = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(fields) = read.map_err(|rejection| unreadable(rejection.into_response().status()))?;
        if fields.len() > CONTROLS {
            return Err(refuse("項目が多すぎます", "The form has too many fields").into_response());
        }
        let id = fields.iter().find(|(name, _)| name == "request").map_or("", |(_, value)| value);
        let request = change::Request::parse(id).map_err(|refusal| Oops::from(refusal).into_response())?;
        Ok(Self { fields, request })
    }
}

/// The answer to a form that could not be read, from the status that stands for why.
fn unreadable(status: StatusCode) -> Response {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        let long = refuse(
            "入力が長すぎます。短くしてから送ってください",
            "The form is too long: shorten it and send it again",
        );
        return long.with(status);
    }
    refuse("入力を読み取れません。ページを開き直してください", "The form can't be read: open the page again")
        .into_response()
}

/// The gate before every route: host, cross-site, visitor, guard, time; then the headers of every answer.
pub(crate) async fn enter(
    State(gate): State<Gate>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let app = gate.app.clone();
    let (mut parts, body) = request.into_parts();
    let program = api::is_at(parts.uri.path());
    let dressed = |response, page: Option<&Page>| dressed(response, page, program);
    // Whoever watches over the house hears that it lives, however full it is.
    let room = app.room.try_acquire();
    if room.is_err() && parts.uri.path() != "/healthz" {
        return dressed(Oops(Failure::Busy).into_response(), None);
    }
    let page = match visitor(&app, &parts).await {
        Ok(page) => page,
        Err(oops) => return dressed(oops.into_response(), None),
    };
    let stop = match path {
        Ok(path) => stopped(&app, &page, &gate, &path, &parts),
        Err(_) => Some(Oops(Failure::Missing).into_response()),
    };
    if let Some(stop) = stop {
        return dressed(stop, Some(&page));
    }
    let switched = parts.uri.query().and_then(language_asked);
    parts.extensions.insert(page.clone());
    let answer = tokio::time::timeout(gate.time, next.run(Request::from_parts(parts, body))).await;
    let mut response = dressed(answer.unwrap_or_else(|_| Oops(Failure::Busy).into_response()), Some(&page));
    if let Some(lang) = switched {
        let cookie = format!("sekimori-lang={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", lang.code());
        response.headers_mut().append(SET_COOKIE, HeaderValue::from_str(&cookie).expect("a cookie of plain letters"));
    }
    response
}

async fn visitor(app: &App, parts: &Parts) -> Result<Page, Oops> {
    let headers = &parts.headers;
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    // At the API only a token counts, and elsewhere only a cookie; where neither the browser nor the origin vouches for a
    // request that changes something, not even that.
    let program = api::is_at(parts.uri.path());
    let counts = || !program && (parts.method.is_safe() || vouched(app, headers) == Some(true));
    let hash = session::cookie(app, headers).filter(|_| counts());
    let token = api::bearer(headers).filter(|_| program);
    let address = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string());
    let found = {
        let (house, hash) = (app.clone(), hash);
        app.store
            .read(move |reading| {
                let body = reading.setting("body_name")?.unwrap_or_default();
                let signed_in = match (hash, token) {
                    (Some(hash), _) => session::visitor(reading, &house, &hash)?,
                    (None, Some(token)) => token::visitor(reading, &house, &token)?,
                    (None, None) => None,
                };
                Ok((body, signed_in, reading.registers().clone()))
            })
            .await?
    };
    let (body, signed_in, registers) = found;
    let asked = parts.uri.query().and_then(language_asked);
    let lang = asked
        .or_else(|| cookie_of(headers, "sekimori-lang").and_then(|code| Lang::of(&code)))
        .or_else(|| language_preferred(headers));
    let mut visit = Visit {
        app: app.clone(),
        actor: Actor::anyone(),
        known: None,
        registers,
        lang: lang.unwrap_or_default(),
        path,
        program,
        session: None,
        cookie: hash,
        proven: 0,
        owes: None,
        alarms: Vec::new(),
        host: headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned(),
        address,
        body,
    };
    if let Some(visitor) = signed_in {
        if visitor.stale {
            session::touch(app, &visitor.actor, hash);
        }
        (visit.actor, visit.known, visit.session) = (visitor.actor, Some(visitor.known), hash);
        (visit.proven, visit.owes, visit.alarms) = (visitor.proven, visitor.owes, visitor.alarms);
    }
    Ok(Page(Arc::new(visit)))
}

fn language_asked(query: &str) -> Option<Lang> {
    query.split('&').find_map(|pair| Lang::of(pair.strip_prefix("lang=")?))
}

/// The first language of the browser's list that we speak; the order of the list is taken for the order of preference.
fn language_preferred(headers: &HeaderMap) -> Option<Lang> {
    let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    list.split(',').find_map(|tag| Lang::of(tag.trim().split(['-', ';']).next()?))
}

/// The answer of the gate itself, when it lets nobody through.
fn stopped(app: &App, page: &Page, gate: &Gate, path: &RawPathParams, parts: &Parts) -> Option<Response> {
    let (guard, headers) = (gate.guard, &parts.headers);
    if !our_host(app, headers) && page.program {
        return Some(Oops(Failure::Missing).with(StatusCode::MISDIRECTED_REQUEST));
    }
    if !our_host(app, headers) {
        let say = "この名前のサーバではありません。案内された番地を確かめてください。 (This server does not answer to that name.)";
        return Some((StatusCode::MISDIRECTED_REQUEST, say).into_response());
    }
    // Where nobody vouches, the cookie didn't count; what needs none is refused too, since it would set one.
    let refused = match vouched(app, headers) {
        Some(ours) => !ours,
        None => guard == Guard::Anyone,
    };
    if !page.program && !parts.method.is_safe() && refused {
        return Some(Oops(Failure::Refused).into_response());
    }
    let signed_in = page.known.is_some();
    let may = |register: &str, action| {
        let description = page.registers.description(register)?;
        Some(!permit::scope(&page.actor, description, action).is_nothing())
    };
    let allowed = match guard {
        Guard::Anyone => return None,
        Guard::SignedIn => signed_in.then_some(true),
        Guard::On(register, action) => signed_in.then(|| may(register, action)).flatten(),
        Guard::May(action) => signed_in.then(|| may(named(path), action)).flatten(),
    };
    match allowed {
        Some(true) if page.program => None,
        Some(true) => {
            // The pages that every register has are harmless for most of them, and not for accounts.
            let accounts = matches!(guard, Guard::May(Action::Create | Action::Edit)) && named(path) == "account";
            sign_in::unproven(page, if accounts { Proof::Fresh } else { gate.proof }, parts)
        }
        _ if !signed_in && page.program => Some(api::token_wanted()),
        _ if !signed_in && parts.method == Method::GET => Some(sign_in::to_sign_in(&page.path)),
        _ if !signed_in => Some(Oops(Failure::Refused).with(StatusCode::UNAUTHORIZED)),
        Some(false) => Some(Oops(Failure::Refused).into_response()),
        None => Some(Oops(Failure::Missing).into_response()),
    }
}

/// The register that a path names.
fn named(path: &RawPathParams) -> &str {
    path.iter().find(|(name, _)| *name == "register").map_or("", |(_, value)| value)
}

/// Whether the browser itself says that a request comes from our own pages (Fetch Metadata), or else its origin does;
/// `None` where neither says anything.
fn vouched(app: &App, headers: &HeaderMap) -> Option<bool> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(&HeaderName::from_static("sec-fetch-site")) {
        Some(site) => Some(site == "same-origin"),
        None => text(&ORIGIN).map(|origin| {
            let bare = origin.split_once("://").map(|(_, rest)| rest);
            bare.is_some_and(|bare| text(&HOST) == Some(bare)) || app.settings.origin.as_deref() == Some(origin)
        }),
    }
}

/// Only names that lead to this house: a foreign name would be another site that points here.
fn our_host(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|value| value.to_str().ok()) else { return false };
    let ours = app.settings.origin.as_deref().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    ours == Some(host) || matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The value of a cookie.
pub(crate) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';')).find_map(
        |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        },
    )
}

/// Gives an answer its page (or, for a program, its problem), where it has none yet, and the headers that every answer has.
fn dressed(mut response: Response, page: Option<&Page>, program: bool) -> Response {
    let said = response.extensions_mut().remove::<Said>();
    if let Some(said) = said.filter(|_| program || page.is_some()) {
        let status = response.status();
        let headers = response.headers().clone();
        response = match page {
            Some(page) if !program => failure_page(page, status, &said),
            page => api::problem(page.map_or_else(Lang::default, |page| page.lang), status, &said),
        };
        response.headers_mut().extend(headers.into_iter().filter(|(name, _)| {
            name.as_ref().is_some_and(|name| {
                *name != axum::http::header::CONTENT_TYPE && *name != axum::http::header::CONTENT_LENGTH
            })
        }));
    }
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, CSP);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(CACHE_CONTROL, "no-store");
    response
}

fn failure_page(page: &Page, status: StatusCode, said: &Said) -> Response {
    let lang = page.lang;
    let (title, words) = match &said.failure {
        Failure::Refused if page.known.is_none() => (text::SIGN_IN.in_(lang), text::SIGN_IN_HOW.in_(lang).to_owned()),
        _ => said.in_(lang),
    };
    let main = html! {
        h1 { (title) }
        p { (words) }
        p.sk-acts { (parts::go("/", text::HOME.in_(lang), Look::Second)) }
    };
    if page.known.is_some() { page.show_with(status, title, None, main) } else { page.show_bare(status, title, main) }
}

/// Sends the visitor on, after something was done.
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// Only addresses within this house, so that nobody is sent elsewhere. Browsers drop tabs and line breaks from addresses,
/// so that `/<tab>/example.com` would lead to another house.
pub fn inside(address: &str) -> Option<&str> {
    let odd = |c: char| c == '\\' || c.is_control();
    let plain = address.starts_with('/') && !address.starts_with("//") && !address.contains(odd);
    plain.then_some(address)
}
