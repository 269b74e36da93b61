//! The thin bar below a row of the tree: which share of the traffic is that of the row and all below it.

use egui::{CornerRadius, Rect, Ui, pos2};

use super::super::theme::Palette;

/// Height of the bar.
const HEIGHT: f32 = 2.0;

/// Paints a bar from the left end of `row`; one for everything would reach as far as `right`.
pub fn share_bar(ui: &Ui, row: Rect, right: f32, share: f64) {
    if share <= 0.0 {
        return;
    }
    let palette = Palette::of(ui);
    let whole = (right - row.left()).max(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a width in points")]
    let width = (whole * share.clamp(0.0, 1.0) as f32).max(1.0);
    let bottom = row.bottom() - 1.0;
    let bar = Rect::from_min_max(
        pos2(row.left(), bottom - HEIGHT),
        pos2(row.left() + width, bottom),
    );
    let fill = palette.tint(palette.blue, 0.75);
    ui.painter().rect_filled(bar, CornerRadius::same(1), fill);
}
