//! YAML 1.2 as values, its numbers as written. What an alias refers to is put in its place, up to a limit.

mod read;
mod scalar;
#[cfg(test)]
mod tests;

pub(super) use read::document;

use super::misfit::Misfit;

/// Whether `text` begins as only YAML does.
pub(super) fn may_begin(text: &str) -> bool {
    let begins = |with: &str| {
        text.strip_prefix(with)
            .is_some_and(|rest| rest.starts_with(['\n', '\r', ' ']))
    };
    begins("---") || begins("%YAML")
}

fn misfit(what: String) -> Misfit {
    Misfit::Said {
        format: "YAML",
        what,
    }
}
