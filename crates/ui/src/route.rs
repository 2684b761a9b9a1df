//! The one table of routes (経路表): method, path, who may call it, limits. The router is built from it alone.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use register::Failure;
use register::permit::Action;

use crate::answer::Oops;
use crate::app::App;
use crate::visit;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everyone.
    Anyone,
    /// Whoever has signed in; the handler decides on each record.
    SignedIn,
    /// Whoever may do this on some record of the register named in the path; the handler decides on the record.
    May(Action),
    /// Whoever may do this on some record of this register; the handler decides on the record.
    On(&'static str, Action),
}

/// What a visitor must have shown for a route that is not for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Their session, whatever else they owe: to prove who they are, and to leave.
    Session,
    /// Who they are, in the last ten minutes; the second factor that their role needs may still be missing.
    Enrolling,
    /// The second factor, where their role needs one.
    Usual,
    /// The same, in the last ten minutes: for what is dangerous in the hands of somebody else.
    Fresh,
}

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest body, in bytes.
    pub body: usize,
    /// Longest time, in seconds.
    pub seconds: u64,
}

impl Limits {
    /// A page: no body.
    pub const PAGE: Limits = Limits { body: 0, seconds: 20 };
    /// A form without files.
    pub const FORM: Limits = Limits { body: 256 * 1024, seconds: 20 };
    /// Cells that were pasted.
    pub const PASTED: Limits = Limits { body: 1024 * 1024, seconds: 60 };
    /// A form about a file that was sent before.
    pub const FORM_OF_FILE: Limits = Limits { body: 256 * 1024, seconds: 300 };
    /// A form of somebody who has not signed in.
    pub const STRANGER: Limits = Limits { body: 256 * 1024, seconds: 5 };
    /// A file.
    pub const FILE: Limits = Limits { body: 26 * 1024 * 1024, seconds: 300 };
}

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with its parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub guard: Guard,
    /// What they must have shown.
    pub proof: Proof,
    /// What it may cost.
    pub limits: Limits,
    /// Its handler.
    pub handler: fn() -> MethodRouter<App>,
}

impl Route {
    /// A line of the table.
    pub const fn new(
        method: Method,
        path: &'static str,
        guard: Guard,
        limits: Limits,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self { method, path, guard, proof: Proof::Usual, limits, handler }
    }

    /// The line, asking for another proof than usual.
    pub const fn asking(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }
}

/// Builds the router from the tables, and from nothing else.
pub fn router(app: App, tables: &[&[Route]]) -> Router {
    let mut router = Router::new();
    for route in tables.iter().flat_map(|table| table.iter()) {
        let (app, time) = (app.clone(), Duration::from_secs(route.limits.seconds));
        let gate = visit::Gate { app, guard: route.guard, proof: route.proof, time };
        let handler = (route.handler)()
            .layer(DefaultBodyLimit::max(route.limits.body))
            .layer(from_fn_with_state(gate, visit::enter));
        router = router.route(route.path, handler);
    }
    let time = Duration::from_secs(5);
    let nowhere = visit::Gate { app: app.clone(), guard: Guard::Anyone, proof: Proof::Usual, time };
    let otherwise = || async { Oops(Failure::Missing).with(StatusCode::METHOD_NOT_ALLOWED) };
    router
        .method_not_allowed_fallback(otherwise.layer(from_fn_with_state(nowhere.clone(), visit::enter)))
        .fallback_service(
            axum::routing::any(|| async { Oops(Failure::Missing) }).layer(from_fn_with_state(nowhere, visit::enter)),
        )
        .with_state(app)
}
