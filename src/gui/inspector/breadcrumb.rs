//! The levels of a topic as links to the branches above; what does not fit is left out in the middle.

use egui::{Align2, FontId, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::super::action::Action;
use super::super::context::Context;
use super::super::theme::{self, Palette};
use super::super::widgets::galley;

/// Levels that are looked at from the end; what is before them is behind the "…" anyway.
const LEVELS_SHOWN: usize = 24;
/// Characters of one level that are laid out.
const LEVEL_CHARS: usize = 60;

/// One level: its name as shown, and the path down to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level<'a> {
    name: String,
    path: &'a str,
}

/// Draws the path in at most `width` points.
pub fn breadcrumb(ui: &mut Ui, context: &Context<'_>, path: &str, width: f32) {
    let levels = levels(path);
    let Some((last, above)) = levels.split_last() else {
        return;
    };
    ui.spacing_mut().item_spacing.x = 4.0;
    let slash = width_of(ui, "/", theme::title(15.0)) + 8.0;
    let dots = width_of(ui, "…", theme::title(15.0)) + slash;
    let last_width = width_of(ui, &last.name, theme::title(15.0)).min(width);
    let mut room = width - last_width;
    let mut first_shown = above.len();
    for (index, level) in above.iter().enumerate().rev() {
        let needed = width_of(ui, &level.name, theme::heading_light()) + slash;
        let reserve = if index == 0 { 0.0 } else { dots };
        if needed + reserve > room {
            break;
        }
        room -= needed;
        first_shown = index;
    }
    let (hidden, shown) = above.split_at(first_shown);
    if let Some(nearest) = hidden.last()
        && dots <= room
        && level_link(ui, "…", "Levels above")
            .on_hover_text(elide(path, 400))
            .clicked()
    {
        context.ask(Action::SelectPath(nearest.path.to_owned()));
    }
    for level in shown {
        if level_link(ui, &level.name, &level.name).clicked() {
            context.ask(Action::SelectPath(level.path.to_owned()));
        }
    }
    last_level(ui, &last.name, last_width, path);
}

/// The last levels of a path; names are shortened in the middle, empty ones are named as such.
fn levels(path: &str) -> Vec<Level<'_>> {
    let mut levels = Vec::new();
    let mut end = path.len();
    while levels.len() < LEVELS_SHOWN {
        let upper = path.get(..end).unwrap_or_default();
        let begin = upper.rfind('/').map_or(0, |slash| slash + 1);
        let name = upper.get(begin..).unwrap_or_default();
        let name = if name.is_empty() {
            "(empty)".to_owned()
        } else {
            elide(name, LEVEL_CHARS)
        };
        levels.push(Level { name, path: upper });
        if begin == 0 {
            break;
        }
        end = begin - 1;
    }
    levels.reverse();
    levels
}

/// `text` in at most `max` characters, without its middle when it is longer. No line ends.
pub fn elide(text: &str, max: usize) -> String {
    let clean = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    if text.len() <= max || text.chars().count() <= max {
        return text.chars().map(clean).collect();
    }
    let head = max / 2;
    let tail: Vec<_> = text.chars().rev().take(max - head - 1).collect();
    let head = text.chars().take(head);
    let whole = head
        .chain(std::iter::once('…'))
        .chain(tail.into_iter().rev());
    whole.map(clean).collect()
}

fn width_of(ui: &Ui, text: &str, font: FontId) -> f32 {
    galley(ui, text, font, egui::Color32::PLACEHOLDER).size().x
}

fn level_link(ui: &mut Ui, text: &str, label: &str) -> Response {
    let palette = Palette::of(ui);
    let name = galley(ui, text, theme::heading_light(), palette.muted);
    let slash = galley(ui, "/", theme::heading_light(), palette.faint);
    let size = vec2(name.size().x + 4.0 + slash.size().x, theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), label));
    let is_lit = response.hovered() || response.has_focus();
    let ink = if is_lit {
        palette.accent
    } else {
        palette.muted
    };
    let at = Align2::LEFT_CENTER
        .align_size_within_rect(name.size(), rect)
        .min;
    ui.painter().galley_with_override_text_color(at, name, ink);
    let at = Align2::RIGHT_CENTER
        .align_size_within_rect(slash.size(), rect)
        .min;
    ui.painter().galley(at, slash, palette.faint);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn last_level(ui: &mut Ui, name: &str, width: f32, path: &str) {
    let palette = Palette::of(ui);
    let mut shown = name.to_owned();
    let mut max = name.chars().count();
    // a name wider than the room loses characters from its middle until it fits
    while width_of(ui, &shown, theme::title(15.0)) > width && max > 4 {
        max -= (max / 8).max(1);
        shown = elide(name, max);
    }
    let text = galley(ui, &shown, theme::title(15.0), palette.text);
    let size = vec2(text.size().x, theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, name));
    let at = Align2::LEFT_CENTER
        .align_size_within_rect(text.size(), rect)
        .min;
    ui.painter().galley(at, text, palette.text);
    if shown != name {
        response.on_hover_text(elide(path, 400));
    }
}

#[cfg(test)]
mod tests {
    use super::{elide, levels};

    #[test]
    fn levels_carry_the_path_down_to_them() {
        let paths: Vec<_> = levels("UM/campus/news")
            .iter()
            .map(|level| level.path)
            .collect();
        assert_eq!(paths, ["UM", "UM/campus", "UM/campus/news"]);
    }

    #[test]
    fn empty_levels_are_levels() {
        let levels = levels("/a//b");
        let names: Vec<_> = levels.iter().map(|level| level.name.as_str()).collect();
        assert_eq!(names, ["(empty)", "a", "(empty)", "b"]);
        let paths: Vec<_> = levels.iter().map(|level| level.path).collect();
        assert_eq!(paths, ["", "/a", "/a/", "/a//b"]);
    }

    #[test]
    fn thousands_of_levels_cost_no_more_than_a_few() {
        let path = "level/".repeat(5_000);
        assert_eq!(levels(&path).len(), super::LEVELS_SHOWN);
    }

    #[test]
    fn the_middle_is_left_out() {
        assert_eq!(elide("abcdefghij", 5), "ab…ij");
        assert_eq!(elide("ab\ncd", 5), "ab cd");
        assert_eq!(elide("ääääääää", 4), "ää…ä");
    }
}
