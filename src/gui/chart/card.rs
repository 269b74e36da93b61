//! One chart of the dashboard: its name, its lines, its last values, and what can be done with it.

use egui::{
    Align, CornerRadius, Frame, Id, Key, Layout, Margin, RichText, Stroke, TextEdit, Ui, Vec2, vec2,
};

use super::super::action::Action;
use super::super::chart_action::ChartAction;
use super::super::context::Context;
use super::super::icons;
use super::super::theme::{self, Palette};
use super::super::widgets::{Look, focus_whole, icon_button, keep_escape};
use super::drawn::{Drawn, Request};
use super::gatherer::{Gatherer, ViewId};
use super::plot::{PlotStyle, plot_ui};
use super::sight::Sight;
use super::strip::columns;
use crate::profile::Chart;

/// Values that are named in the line below the name.
const NAMED: usize = 3;

/// A name being typed.
#[derive(Debug)]
pub struct Renaming {
    /// Which chart.
    pub place: usize,
    name: String,
    is_fresh: bool,
}

/// What is kept of the cards.
#[derive(Debug, Default)]
pub struct Cards {
    /// The name being typed.
    pub renaming: Option<Renaming>,
}

impl Cards {
    /// Draws the chart at this place of `count`.
    pub fn card_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        gatherer: &mut Gatherer,
        (place, count, chart): (usize, usize, &Chart),
        size: Vec2,
    ) {
        let palette = Palette::of(ui);
        let margin = 10.0;
        let frame = Frame::new()
            .fill(palette.panel)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(8))
            .inner_margin(Margin::same(10));
        frame.show(ui, |ui| {
            let inner = size - vec2(2.0 * margin + 2.0, 2.0 * margin + 2.0);
            ui.set_min_size(inner);
            ui.set_max_size(inner);
            ui.spacing_mut().item_spacing.y = 2.0;
            self.head_ui(ui, context, (place, count, chart), inner.x);
            let keys = context.session.map(|it| it.pinned.keys(place));
            let mut sight = Sight::default();
            let request = Request {
                keys: keys.unwrap_or_default(),
                span: sight.span(chart.window),
                columns: columns(inner.x),
            };
            let drawn = gatherer.view(ui.ctx(), ViewId::Pinned(place), request);
            values_ui(ui, chart, drawn.as_deref());
            let Some(drawn) = drawn else {
                return;
            };
            let profile = context.session.map(|it| it.profile.id.clone());
            let style = PlotStyle {
                id: Id::unique(("pinned", profile, place)),
                size: vec2(inner.x, ui.available_height().max(40.0)),
                is_movable: false,
                label: format!("Chart {}", chart.name),
            };
            plot_ui(ui, context, (chart, &drawn), &mut sight, style);
        });
    }

    fn head_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        (place, count, chart): (usize, usize, &Chart),
        width: f32,
    ) {
        let size = vec2(width, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_size(size);
            ui.spacing_mut().item_spacing.x = 2.0;
            let ask = |action| context.ask(Action::Chart(action));
            let name = &chart.name;
            if icon_button(
                ui,
                icons::X,
                &format!("Take {name} off the dashboard"),
                Look::Quiet,
            )
            .clicked()
            {
                ask(ChartAction::Unpin(place));
            }
            if icon_button(ui, icons::PENCIL, &format!("Rename {name}"), Look::Quiet).clicked() {
                self.renaming = Some(Renaming {
                    place,
                    name: name.clone(),
                    is_fresh: true,
                });
            }
            if icon_button(
                ui,
                icons::EXPAND,
                &format!("Open {name} in the chart tab"),
                Look::Quiet,
            )
            .clicked()
            {
                ask(ChartAction::Open(place));
            }
            ui.add_enabled_ui(place + 1 < count, |ui| {
                if icon_button(
                    ui,
                    icons::ARROW_DOWN,
                    &format!("Move {name} back"),
                    Look::Quiet,
                )
                .clicked()
                {
                    ask(ChartAction::Move(place, place + 1));
                }
            });
            ui.add_enabled_ui(place > 0, |ui| {
                if icon_button(
                    ui,
                    icons::ARROW_UP,
                    &format!("Move {name} forward"),
                    Look::Quiet,
                )
                .clicked()
                {
                    ask(ChartAction::Move(place, place - 1));
                }
            });
            let time = RichText::new(chart.window.label()).font(theme::caption());
            ui.add_space(4.0);
            ui.label(time.color(Palette::of(ui).faint));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                self.name_ui(ui, context, place, chart);
            });
        });
    }

    fn name_ui(&mut self, ui: &mut Ui, context: &Context<'_>, place: usize, chart: &Chart) {
        let Some(renaming) = self.renaming.as_mut().filter(|it| it.place == place) else {
            let name = RichText::new(&chart.name).font(theme::strong());
            ui.add(egui::Label::new(name.color(Palette::of(ui).text)).truncate());
            return;
        };
        let edit =
            TextEdit::singleline(&mut renaming.name).desired_width(ui.available_width() - 8.0);
        let response = ui.add(edit);
        let id = response.id;
        ui.ctx()
            .accesskit_node_builder(id, |node| node.set_label("Name of the chart".to_owned()));
        if std::mem::take(&mut renaming.is_fresh) {
            focus_whole(&response, &renaming.name);
            return;
        }
        if response.has_focus() {
            keep_escape(ui);
        }
        if response.lost_focus() {
            let name = renaming.name.trim().to_owned();
            let is_left = ui.input(|input| input.key_pressed(Key::Escape));
            if !is_left && !name.is_empty() && name != chart.name {
                context.ask(Action::Chart(ChartAction::Rename(place, name)));
            }
            self.renaming = None;
        }
    }
}

/// The last values of the first lines, each in its colour.
fn values_ui(ui: &mut Ui, chart: &Chart, drawn: Option<&Drawn>) {
    let palette = Palette::of(ui);
    let size = vec2(ui.available_width(), theme::LINE_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 6.0;
        for (place, series) in chart.series.iter().enumerate().take(NAMED) {
            let line = drawn.and_then(|drawn| drawn.lines.get(place));
            let value = match line {
                Some(line) if !line.is_seen => "waiting for its first message".to_owned(),
                Some(line) => line
                    .figures
                    .as_ref()
                    .map_or("–".to_owned(), |it| it.last.1.clone()),
                None => String::new(),
            };
            let (dot, _) = ui.allocate_exact_size(vec2(8.0, 8.0), egui::Sense::hover());
            ui.painter()
                .circle_filled(dot.center(), 3.5, palette.line_of_chart(place));
            let text = format!("{} {value}", chart.label(place));
            let text = RichText::new(text)
                .font(theme::label())
                .color(palette.muted);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(&series.key.topic);
        }
        let more = chart.series.len().saturating_sub(NAMED);
        if more > 0 {
            let text = RichText::new(format!("and {more} more")).font(theme::label());
            ui.label(text.color(palette.faint));
        }
    });
}
