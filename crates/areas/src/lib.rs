//! The sections of the policy, one folder each: records, rules, pages, tests.
