//! Pictures in payloads: their pixels are decoded on a worker and live in the graphics card while they are shown.

use std::sync::Arc;

use egui::{ColorImage, Rect, Sense, TextureHandle, TextureOptions, Ui, Vec2, pos2, vec2};

use super::super::super::icons;
use super::super::super::theme::{self, Palette};
use super::super::super::widgets::{Look, button, icon_button, muted};
use crate::model::MessageId;
use crate::payload;

/// Side of the squares behind what is transparent, in points.
const SQUARE: f32 = 8.0;
/// Most squares that are drawn; in larger areas they grow.
const MOST_SQUARES: f32 = 4_000.0;

/// The pixels of a picture.
///
/// # Errors
/// A sentence that says why there are none.
pub fn pixels(bytes: &[u8]) -> Result<ColorImage, String> {
    let pixels = payload::picture::pixels(bytes).map_err(|misfit| misfit.to_string())?;
    let (Ok(width), Ok(height)) = (pixels.width.try_into(), pixels.height.try_into()) else {
        return Err("The picture is too large to be drawn. Save it to a file.".to_owned());
    };
    let size = [width, height];
    Ok(ColorImage::from_rgba_unmultiplied(size, &pixels.rgba))
}

/// How large a picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Zoom {
    /// As large as there is room, at most as it is.
    Fit,
    /// So many points for a pixel.
    Times(f32),
}

/// The picture that is shown.
#[derive(Default)]
pub struct PictureView {
    texture: Option<(MessageId, TextureHandle, Vec2)>,
    zoom: Option<Zoom>,
}

impl std::fmt::Debug for PictureView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PictureView").finish_non_exhaustive()
    }
}

impl PictureView {
    /// Frees it: something else is shown.
    pub fn clear(&mut self) {
        self.texture = None;
    }

    /// Draws it into the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, message: MessageId, image: &Arc<ColorImage>, name: &str) {
        let is_there = self.texture.as_ref().is_some_and(|(of, ..)| *of == message);
        if !is_there {
            let [width, height] = image.size;
            let size = vec2(width as f32, height as f32);
            let most = ui.input(|input| input.max_texture_side);
            let drawn = shrunk(image, most);
            let options = TextureOptions {
                magnification: egui::TextureFilter::Nearest,
                ..TextureOptions::LINEAR
            };
            let texture = ui.ctx().load_texture("payload", drawn, options);
            self.texture = Some((message, texture, size));
        }
        self.zoom_row(ui);
        let Some((_, texture, pixels)) = &self.texture else {
            return;
        };
        let room = ui.available_size();
        let scale = match self.zoom() {
            Zoom::Fit => (room.x / pixels.x).min(room.y / pixels.y).min(1.0),
            Zoom::Times(times) => times / ui.ctx().pixels_per_point(),
        };
        let size = *pixels * scale.max(0.001);
        let area = egui::ScrollArea::both()
            .id_salt("picture")
            .auto_shrink(false);
        area.show(ui, |ui| {
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
            checkered(ui, rect);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter()
                .image(texture.id(), rect, whole, theme::UNTINTED);
        });
    }

    fn zoom(&self) -> Zoom {
        self.zoom.unwrap_or(Zoom::Fit)
    }

    fn zoom_row(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE[0];
            if button(ui, None, "Fit", Look::Quiet).clicked() {
                self.zoom = Some(Zoom::Fit);
            }
            if button(ui, None, "100 %", Look::Quiet).clicked() {
                self.zoom = Some(Zoom::Times(1.0));
            }
            let times = match self.zoom() {
                Zoom::Fit => 1.0,
                Zoom::Times(times) => times,
            };
            if icon_button(ui, "−", "Smaller", Look::Quiet).clicked() {
                self.zoom = Some(Zoom::Times((times / 2.0).max(1.0 / 64.0)));
            }
            if icon_button(ui, icons::PLUS, "Larger", Look::Quiet).clicked() {
                self.zoom = Some(Zoom::Times((times * 2.0).min(64.0)));
            }
            match self.zoom() {
                Zoom::Fit => muted(ui, "Fits the room"),
                Zoom::Times(times) => muted(ui, &format!("{:.0} %", times * 100.0)),
            };
        });
    }
}

/// Squares that are seen where the picture is transparent.
fn checkered(ui: &Ui, rect: Rect) {
    let shown = rect.intersect(ui.clip_rect());
    if !shown.is_positive() {
        return;
    }
    let palette = Palette::of(ui);
    ui.painter().rect_filled(shown, 0.0, palette.raised);
    let side = SQUARE.max((shown.area() / MOST_SQUARES).sqrt());
    let mut y = rect.top() + ((shown.top() - rect.top()) / side).floor() * side;
    while y < shown.bottom() {
        let is_odd = ((y - rect.top()) / side).round() % 2.0 != 0.0;
        let mut x =
            rect.left() + ((shown.left() - rect.left()) / (2.0 * side)).floor() * 2.0 * side;
        x += if is_odd { side } else { 0.0 };
        while x < shown.right() {
            let square = Rect::from_min_size(pos2(x, y), Vec2::splat(side));
            ui.painter()
                .rect_filled(square.intersect(shown), 0.0, palette.hover);
            x += 2.0 * side;
        }
        y += side;
    }
}

/// The image itself, or every n-th pixel of it where the graphics card takes no more.
fn shrunk(image: &Arc<ColorImage>, side: usize) -> Arc<ColorImage> {
    let [width, height] = image.size;
    let step = width.max(height).div_ceil(side.max(1)).max(1);
    if step == 1 {
        return Arc::clone(image);
    }
    let (columns, rows) = (width / step, height / step);
    let pixels = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let pixels = pixels.map(|(row, column)| image.pixels[row * step * width + column * step]);
    Arc::new(ColorImage::new([columns, rows], pixels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_picture_is_a_sentence() {
        let text = pixels(b"\x89PNG\r\n\x1a\nrest").unwrap_err();
        assert!(text.starts_with("Not valid PNG: "), "{text}");
        assert!(text.ends_with("or look at it as hex."));
    }

    #[test]
    fn a_picture_too_large_for_the_card_is_shrunk() {
        let image = Arc::new(ColorImage::filled([100, 30], egui::Color32::WHITE));
        assert_eq!(shrunk(&image, 40).size, [33, 10]);
        assert_eq!(shrunk(&image, 100).size, [100, 30]);
    }
}
