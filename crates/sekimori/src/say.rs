//! Output of the commands: Japanese, then English on the next line.

use std::io::Write;

/// Writes a line to the standard output. A reader who left early, such as `head`, is no fault.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _gone = writeln!(std::io::stdout(), "{text}");
}

/// Writes a message in both languages.
pub(crate) fn both(ja: impl std::fmt::Display, en: impl std::fmt::Display) {
    line(ja);
    line(en);
}

/// Writes a message in both languages beside the output that a program reads.
pub(crate) fn aside(ja: impl std::fmt::Display, en: impl std::fmt::Display) {
    let mut beside = std::io::stderr();
    let _gone = writeln!(beside, "{ja}\n{en}");
}
