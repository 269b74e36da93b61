//! Counts and rates as the window words them; plain numbers, sizes and times are in [`crate::payload::format`].

use crate::payload::format::thousands;

/// `1 message`, `2,343 messages`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", thousands(count))
}

/// `0 /s`, `10.0 /s`, `4,908 /s`.
pub fn rate(per_second: f32) -> String {
    if per_second < 0.05 {
        return "0 /s".to_owned();
    }
    if per_second < 100.0 {
        return format!("{per_second:.1} /s");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 100, and more than u64 holds stops at its end"
    )]
    let whole = per_second.round() as u64;
    format!("{} /s", thousands(whole))
}

/// What follows a sentence about a refusal: the broker's own words, where it gave any.
pub fn broker_says(detail: Option<&str>) -> String {
    detail.map_or_else(String::new, |words| format!(" The broker says: {words}"))
}

#[cfg(test)]
mod tests {
    use super::{broker_says, counted, rate};

    #[test]
    fn a_broker_without_words_is_not_quoted() {
        assert_eq!(broker_says(None), "");
        assert_eq!(broker_says(Some("no")), " The broker says: no");
    }

    #[test]
    fn words_agree_with_their_numbers() {
        assert_eq!(counted(1, "message", "messages"), "1 message");
        assert_eq!(counted(2_343, "message", "messages"), "2,343 messages");
        assert_eq!(rate(0.0), "0 /s");
        assert_eq!(rate(10.04), "10.0 /s");
        assert_eq!(rate(4_907.6), "4,908 /s");
    }
}
