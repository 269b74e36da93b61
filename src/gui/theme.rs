//! Every colour, size and font of the window, as tokens for dark and light. No other file names a colour or a size
//! of its own.

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow,
    Stroke, Style, TextStyle, Ui, Visuals,
};

use crate::mqtt::Qos;
use crate::payload::json::TokenKind;
use crate::profile::{ProfileColor, Theme};

/// The colours of one theme, by purpose.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Behind everything.
    pub background: Color32,
    /// Panels and cards.
    pub panel: Color32,
    /// Buttons and raised chips.
    pub raised: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// The selected row.
    pub selection: Color32,
    /// Lines between panels and around fields.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Less important text.
    pub muted: Color32,
    /// Least important text.
    pub faint: Color32,
    /// What is on, primary, or new.
    pub accent: Color32,
    /// Text on the accent colour.
    pub on_accent: Color32,
    /// QoS 1, JSON keys, links.
    pub blue: Color32,
    /// QoS 2, retained, JSON literals.
    pub violet: Color32,
    /// Numbers, warnings.
    pub amber: Color32,
    /// Errors.
    pub red: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

const DARK: Palette = Palette {
    background: rgb(0x0011_1417),
    panel: rgb(0x0017_1b1f),
    raised: rgb(0x001e_2328),
    hover: rgb(0x0024_2a30),
    selection: rgb(0x0020_3a32),
    line: rgb(0x002a_3036),
    text: rgb(0x00df_e5ea),
    muted: rgb(0x0093_a0ab),
    faint: rgb(0x005f_6b76),
    accent: rgb(0x0045_c08a),
    on_accent: rgb(0x0008_1c13),
    blue: rgb(0x006a_a5ff),
    violet: rgb(0x00b7_94f6),
    amber: rgb(0x00e3_b25a),
    red: rgb(0x00ef_6f63),
};

const LIGHT: Palette = Palette {
    background: rgb(0x00f4_f6f7),
    panel: rgb(0x00ff_ffff),
    raised: rgb(0x00f0_f2f4),
    hover: rgb(0x00e9_edf0),
    selection: rgb(0x00df_f3ea),
    line: rgb(0x00dd_e2e6),
    text: rgb(0x001b_2328),
    muted: rgb(0x005d_6973),
    faint: rgb(0x0097_a2ab),
    accent: rgb(0x0014_8a58),
    on_accent: rgb(0x00ff_ffff),
    blue: rgb(0x0025_63d9),
    violet: rgb(0x007a_46c9),
    amber: rgb(0x00a8_6a00),
    red: rgb(0x00cf_3d31),
};

impl Palette {
    /// The palette of the theme that `ui` is drawn in.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::for_visuals(ui.visuals())
    }

    /// The palette that belongs to these visuals.
    pub fn for_visuals(visuals: &Visuals) -> &'static Self {
        if visuals.dark_mode { &DARK } else { &LIGHT }
    }

    /// Grey, blue, violet for QoS 0, 1, 2.
    pub fn qos(&self, qos: Qos) -> Color32 {
        match qos {
            Qos::AtMostOnce => self.muted,
            Qos::AtLeastOnce => self.blue,
            Qos::ExactlyOnce => self.violet,
        }
    }

    /// Colour of a piece of JSON.
    pub fn json(&self, kind: TokenKind) -> Color32 {
        match kind {
            TokenKind::Key => self.blue,
            TokenKind::String => self.accent,
            TokenKind::Number => self.amber,
            TokenKind::Literal => self.violet,
            TokenKind::Punctuation => self.text,
        }
    }

    /// Colour of a line in a chart, by its place among the lines.
    pub fn line_of_chart(&self, place: usize) -> Color32 {
        let colors = [
            self.accent,
            self.blue,
            self.amber,
            self.violet,
            profile_color(ProfileColor::Pink, self),
            profile_color(ProfileColor::Teal, self),
            self.red,
            profile_color(ProfileColor::Orange, self),
        ];
        colors[place % colors.len()]
    }

    fn is_dark(&self) -> bool {
        self.background == DARK.background
    }

    /// `color` as a soft background: how badges and glowing rows are filled.
    pub fn tint(&self, color: Color32, strength: f32) -> Color32 {
        self.panel.lerp_to_gamma(color, strength)
    }
}

