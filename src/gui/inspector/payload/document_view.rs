//! A document as rows with line numbers, folds and colours; every value can be reached by pointer, keyboard and label.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Pos2, Rect, Response, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Scrolled, galley, virtual_rows};
use super::memory::Fold;
use super::pieces::{Click, Ink, Mark, Piece, Source};
use super::value::{Use, spoken, use_of};
use crate::payload::document::rows::{Part, Row};
use crate::payload::document::search::Needle;
use crate::payload::document::{Document, Kind, ValueId};
use crate::payload::json::TokenKind;

/// What the user did with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Move the cursor there.
    Select(ValueId),
    /// Fold or unfold it.
    Fold(ValueId, Fold),
    /// Show its menu here.
    Menu(ValueId, Pos2),
    /// Do what it is good for, with a menu here where there is a question.
    Use(ValueId, Use, Pos2),
    /// Show what is inside it, all of it.
    Open(ValueId),
}

/// What is drawn in one frame.
pub struct DocumentView<'a> {
    /// The values and their rows.
    pub source: Source<'a>,
    /// The value with the cursor.
    pub selected: Option<ValueId>,
    /// What is looked for, and the value where it was found last.
    pub found: Option<(&'a Needle, Option<ValueId>)>,
    /// Width of the column of numbers and folds.
    pub gutter: f32,
    /// Whether its numbers can be drawn in a chart.
    pub can_chart: bool,
}

