//! Registers, records, links, lifecycles, search, permits and the writer; the only crate that knows SQL.