/// What a profile's colour looks like: light enough on dark, dark enough on light, for strips, dots and badges.
pub fn profile_color(color: ProfileColor, palette: &Palette) -> Color32 {
    let (on_dark, on_light) = match color {
        ProfileColor::Red => (0x00ff_6b5e, 0x00d0_3327),
        ProfileColor::Orange => (0x00ff_9a4d, 0x00c2_5a00),
        ProfileColor::Yellow => (0x00f2_cf4a, 0x0093_7300),
        ProfileColor::Green => (0x006c_cf5f, 0x002f_8a22),
        ProfileColor::Teal => (0x003f_c9c0, 0x0000_807a),
        ProfileColor::Blue => (0x006a_a5ff, 0x0025_63d9),
        ProfileColor::Purple => (0x00b7_94f6, 0x007a_46c9),
        ProfileColor::Pink => (0x00f7_86c0, 0x00c0_2f7e),
    };
    rgb(if palette.is_dark() { on_dark } else { on_light })
}

/// The knob of a switch that is on, in both themes.
pub const KNOB: Color32 = Color32::WHITE;
/// What pictures are multiplied with: they keep their own colours.
pub const UNTINTED: Color32 = Color32::WHITE;
/// Space between things: 4, 8, 12, 16.
pub const SPACE: [f32; 4] = [4.0, 8.0, 12.0, 16.0];
/// Radius of cards, buttons and fields.
pub const RADIUS: u8 = 6;
/// Height of a row in the tree and other tables.
pub const ROW_HEIGHT: f32 = 24.0;
/// Height of a row of a payload.
pub const LINE_HEIGHT: f32 = 20.0;
/// Height of a row in the history.
pub const HISTORY_ROW_HEIGHT: f32 = 22.0;
/// Height of buttons, fields and switches.
pub const CONTROL_HEIGHT: f32 = 28.0;
/// Height of the top bar.
pub const TOP_BAR_HEIGHT: f32 = 44.0;
/// Height of the status bar.
pub const STATUS_BAR_HEIGHT: f32 = 24.0;
/// Height of a strip of tabs.
pub const TAB_HEIGHT: f32 = 32.0;
/// Indentation of a level in the tree.
pub const INDENT: f32 = 16.0;
/// How long a changed row glows.
pub const GLOW: std::time::Duration = std::time::Duration::from_millis(600);

/// Inter 13: text.
pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}
/// Inter 12: labels.
pub fn label() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}
/// Inter 11: captions.
pub fn caption() -> FontId {
    FontId::new(11.0, FontFamily::Proportional)
}
/// Inter semibold 13: what is selected or named.
pub fn strong() -> FontId {
    FontId::new(13.0, FontFamily::Name("semibold".into()))
}
/// Inter semibold of another size: titles (15 to 20).
pub fn title(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("semibold".into()))
}
/// Inter 15: the levels above a title.
pub fn heading_light() -> FontId {
    FontId::new(15.0, FontFamily::Proportional)
}
/// Inter semibold 10.5: badges.
pub fn badge() -> FontId {
    FontId::new(10.5, FontFamily::Name("semibold".into()))
}
/// Inter 13 with digits of equal width: numbers in columns.
pub fn number() -> FontId {
    FontId::new(13.0, FontFamily::Name("numbers".into()))
}
/// Inter 12 with digits of equal width: times and sizes in lists.
pub fn number_small() -> FontId {
    FontId::new(12.0, FontFamily::Name("numbers".into()))
}
/// JetBrains Mono 12: values, topics in fields, addresses.
pub fn mono() -> FontId {
    FontId::new(12.0, FontFamily::Monospace)
}
/// JetBrains Mono 13: payloads.
pub fn mono_large() -> FontId {
    FontId::new(13.0, FontFamily::Monospace)
}
/// The icon font, outlines.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons".into()))
}
/// The icon font, filled.
pub fn icon_fill(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons-fill".into()))
}

