//! What a scalar without quotes is: the core schema of YAML 1.2 (10.3.2).

use super::super::document::{Builder, Kind};

/// What plain text stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plain<'a> {
    /// `null`, `true`, `.inf`, as JSON or JavaScript would write it.
    Word(&'static str),
    /// Digits as they are to be shown.
    Number(&'a str),
    /// Hexadecimal or octal digits, as decimal ones.
    Based(String),
    /// Anything else.
    Text(&'a str),
}

/// What `text` without quotes stands for.
pub(super) fn plain(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Word("null"),
        "true" | "True" | "TRUE" => Plain::Word("true"),
        "false" | "False" | "FALSE" => Plain::Word("false"),
        ".nan" | ".NaN" | ".NAN" => Plain::Word("NaN"),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Plain::Word("Infinity"),
        "-.inf" | "-.Inf" | "-.INF" => Plain::Word("-Infinity"),
        text if is_decimal(text) => Plain::Number(text),
        text => match based(text) {
            Some(digits) => Plain::Based(digits),
            None => Plain::Text(text),
        },
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits_end = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let whole = digits_end(unsigned);
    let mut rest = &unsigned[whole..];
    let mut fraction = 0;
    if let Some(behind) = rest.strip_prefix('.') {
        fraction = digits_end(behind);
        rest = &behind[fraction..];
    }
    if whole + fraction == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits_end(exponent) == exponent.len()
        }
        None => rest.is_empty(),
    }
}

/// `0x1F` and `0o17`, as far as 128 bits go.
fn based(text: &str) -> Option<String> {
    let number = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            u128::from_str_radix(digits, 16)
        }
        (_, Some(digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            u128::from_str_radix(digits, 8)
        }
        _ => return None,
    };
    Some(number.ok()?.to_string())
}

impl Plain<'_> {
    /// Adds it as a value.
    pub(super) fn push(&self, builder: &mut Builder, written: &str) {
        match self {
            Self::Word(word) => builder.scalar(Kind::Literal, word),
            Self::Number(digits) => builder.number(digits),
            Self::Based(digits) => {
                builder.number(digits);
                builder.note(written);
            }
            Self::Text(text) => builder.string(text),
        }
    }

    /// Takes it as a key.
    pub(super) fn push_key(&self, builder: &mut Builder) {
        match self {
            Self::Word(word) => builder.key_as_shown(word),
            Self::Number(digits) => builder.key_as_shown(digits),
            Self::Based(digits) => builder.key_as_shown(digits),
            Self::Text(text) => builder.key(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_tells_scalars_apart() {
        for number in [
            "0", "-19", "+12e03", "0.", "-0.0", ".5", "-2E+05", "007", "1.50",
        ] {
            assert_eq!(plain(number), Plain::Number(number));
        }
        for text in [
            "on",
            "yes",
            "1_000",
            "1.2.3",
            "12:30",
            ".",
            "-",
            "1e",
            "0x",
            "0b1",
            "2026-05-04",
            "0o8",
        ] {
            assert_eq!(plain(text), Plain::Text(text));
        }
        assert_eq!(plain("0xFF"), Plain::Based("255".to_owned()));
        assert_eq!(plain("0o14"), Plain::Based("12".to_owned()));
        assert_eq!(plain("~"), Plain::Word("null"));
        assert_eq!(plain("-.inf"), Plain::Word("-Infinity"));
    }
}
