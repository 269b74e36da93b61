//! Other programs' colours as the nearest of ours.

use super::super::ProfileColor;

/// Where each colour begins on the circle of hues, in degrees.
const HUES: [(u32, ProfileColor); 9] = [
    (0, ProfileColor::Red),
    (16, ProfileColor::Orange),
    (45, ProfileColor::Yellow),
    (70, ProfileColor::Green),
    (155, ProfileColor::Teal),
    (195, ProfileColor::Blue),
    (255, ProfileColor::Purple),
    (295, ProfileColor::Pink),
    (345, ProfileColor::Red),
];

/// The colour nearest to `#rrggbb`; `None` for greys and what is no such colour.
pub(super) fn nearest(text: &str) -> Option<ProfileColor> {
    let digits = text.trim().strip_prefix('#')?;
    if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let number = i32::from_str_radix(digits, 16).ok()?;
    let [red, green, blue] = [number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff];
    let (least, most) = (red.min(green).min(blue), red.max(green).max(blue));
    let span = most - least;
    if span < 24 {
        return None;
    }
    let hue = if most == red {
        60 * (green - blue) / span
    } else if most == green {
        120 + 60 * (blue - red) / span
    } else {
        240 + 60 * (red - green) / span
    };
    let hue = u32::try_from(hue.rem_euclid(360)).ok()?;
    let below = HUES.iter().rev().find(|(begin, _color)| *begin <= hue);
    below.map(|(_begin, color)| *color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_have_names() {
        for (text, color) in [
            ("#ff0000", Some(ProfileColor::Red)),
            ("#ff0020", Some(ProfileColor::Red)),
            ("#FFA500", Some(ProfileColor::Orange)),
            ("#ffe000", Some(ProfileColor::Yellow)),
            ("#34C388", Some(ProfileColor::Teal)),
            ("#00a000", Some(ProfileColor::Green)),
            ("#1e90ff", Some(ProfileColor::Blue)),
            ("#8040f0", Some(ProfileColor::Purple)),
            ("#ff40a0", Some(ProfileColor::Pink)),
            ("#808080", None),
            ("red", None),
            ("#ää", None),
            ("#+fffff", None),
        ] {
            assert_eq!(nearest(text), color, "{text}");
        }
    }
}