/// Loads the fonts that ship with Canopy. Once, before the first frame.
pub fn install_fonts(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 8] = [
        (
            "Inter",
            include_bytes!("../../assets/fonts/Inter-Regular.otf"),
        ),
        (
            "Inter Medium",
            include_bytes!("../../assets/fonts/Inter-Medium.otf"),
        ),
        (
            "Inter SemiBold",
            include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
        ),
        (
            "Inter Tabular Digits",
            include_bytes!("../../assets/fonts/Inter-TabularDigits.otf"),
        ),
        (
            "JetBrains Mono",
            include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
        ),
        (
            "JetBrains Mono Medium",
            include_bytes!("../../assets/fonts/JetBrainsMono-Medium.ttf"),
        ),
        (
            "Phosphor",
            include_bytes!("../../assets/fonts/Phosphor-Regular.ttf"),
        ),
        (
            "Phosphor Fill",
            include_bytes!("../../assets/fonts/Phosphor-Fill.ttf"),
        ),
    ];
    for (name, bytes) in files {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // what one font lacks another may have; beyond them the system's are asked
    let mut family = |family: FontFamily, first: &[&str]| {
        let names = first.iter().chain(&["JetBrains Mono", "Inter"]);
        let mut chain: Vec<String> = Vec::new();
        for name in names.map(|name| (*name).to_owned()) {
            if !chain.contains(&name) {
                chain.push(name);
            }
        }
        fonts.families.insert(family, chain);
    };
    family(FontFamily::Proportional, &["Inter", "Phosphor"]);
    family(
        FontFamily::Name("medium".into()),
        &["Inter Medium", "Phosphor"],
    );
    family(
        FontFamily::Name("semibold".into()),
        &["Inter SemiBold", "Phosphor"],
    );
    family(
        FontFamily::Name("numbers".into()),
        &["Inter Tabular Digits", "Inter"],
    );
    family(FontFamily::Monospace, &["JetBrains Mono"]);
    family(
        FontFamily::Name("mono-medium".into()),
        &["JetBrains Mono Medium"],
    );
    family(FontFamily::Name("icons".into()), &["Phosphor"]);
    family(FontFamily::Name("icons-fill".into()), &["Phosphor Fill"]);
    ctx.set_fonts(fonts);
}

/// Makes everything egui draws by itself follow the tokens.
pub fn apply(ctx: &Context, theme: Theme) {
    let egui_theme = match theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    };
    ctx.set_theme(egui_theme);
    ctx.all_styles_mut(apply_metrics);
    ctx.style_mut_of(egui::Theme::Dark, |style| {
        style.visuals = visuals(Visuals::dark(), &DARK);
    });
    ctx.style_mut_of(egui::Theme::Light, |style| {
        style.visuals = visuals(Visuals::light(), &LIGHT);
    });
}

fn apply_metrics(style: &mut Style) {
    style.text_styles = [
        (TextStyle::Heading, title(18.0)),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Small, caption()),
        (TextStyle::Monospace, mono()),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(SPACE[1], SPACE[1]);
    spacing.button_padding = egui::vec2(10.0, 5.0);
    spacing.interact_size = egui::vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.scroll = egui::style::ScrollStyle {
        bar_width: 8.0,
        ..egui::style::ScrollStyle::thin()
    };
    style.animation_time = 0.08;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
}

fn visuals(mut visuals: Visuals, palette: &Palette) -> Visuals {
    let radius = CornerRadius::same(RADIUS);
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    let shadow = Shadow {
        offset: [0, 6],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(90),
    };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.extreme_bg_color = palette.background;
    visuals.text_edit_bg_color = Some(palette.background);
    visuals.faint_bg_color = palette.raised;
    visuals.code_bg_color = palette.raised;
    visuals.override_text_color = None;
    // hints in empty fields: nobody shall take one for a value
    visuals.weak_text_color = Some(palette.faint);
    visuals.hyperlink_color = palette.blue;
    visuals.warn_fg_color = palette.amber;
    visuals.error_fg_color = palette.red;
    visuals.selection.bg_fill = palette.tint(palette.accent, 0.35);
    // selected text is written in this colour, so it must not be that of the background
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    // a blinking cursor would wake the window twice a second for ever
    visuals.text_cursor.blink = false;
    let widgets = &mut visuals.widgets;
    let states = [
        (
            &mut widgets.noninteractive,
            palette.panel,
            palette.line,
            palette.text,
        ),
        (
            &mut widgets.inactive,
            palette.raised,
            palette.line,
            palette.text,
        ),
        (
            &mut widgets.hovered,
            palette.hover,
            palette.faint,
            palette.text,
        ),
        (
            &mut widgets.active,
            palette.hover,
            palette.accent,
            palette.text,
        ),
        (&mut widgets.open, palette.hover, palette.line, palette.text),
    ];
    for (state, fill, line, text) in states {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    visuals
}
