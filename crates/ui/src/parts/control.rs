//! Controls of forms (入力部品): what they hold, and how they are refined.

/// A control (入力部品): made by one of its constructors, refined by its methods, shown by [`field`](super::field).
#[derive(Clone, Copy)]
pub struct Control<'a> {
    pub(super) name: &'a str,
    pub(super) required: bool,
    pub(super) focused: bool,
    pub(super) shape: Shape<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    Line { value: &'a str, kind: Kind, longest: Option<u32> },
    Area { value: &'a str, longest: Option<u32> },
    Number { value: &'a str, bounds: Option<(i64, i64)> },
    Date { value: &'a str },
    Choice { chosen: &'a str, options: &'a [Choice<'a>] },
    Many { chosen: &'a [&'a str], options: &'a [Choice<'a>] },
    Check { on: bool },
    File { accept: &'a str },
    Pick { register: &'a str, id: &'a str, title: &'a str },
    Picks { register: &'a str, chosen: &'a [(&'a str, &'a str)] },
}

/// What a line of text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Plain,
    /// A name to sign in by.
    Username,
    /// A mail address.
    Email,
    /// A password that exists.
    Password,
    /// A password to be set.
    NewPassword,
    /// A code that is used once.
    OneTime,
    /// Words to look for.
    Search,
    /// A telephone number.
    Phone,
    /// An address on the web.
    Address,
}

/// One of the answers to choose from (選択肢).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
}

impl<'a> Control<'a> {
    const fn new(name: &'a str, shape: Shape<'a>) -> Self {
        Self { name, required: false, focused: false, shape }
    }

    /// A line of text (一行).
    pub const fn line(name: &'a str, value: &'a str, kind: Kind) -> Self {
        Self::new(name, Shape::Line { value, kind, longest: None })
    }

    /// A text of several lines (複数行).
    pub const fn area(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Area { value, longest: None })
    }

    /// A whole number (数値). What was typed is shown again even when it is none.
    pub const fn number(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Number { value, bounds: None })
    }

    /// A day (日付), typed as 和暦 or ISO.
    pub const fn date(name: &'a str, value: &'a str) -> Self {
        Self::new(name, Shape::Date { value })
    }

    /// One of several (単一選択): radio buttons up to five, else a list.
    pub const fn choice(name: &'a str, chosen: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self::new(name, Shape::Choice { chosen, options })
    }

    /// Any of several (複数選択).
    pub const fn many(name: &'a str, chosen: &'a [&'a str], options: &'a [Choice<'a>]) -> Self {
        Self::new(name, Shape::Many { chosen, options })
    }

    /// Yes or not (確認欄); sends `true` when ticked.
    pub const fn check(name: &'a str, on: bool) -> Self {
        Self::new(name, Shape::Check { on })
    }

    /// A file (ファイル); `accept` as in HTML.
    pub const fn file(name: &'a str, accept: &'a str) -> Self {
        Self::new(name, Shape::File { accept })
    }

    /// A link to another record (他の記録への参照). Sends its id as `name` and the typed text as `name_text`: the id
    /// counts only while the text is that record's title; otherwise the text, a number or a name, is looked up. So it
    /// works without script. With it, `/pick/{register}?q=` gives `[{id, title, note}]`.
    pub const fn pick(name: &'a str, register: &'a str, id: &'a str, title: &'a str) -> Self {
        Self::new(name, Shape::Pick { register, id, title })
    }

    /// Links to several records, `(id, title)` each: every one kept is sent as `name`, one to add as `name_text`.
    pub const fn picks(name: &'a str, register: &'a str, chosen: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(name, Shape::Picks { register, chosen })
    }

    /// The control that must be filled in (必須).
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The control where writing begins.
    pub const fn focused(self) -> Self {
        Self { focused: true, ..self }
    }

    /// Text of at most so many characters.
    pub const fn longest(mut self, characters: u32) -> Self {
        if let Shape::Line { longest, .. } | Shape::Area { longest, .. } = &mut self.shape {
            *longest = Some(characters);
        }
        self
    }

    /// A number within bounds, which the hint says.
    pub const fn between(mut self, from: i64, to: i64) -> Self {
        if let Shape::Number { bounds, .. } = &mut self.shape {
            *bounds = Some((from, to));
        }
        self
    }
}

impl Kind {
    /// Type, keyboard and what the browser may fill in.
    pub(super) const fn attributes(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Self::Plain => ("text", None, "off"),
            Self::Username => ("text", None, "username"),
            Self::Email => ("email", None, "email"),
            Self::Password => ("password", None, "current-password"),
            Self::NewPassword => ("password", None, "new-password"),
            Self::OneTime => ("text", Some("numeric"), "one-time-code"),
            Self::Search => ("search", None, "off"),
            Self::Phone => ("tel", None, "tel"),
            Self::Address => ("url", None, "url"),
        }
    }
}
