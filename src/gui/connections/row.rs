//! One profile in the list: state, name, address or why it failed, protocol version.

use egui::{Align2, Color32, CornerRadius, Rect, Ui, pos2, vec2};

use crate::mqtt::Version;
use crate::profile::{Profile, ProfileColor};

use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{galley, galley_within};
use super::Activity;
use super::editor::display_name;

/// What a row shows, computed before it is drawn.
pub struct ProfileRow {
    /// First line.
    pub name: String,
    second: String,
    is_failed: bool,
    activity: Activity,
    version: Version,
    color: Option<ProfileColor>,
    asks: bool,
    /// What nobody looks at in the broker's certificate.
    unverified: Option<&'static str>,
}

impl ProfileRow {
    /// Looks up what is shown of `profile`.
    pub fn of(context: &Context<'_>, profile: &Profile) -> Self {
        let activity = Activity::of(context, &profile.id);
        let failure = context
            .failures
            .get(&profile.id)
            .filter(|_| activity != Activity::Open);
        let second = failure.map_or_else(
            || profile.url(),
            |failure| failure.what.trim_end_matches('.').to_owned(),
        );
        Self {
            name: display_name(profile),
            second,
            is_failed: failure.is_some(),
            activity,
            version: profile.version,
            color: profile.color,
            asks: profile.ask_before_publish,
            unverified: (profile.tls.verify.left_out()).filter(|_| profile.transport.uses_tls()),
        }
    }

    /// What a screen reader says.
    pub fn spoken(&self) -> String {
        let state = match self.activity {
            Activity::Open => "connected",
            Activity::Opening => "connecting",
            Activity::Idle if self.is_failed => "failed",
            Activity::Idle => "not connected",
        };
        let sign = self
            .unverified
            .map_or_else(String::new, |what| format!(", {what}"));
        let asks = if self.asks {
            ", asks before publishing"
        } else {
            ""
        };
        let (name, second, version) = (&self.name, &self.second, self.version);
        format!("{name}, {second}, {version}, {state}{sign}{asks}")
    }

    /// Paints the row into `rect`.
    pub fn paint(&self, ui: &Ui, rect: Rect, fill: Color32) {
        let palette = Palette::of(ui);
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
        if let Some(color) = self.color {
            let strip = rect.shrink2(vec2(0.0, 6.0));
            let strip = strip.with_max_x(strip.left() + 4.0);
            let color = theme::profile_color(color, palette);
            painter.rect_filled(strip, CornerRadius::same(2), color);
        }
        let left = rect.left() + 32.0;
        painter.circle_filled(
            pos2(rect.left() + 17.0, rect.top() + 17.0),
            4.0,
            self.dot_color(palette),
        );
        let badge = self.paint_badge(ui, rect);
        let name = galley_within(
            ui,
            &self.name,
            theme::strong(),
            palette.text,
            badge.left() - left - 8.0,
        );
        painter.galley(
            pos2(left, rect.top() + 17.0 - name.size().y / 2.0),
            name,
            palette.text,
        );
        let (font, color) = if self.is_failed {
            (theme::label(), palette.red)
        } else {
            (theme::mono(), palette.muted)
        };
        let mut right = rect.right() - 10.0;
        if self.unverified.is_some() {
            let sign = galley(ui, icons::WARNING, theme::icon(14.0), palette.amber);
            right -= sign.size().x;
            let at = pos2(right, rect.top() + 36.0 - sign.size().y / 2.0);
            painter.galley(at, sign, palette.amber);
            right -= 6.0;
        }
        let second = galley_within(ui, &self.second, font, color, right - left);
        painter.galley(
            pos2(left, rect.top() + 36.0 - second.size().y / 2.0),
            second,
            color,
        );
    }

    fn dot_color(&self, palette: &Palette) -> Color32 {
        match self.activity {
            Activity::Open => palette.accent,
            Activity::Opening => palette.amber,
            Activity::Idle if self.is_failed => palette.red,
            Activity::Idle => palette.faint,
        }
    }

    fn paint_badge(&self, ui: &Ui, rect: Rect) -> Rect {
        let palette = Palette::of(ui);
        let (text, color) = match self.version {
            Version::V5 => ("5", palette.blue),
            Version::V311 => ("3.1.1", palette.muted),
        };
        let text = galley(ui, text, theme::badge(), color);
        let size = vec2(text.size().x + 10.0, 16.0);
        let badge = Rect::from_min_size(pos2(rect.right() - 10.0 - size.x, rect.top() + 9.0), size);
        let strength = if ui.visuals().dark_mode { 0.22 } else { 0.14 };
        ui.painter()
            .rect_filled(badge, CornerRadius::same(3), palette.tint(color, strength));
        let at = Align2::CENTER_CENTER
            .align_size_within_rect(text.size(), badge)
            .min;
        ui.painter().galley(at, text, color);
        badge
    }
}
