//! Clock, ids, durable files, Japanese text and calendar; no domain nouns.
