//! Dev only: a database per test, a signed-in client, builders, a fixed clock.
