//! The database of one test: a file in its folder, or where `TEST_DATABASE_URL` names a PostgreSQL, a schema of its own
//! there, which goes with the test.

use std::path::Path;

use base::random;
use postgres::{Client, NoTls};
use register::store::Place;

/// The variable that names the server.
const URL: &str = "TEST_DATABASE_URL";

/// A database for one test.
#[derive(Debug)]
pub struct Database {
    /// Address and schema; none where the house is to keep its records in a file.
    server: Option<(String, String)>,
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Database {
    /// A new one, which holds nothing.
    pub fn new() -> Self {
        let schema = format!("t_{}", random::token().to_lowercase().replace('-', "_"));
        let server = std::env::var(URL).ok().map(|url| (url, schema));
        Self { server }
    }

    /// Its schema, where it is on a server.
    pub fn schema(&self) -> Option<&str> {
        self.server.as_ref().map(|(_, schema)| schema.as_str())
    }

    /// Its address, where it is on a server.
    pub fn url(&self) -> Option<String> {
        let (url, schema) = self.server.as_ref()?;
        let sign = if url.contains('?') { '&' } else { '?' };
        Some(format!("{url}{sign}options=-csearch_path%3D{schema}"))
    }

    /// A house with this folder and this database.
    pub fn place(&self, folder: &Path) -> Place {
        match self.url() {
            None => folder.into(),
            Some(url) => Place::on(folder, url.parse().expect("the address of the tests is a good one")),
        }
    }

    /// Works on a connection of its own, as a hand at the database would.
    ///
    /// # Panics
    /// When it is not on a server.
    pub fn by_hand<T: Send>(&self, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        let url = self.url().expect("only a server takes hands");
        // The client of the hand wants no runtime around it.
        std::thread::scope(|scope| {
            let done = scope.spawn(|| work(&mut Client::connect(&url, NoTls).expect("the server takes a connection")));
            done.join().expect("the hand doesn't slip")
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((_, schema)) = &self.server else { return };
        let drop = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
        // One that can't be dropped now goes with the server of the tests.
        self.by_hand(|client| {
            let _ = client.batch_execute(&drop);
        });
    }
}