impl DocumentView<'_> {
    /// Draws the rows. `area` is what was reserved for clicks and keys.
    pub fn ui(&self, ui: &mut Ui, scroll: ScrollArea, area: &Response) -> (Scrolled, Vec<Wish>) {
        let mut wishes = Vec::new();
        let rows = self.source.rows;
        let scrolled = virtual_rows(
            ui,
            scroll,
            theme::LINE_HEIGHT,
            rows.len(),
            |ui, shown, place| {
                for at in shown {
                    if let Some(row) = rows.row(at) {
                        let rect = place.row(at);
                        self.row_ui(ui, &row, rect, &mut wishes);
                        blank_click(area, &row, rect, &mut wishes);
                    }
                }
            },
        );
        (scrolled, wishes)
    }

    fn row_ui(&self, ui: &mut Ui, row: &Row, rect: Rect, wishes: &mut Vec<Wish>) {
        let palette = Palette::of(ui);
        if self.selected == Some(row.value) && row.part != Part::Close && row.part != Part::Removed
        {
            let strip = rect.with_min_x(rect.left() + self.gutter - 2.0);
            ui.painter()
                .rect_filled(strip, CornerRadius::same(4), palette.selection);
        }
        if let Some(number) = row.number {
            let at = pos2(rect.left() + self.gutter - 20.0, rect.center().y);
            let text = number.to_string();
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, text, theme::mono(), palette.faint);
        }
        if matches!(row.part, Part::Open | Part::Folded) {
            self.triangle(ui, row, rect, wishes);
        }
        let indent = 2.0 * row.depth as f32 * character_width(ui);
        let mut x = rect.left() + self.gutter + indent;
        for (nth, piece) in self.source.pieces(row).iter().enumerate() {
            x = self.piece_ui(ui, piece, (row, nth), pos2(x, rect.center().y), wishes);
        }
        ui.expand_to_include_x((x + 8.0).ceil());
    }

    fn triangle(&self, ui: &Ui, row: &Row, rect: Rect, wishes: &mut Vec<Wish>) {
        let center = pos2(rect.left() + self.gutter - 10.0, rect.center().y);
        let area = Rect::from_center_size(center, vec2(18.0, rect.height()));
        let id = ui.scope_id().with(("fold", row.value.0));
        let response = ui.interact(area, id, Sense::CLICK);
        let is_folded = row.part == Part::Folded;
        let document = self.source.document;
        response.widget_info(|| {
            let what = document.key_text(row.value).map_or_else(
                || {
                    if row.value == ValueId::ROOT {
                        "all".to_owned()
                    } else {
                        "item".to_owned()
                    }
                },
                |key| key.chars().take(80).collect(),
            );
            let verb = if is_folded { "Unfold" } else { "Fold" };
            WidgetInfo::labeled(Role::DisclosureTriangle, true, format!("{verb} {what}"))
        });
        let palette = Palette::of(ui);
        let color = if response.hovered() {
            palette.text
        } else {
            palette.muted
        };
        let icon = if is_folded {
            icons::CARET_RIGHT
        } else {
            icons::CARET_DOWN
        };
        ui.painter().text(
            center,
            Align2::CENTER_CENTER,
            icon,
            theme::icon(11.0),
            color,
        );
        if response.clicked() {
            let is_deep = ui.input(|input| input.modifiers.alt);
            let fold = Fold {
                is_folded: !is_folded,
                is_deep,
            };
            wishes.push(Wish::Fold(row.value, fold));
        }
        response.on_hover_text(if is_folded {
            "Unfold (with Alt: all below)"
        } else {
            "Fold (with Alt: all below)"
        });
    }

    /// Draws a piece and returns where the next one begins.
    fn piece_ui(
        &self,
        ui: &Ui,
        piece: &Piece,
        (row, nth): (&Row, usize),
        left: Pos2,
        wishes: &mut Vec<Wish>,
    ) -> f32 {
        let palette = Palette::of(ui);
        let color = ink(palette, piece);
        let galley = galley(ui, &piece.text, theme::mono_large(), color);
        let top = (left.y - galley.size().y / 2.0).round();
        let rect = Rect::from_min_size(pos2(left.x, top), galley.size());
        self.backdrop(ui, piece, rect, &galley);
        let is_live = piece.click != Click::Nothing && row.part != Part::Removed;
        let mut line = Stroke::NONE;
        if is_live {
            let id = ui.scope_id().with(("value", piece.value.0, nth));
            let response = ui.interact(rect, id, Sense::CLICK);
            let label = || match piece.click {
                Click::Unfold => format!("Unfold {}", spoken(self.source.document, piece.value)),
                Click::Open => format!("Open {}", key_of(self.source.document, piece.value)),
                _ => spoken(self.source.document, piece.value),
            };
            let role = if piece.click == Click::Value {
                Role::ListItem
            } else {
                Role::Button
            };
            response.widget_info(|| WidgetInfo::labeled(role, true, label()));
            if self.piece_clicked(ui, piece, response, wishes) {
                line = Stroke::new(1.0, color);
            }
        }
        ui.painter().galley(rect.min, galley, color);
        if piece.mark == Mark::Removed {
            let struck = Stroke::new(1.0, palette.red);
            ui.painter().hline(rect.x_range(), rect.center().y, struck);
        }
        if line != Stroke::NONE {
            ui.painter()
                .hline(rect.x_range(), rect.bottom() - 1.0, line);
        }
        rect.right()
    }

    /// What is behind a piece: how it differs, that it was found, the cursor.
    fn backdrop(&self, ui: &Ui, piece: &Piece, rect: Rect, galley: &egui::Galley) {
        let palette = Palette::of(ui);
        let painter = ui.painter();
        let radius = CornerRadius::same(4);
        let tint = match piece.mark {
            Mark::Same => None,
            Mark::Changed => Some(palette.amber),
            Mark::Added => Some(palette.accent),
            Mark::Removed => Some(palette.red),
        };
        if let Some(color) = tint.filter(|_| piece.ink != Ink::Punctuation) {
            painter.rect_filled(
                rect.expand2(vec2(2.0, 0.0)),
                radius,
                palette.tint(color, 0.16),
            );
        }
        let is_selected = self.selected == Some(piece.value)
            && piece.click == Click::Value
            && matches!(piece.ink, Ink::Value(_));
        if is_selected {
            let line = Stroke::new(1.0, palette.accent);
            painter.rect_stroke(
                rect.expand2(vec2(2.0, 0.0)),
                radius,
                line,
                StrokeKind::Inside,
            );
        }
        let Some((needle, current)) = self.found else {
            return;
        };
        if piece.ink == Ink::Punctuation || piece.ink == Ink::More {
            return;
        }
        let strength = if current == Some(piece.value) {
            0.6
        } else {
            0.25
        };
        for range in needle.in_text(&piece.text) {
            let x = |byte: usize| {
                let characters = piece.text[..byte].chars().count();
                let at = galley.pos_from_cursor(egui::text::CCursor::new(characters));
                rect.left() + at.left()
            };
            let found = Rect::from_x_y_ranges(x(range.start)..=x(range.end), rect.y_range());
            painter.rect_filled(
                found,
                CornerRadius::same(2),
                palette.tint(palette.blue, strength),
            );
        }
    }

    /// Does what a click on a piece means. Says whether it looks as if a click did something.
    fn piece_clicked(
        &self,
        ui: &Ui,
        piece: &Piece,
        response: Response,
        wishes: &mut Vec<Wish>,
    ) -> bool {
        let (document, id) = (self.source.document, piece.value);
        let at = response
            .interact_pointer_pos()
            .unwrap_or(response.rect.left_bottom());
        if response.secondary_clicked() {
            wishes.push(Wish::Menu(id, at));
        }
        let is_clicked = response.clicked();
        if !is_clicked && !response.hovered() {
            return false;
        }
        let is_deep = ui.input(|input| input.modifiers.alt);
        match piece.click {
            Click::Unfold if is_clicked => {
                let fold = Fold {
                    is_folded: false,
                    is_deep,
                };
                wishes.push(Wish::Fold(id, fold));
            }
            Click::Open if is_clicked => wishes.push(Wish::Open(id)),
            Click::Unfold | Click::Open => {}
            Click::Nothing => return false,
            Click::Value => {
                let what = match use_of(document, id) {
                    Use::Chart if !self.can_chart => Use::Nothing,
                    what => what,
                };
                let tip = match &what {
                    Use::Chart => "Click to chart it".to_owned(),
                    Use::Link(link) => format!("Click to open {link}"),
                    Use::Inside(_) => "Click to open what is inside".to_owned(),
                    Use::Nothing => String::new(),
                };
                if is_clicked {
                    wishes.push(Wish::Select(id));
                    wishes.push(Wish::Use(id, what, response.rect.left_bottom()));
                }
                if tip.is_empty() {
                    return false;
                }
                response
                    .on_hover_text(tip)
                    .on_hover_cursor(CursorIcon::PointingHand);
                return true;
            }
        }
        response.on_hover_cursor(CursorIcon::PointingHand);
        true
    }
}

