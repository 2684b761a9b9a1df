//! Pages that every register has: list, detail, form, history, search, proof. They come from the register's description
//! alone, so a register given only as data has them too.

pub mod address;
pub mod applications;
pub(crate) mod change;
mod decide;
pub(crate) mod detail;
mod erase;
mod export;
mod find;
mod form;
mod house;
mod import;
mod ledger;
mod list;
mod metrics;
pub mod own;
mod proof;
pub mod show;

use axum::http::Method;
use axum::routing::{get, post};
use register::permit::Action;

use crate::route::{Guard, Limits, Proof, Route};

/// The routes of the generic pages.
pub const ROUTES: &[Route] = &[
    Route::new(Method::GET, "/", Guard::SignedIn, Limits::PAGE, || get(house::home)),
    Route::new(Method::GET, "/healthz", Guard::Anyone, Limits::PAGE, || get(house::health)),
    Route::new(Method::GET, "/metrics", Guard::Anyone, Limits::PAGE, || get(metrics::metrics)),
    Route::new(Method::GET, "/look/{edition}/{file}", Guard::Anyone, Limits::PAGE, || get(house::look)),
    Route::new(Method::GET, "/r/{register}", Guard::May(Action::List), Limits::PAGE, || get(list::list)),
    Route::new(Method::GET, "/r/{register}/export.csv", Guard::May(Action::Export), Limits::FILE, || get(export::csv))
        .asking(Proof::Fresh),
    Route::new(Method::GET, "/r/{register}/export.xlsx", Guard::May(Action::Export), Limits::FILE, || {
        get(export::xlsx)
    })
    .asking(Proof::Fresh),
    Route::new(Method::GET, "/r/{register}/template.xlsx", Guard::May(Action::Import), Limits::FILE, || {
        get(export::template)
    }),
    Route::new(Method::GET, "/r/{register}/import", Guard::May(Action::Import), Limits::PAGE, || get(import::choose)),
    Route::new(Method::POST, "/r/{register}/import", Guard::May(Action::Import), Limits::FILE, || post(import::upload)),
    Route::new(Method::GET, "/r/{register}/paste", Guard::May(Action::Import), Limits::PAGE, || get(import::paste)),
    Route::new(Method::POST, "/r/{register}/paste", Guard::May(Action::Import), Limits::PASTED, || {
        post(import::pasted)
    }),
    Route::new(Method::GET, "/r/{register}/new", Guard::May(Action::Create), Limits::PAGE, || get(form::new)),
    Route::new(Method::POST, "/r/{register}/new", Guard::May(Action::Create), Limits::FORM, || post(form::create)),
    Route::new(Method::GET, "/r/{register}/{id}", Guard::May(Action::View), Limits::PAGE, || get(detail::detail)),
    Route::new(Method::GET, "/r/{register}/{id}/edit", Guard::May(Action::Edit), Limits::PAGE, || get(form::edit)),
    Route::new(Method::POST, "/r/{register}/{id}/edit", Guard::May(Action::Edit), Limits::FORM, || post(form::save)),
    Route::new(Method::GET, "/r/{register}/{id}/archive", Guard::May(Action::Edit), Limits::PAGE, || {
        get(change::archive_ask)
    }),
    Route::new(Method::POST, "/r/{register}/{id}/archive", Guard::May(Action::Edit), Limits::FORM, || {
        post(change::archive)
    }),
    Route::new(Method::GET, "/r/{register}/{id}/act/{transition}", Guard::May(Action::View), Limits::PAGE, || {
        get(change::act_ask)
    }),
    Route::new(Method::POST, "/r/{register}/{id}/act/{transition}", Guard::May(Action::View), Limits::FORM, || {
        post(change::act)
    }),
    Route::new(Method::POST, "/r/{register}/{id}/comment", Guard::May(Action::Comment), Limits::FORM, || {
        post(change::comment)
    }),
    Route::new(Method::POST, "/r/{register}/{id}/attach", Guard::May(Action::Attach), Limits::FILE, || {
        post(change::attach)
    }),
    Route::new(Method::GET, "/r/{register}/{id}/paper", Guard::May(Action::View), Limits::PAGE, || get(decide::paper)),
    Route::new(Method::GET, "/r/{register}/{id}/entry/{seq}", Guard::May(Action::View), Limits::PAGE, || {
        get(proof::entry)
    }),
    Route::new(Method::POST, "/r/{register}/export-sealed.csv", Guard::May(Action::Seal), Limits::FORM, || {
        post(export::csv_sealed)
    }),
    Route::new(Method::POST, "/r/{register}/{id}/unseal", Guard::May(Action::Seal), Limits::FORM, || {
        post(erase::unseal)
    }),
    Route::new(Method::GET, "/r/{register}/{id}/erase", Guard::May(Action::Erase), Limits::PAGE, || get(erase::page)),
    Route::new(Method::POST, "/r/{register}/{id}/erase", Guard::May(Action::Erase), Limits::FORM, || post(erase::ask)),
    Route::new(
        Method::POST,
        "/r/{register}/{id}/erase/{request}/{step}",
        Guard::May(Action::Erase),
        Limits::FORM,
        || post(erase::answer),
    ),
    Route::new(Method::GET, "/pick/{register}", Guard::May(Action::List), Limits::PAGE, || get(find::pick)),
    Route::new(Method::GET, "/apply", Guard::SignedIn, Limits::PAGE, || get(applications::apply)),
    Route::new(Method::GET, "/decide", Guard::SignedIn, Limits::PAGE, || get(applications::decide)),
    Route::new(Method::GET, "/ledger", Guard::SignedIn, Limits::PAGE, || get(ledger::head)),
    Route::new(Method::GET, "/search", Guard::SignedIn, Limits::PAGE, || get(find::search)),
    Route::new(Method::GET, "/imports/{id}", Guard::On("import", Action::View), Limits::FILE, || get(import::show)),
    Route::new(Method::POST, "/imports/{id}", Guard::On("import", Action::View), Limits::FORM, || {
        post(import::matched)
    }),
    Route::new(Method::GET, "/imports/{id}/check", Guard::On("import", Action::View), Limits::FILE, || {
        get(import::check)
    }),
    Route::new(Method::POST, "/imports/{id}/check", Guard::On("import", Action::View), Limits::FORM_OF_FILE, || {
        post(import::confirm)
    }),
    Route::new(Method::POST, "/imports/{id}/answers", Guard::On("import", Action::View), Limits::FORM, || {
        post(import::answered)
    }),
    Route::new(Method::GET, "/imports/{id}/faults.csv", Guard::On("import", Action::View), Limits::FILE, || {
        get(import::faults_csv)
    }),
    Route::new(Method::GET, "/imports/{id}/faults.xlsx", Guard::On("import", Action::View), Limits::FILE, || {
        get(import::faults_xlsx)
    }),
    Route::new(Method::POST, "/imports/{id}/cancel", Guard::On("import", Action::View), Limits::FORM, || {
        post(import::cancel)
    }),
    Route::new(Method::POST, "/imports/{id}/resume", Guard::On("import", Action::View), Limits::FORM, || {
        post(import::resume)
    }),
    Route::new(Method::GET, "/imports/{id}/undo", Guard::On("import", Action::View), Limits::FILE, || {
        get(import::undo_ask)
    }),
    Route::new(Method::POST, "/imports/{id}/undo", Guard::On("import", Action::View), Limits::FORM_OF_FILE, || {
        post(import::undo)
    }),
];
