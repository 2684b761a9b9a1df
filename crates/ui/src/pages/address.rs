//! Addresses of lists: the address is the saved view, so reading and writing it is one type.

use std::fmt::Write as _;

use register::list::{From, Order, Query};

/// Letters that stand for themselves in a query string; all others are percent-encoded.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A question with the place in its answer, as an address says it.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// The question.
    pub query: Query,
    /// Number of the first row shown, from 1: only for show.
    pub at: u64,
}

/// Rows a page.
pub const ROWS: usize = 50;
/// Values of filters that are read: a page repeats its address in every link.
const VALUES: usize = 50;
/// Longest value that is read, in characters.
const LONGEST: usize = 100;

impl Address {
    /// Reads a query string's pairs. What is not about the list is left out; what can't be read is said when it is asked.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let mut address = Self { query: Query { rows: ROWS, ..Query::default() }, at: 1 };
        for (name, value) in pairs {
            match name.as_str() {
                "q" => address.query.text = value.chars().take(LONGEST).collect(),
                "sort" => {
                    address.query.order = match (value.as_str(), value.strip_prefix('-')) {
                        ("", _) => Order::Usual,
                        ("new", _) => Order::Newest,
                        (_, Some(field)) => Order::Down(field.to_owned()),
                        (field, None) => Order::Up(field.to_owned()),
                    }
                }
                "after" => address.query.from = value.parse().map_or(From::Start, From::After),
                "before" => address.query.from = value.parse().map_or(From::Start, From::Before),
                "at" => address.at = value.parse().unwrap_or(1).max(1),
                "lang" | "notice" => {}
                _ => address.narrow(name, value.chars().take(LONGEST).collect()),
            }
        }
        // A date that was left empty in the form is no condition; an empty facet is one (「空欄」).
        address
            .query
            .filters
            .retain(|(field, values)| !field.contains('.') || values.iter().any(|value| !value.is_empty()));
        address
    }

    /// Adds a value to a filter, unless it is there or there are enough.
    fn narrow(&mut self, name: &str, value: String) {
        let filters = &mut self.query.filters;
        if filters.iter().map(|(_, values)| values.len()).sum::<usize>() >= VALUES {
            return;
        }
        match filters.iter_mut().find(|(field, _)| field == name) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => filters.push((name.to_owned(), vec![value])),
        }
    }

    /// Writes the address again, from the list's path.
    pub fn write(&self, path: &str) -> String {
        let mut pairs = Vec::new();
        for (field, values) in &self.query.filters {
            pairs.extend(values.iter().map(|value| (field.as_str(), value.clone())));
        }
        if !self.query.text.is_empty() {
            pairs.push(("q", self.query.text.clone()));
        }
        match &self.query.order {
            Order::Usual => {}
            Order::Newest => pairs.push(("sort", "new".to_owned())),
            Order::Up(field) => pairs.push(("sort", field.clone())),
            Order::Down(field) => pairs.push(("sort", format!("-{field}"))),
        }
        match self.query.from {
            From::Start => {}
            From::After(id) => pairs.push(("after", id.to_string())),
            From::Before(id) => pairs.push(("before", id.to_string())),
        }
        if self.query.from != From::Start {
            pairs.push(("at", self.at.to_string()));
        }
        let mut address = path.to_owned();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let _ = write!(address, "{}{}={}", if at == 0 { '?' } else { '&' }, encode(name), encode(value));
        }
        address
    }

    /// The same view from its first page, with another order.
    pub fn sorted(&self, order: Order) -> Self {
        let mut other = self.clone();
        other.query.order = order;
        other.query.from = From::Start;
        other
    }

    /// The same view from another place.
    pub fn from(&self, from: From, at: u64) -> Self {
        let mut other = self.clone();
        (other.query.from, other.at) = (from, at);
        other
    }

    /// The same view with one value of a filter turned on or off.
    pub fn turned(&self, field: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.query.from = From::Start;
        match other.query.filters.iter_mut().find(|(name, _)| name == field) {
            Some((_, values)) => match values.iter().position(|each| each == value) {
                Some(at) => {
                    values.remove(at);
                }
                None => values.push(value.to_owned()),
            },
            None => other.query.filters.push((field.to_owned(), vec![value.to_owned()])),
        }
        other.query.filters.retain(|(_, values)| !values.is_empty());
        other
    }

    /// Whether a value of a filter is in force.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.query.filters.iter().any(|(name, values)| name == field && values.iter().any(|each| each == value))
    }

    /// Whether anything narrows the list.
    pub fn narrowed(&self) -> bool {
        !self.query.filters.is_empty() || !self.query.text.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        text.split('&').filter_map(pair).collect()
    }

    #[test]
    fn an_address_reads_as_it_was_written() {
        let address = Address::read(&pairs("confidentiality=3B&confidentiality=3C&unit=&q=端末&sort=-code"));
        assert_eq!(
            address.write("/r/asset"),
            "/r/asset?confidentiality=3B&confidentiality=3C&unit=&q=%E7%AB%AF%E6%9C%AB&sort=-code"
        );
        assert_eq!(
            address.turned("confidentiality", "3B").turned("unit", "").write("/x"),
            "/x?confidentiality=3C&q=%E7%AB%AF%E6%9C%AB&sort=-code"
        );
        assert!(address.has("unit", "") && address.narrowed());
    }

    #[test]
    fn an_address_holds_few_values_and_each_once() {
        let many: Vec<_> =
            (0..3_000).map(|at| ("unit".to_owned(), format!("{}{}", at / 2, "長".repeat(200)))).collect();
        let address = Address::read(&many);
        let values = &address.query.filters[0].1;
        assert_eq!((values.len(), values[1].chars().count()), (VALUES, LONGEST));
        assert!(values[0].starts_with('0') && values[1].starts_with('1'), "{values:?}");
    }

    #[test]
    fn an_empty_date_is_no_condition() {
        assert!(!Address::read(&pairs("review_by.from=&review_by.to=")).narrowed());
    }
}