/// A click beside the values of a row means the row's own.
fn blank_click(area: &Response, row: &Row, rect: Rect, wishes: &mut Vec<Wish>) {
    let Some(at) = area.interact_pointer_pos() else {
        return;
    };
    if row.part == Part::Removed || at.y < rect.top() || at.y >= rect.bottom() {
        return;
    }
    if area.secondary_clicked() {
        wishes.push(Wish::Menu(row.value, at));
    } else if area.clicked() {
        wishes.push(Wish::Select(row.value));
    }
}

fn key_of(document: &Document, id: ValueId) -> String {
    let key = document.key_text(id);
    key.map_or_else(|| "value".to_owned(), |key| key.chars().take(80).collect())
}

fn ink(palette: &Palette, piece: &Piece) -> Color32 {
    let token = match piece.ink {
        _ if piece.mark == Mark::Removed => return palette.muted,
        Ink::Faint if piece.mark == Mark::Changed => return palette.amber,
        Ink::Faint => return palette.faint,
        Ink::More => return palette.blue,
        Ink::Key => TokenKind::Key,
        Ink::Value(Kind::String | Kind::Bytes) => TokenKind::String,
        Ink::Value(Kind::Number) => TokenKind::Number,
        Ink::Value(Kind::Literal) => TokenKind::Literal,
        Ink::Punctuation | Ink::Value(Kind::Object | Kind::Array) => TokenKind::Punctuation,
    };
    palette.json(token)
}

/// Width of a character of a payload.
pub fn character_width(ui: &Ui) -> f32 {
    ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono_large(), '0'))
}
