//! `demo-camera`: pictures and packed bytes, for everything that is neither text nor JSON.

use crate::profile::Profile;

use super::device::{Device, profile, seconds};
use super::message::{Message, OCTETS, wave};

/// Size of the picture in pixels.
const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
/// Where the ground begins, in pixels from the top.
const HORIZON: u32 = 170;
/// Ticks from one sunrise to the next.
const DAY: f64 = 600.0;

type Colour = [f64; 3];

/// A camera at the front door.
#[derive(Debug, Default)]
pub(super) struct Camera;

impl Device for Camera {
    fn profile(&self) -> Profile {
        profile("demo-camera")
    }

    fn on_tick(&mut self, tick: u64) -> Vec<Message> {
        let mut messages = Vec::new();
        if tick.is_multiple_of(seconds(1)) {
            let sequence = u32::try_from(tick / seconds(1)).unwrap_or(u32::MAX);
            let payload = telemetry(sequence, tick);
            messages.push(Message::bytes("binary/telemetry", payload, OCTETS));
        }
        if tick.is_multiple_of(seconds(5))
            && let Some(png) = picture(tick)
        {
            messages.push(Message::bytes("binary/camera/front", png, "image/png").retained());
        }
        messages
    }
}

/// 16 bytes, big-endian: `CT`, version 1, flags; sequence number u32; pan and tilt in hundredths of a degree i16;
/// battery in millivolts u16; pictures since the start u16.
fn telemetry(sequence: u32, tick: u64) -> Vec<u8> {
    let pan = hundredths(wave(tick, 120.0, 0.0) * 45.0);
    let tilt = hundredths(wave(tick, 90.0, 0.2) * 12.0);
    let battery = u16::try_from(4_100 - sequence % 600).unwrap_or(u16::MAX);
    let pictures = u16::try_from(sequence / 5 % 65_536).unwrap_or(u16::MAX);
    let mut bytes = vec![b'C', b'T', 1, u8::from(sequence.is_multiple_of(5))];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(pan.to_be_bytes());
    bytes.extend(tilt.to_be_bytes());
    bytes.extend(battery.to_be_bytes());
    bytes.extend(pictures.to_be_bytes());
    bytes
}

fn hundredths(degrees: f64) -> i16 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the angles are far below 327 degrees, and the cast saturates"
    )]
    let hundredths = (degrees * 100.0).round() as i16;
    hundredths
}

/// The view at `tick` as a PNG file; `None` if it cannot be encoded.
fn picture(tick: u64) -> Option<Vec<u8>> {
    let scene = Scene::at(tick);
    let mut pixels = Vec::new();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            pixels.extend(scene.colour(x, y).map(byte));
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

fn byte(channel: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of a byte"
    )]
    let byte = channel.clamp(0.0, 255.0).round() as u8;
    byte
}

/// What the camera looks at: a house in a garden, under a sun that moves.
struct Scene {
    sun: (f64, f64),
    /// 0 at night, 1 at noon.
    daylight: f64,
}

impl Scene {
    fn at(tick: u64) -> Self {
        let height = wave(tick, DAY, 0.08);
        let along = (tick as f64 / DAY + 0.08).fract() * 2.0;
        Self {
            sun: (
                along * f64::from(WIDTH),
                f64::from(HORIZON) - height * 130.0,
            ),
            daylight: (height * 1.4 + 0.35).clamp(0.2, 1.0),
        }
    }

    fn colour(&self, x: u32, y: u32) -> Colour {
        let (left, top) = (f64::from(x), f64::from(y));
        let window = is_in(left, top, (206.0, 132.0), (22.0, 20.0))
            || is_in(left, top, (252.0, 132.0), (22.0, 20.0));
        if window {
            // Lamps are lit when it is dark.
            return mix([255.0, 214.0, 120.0], [120.0, 150.0, 170.0], self.daylight);
        }
        let lit = if is_in(left, top, (234.0, 146.0), (14.0, 34.0)) {
            [86.0, 58.0, 44.0]
        } else if is_in(left, top, (190.0, 110.0), (100.0, 70.0)) {
            [196.0, 176.0, 150.0]
        } else if top < 110.0 && top > 62.0 && (left - 240.0).abs() < (top - 62.0) * 1.3 {
            [150.0, 62.0, 48.0]
        } else if y >= HORIZON {
            self.ground(left, top)
        } else {
            return self.sky(left, top);
        };
        lit.map(|channel| channel * self.daylight)
    }

    fn sky(&self, left: f64, top: f64) -> Colour {
        let distance = (left - self.sun.0).hypot(top - self.sun.1);
        if distance < 16.0 {
            return [255.0, 236.0, 170.0];
        }
        let depth = top / f64::from(HORIZON);
        let day = mix([92.0, 150.0, 214.0], [214.0, 226.0, 232.0], depth);
        let night = mix([10.0, 16.0, 36.0], [52.0, 48.0, 70.0], depth);
        let glow = (1.0 - distance / 150.0).max(0.0) * 0.6;
        mix(mix(night, day, self.daylight), [255.0, 200.0, 130.0], glow)
    }

    fn ground(&self, left: f64, top: f64) -> Colour {
        let near = (top - f64::from(HORIZON)) / f64::from(HEIGHT - HORIZON);
        let path = (left - 241.0 + near * 60.0).abs() < 8.0 + near * 26.0;
        // Blades of grass: a pattern that looks like none.
        let blade = ((left * 12.9 + top * 78.2 + self.daylight).sin() * 43_758.5).fract() * 14.0;
        if path {
            mix([150.0, 140.0, 124.0], [186.0, 176.0, 158.0], near)
        } else {
            mix([70.0, 112.0, 58.0], [94.0, 146.0, 70.0], near).map(|channel| channel + blade)
        }
    }
}

fn is_in(left: f64, top: f64, corner: (f64, f64), size: (f64, f64)) -> bool {
    (corner.0..corner.0 + size.0).contains(&left) && (corner.1..corner.1 + size.1).contains(&top)
}

fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    let [red, green, blue] = from;
    let [red_to, green_to, blue_to] = to;
    [
        red + (red_to - red) * share,
        green + (green_to - green) * share,
        blue + (blue_to - blue) * share,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_png_of_its_size_that_changes() {
        let noon = picture(100).unwrap();
        let size = imagesize::blob_size(&noon).unwrap();
        assert_eq!((size.width, size.height), (320, 240));
        assert!(noon.len() < 150_000, "{} bytes", noon.len());
        assert_ne!(noon, picture(300).unwrap());
    }

    #[test]
    fn telemetry_is_sixteen_bytes() {
        let bytes = telemetry(5, 10);
        assert_eq!(bytes.len(), 16);
        assert_eq!(bytes.get(..8), Some(&[b'C', b'T', 1, 1, 0, 0, 0, 5][..]));
    }

    #[test]
    fn a_picture_comes_every_five_seconds_and_is_kept() {
        let sent: Vec<Message> = (0..seconds(10))
            .flat_map(|tick| Camera.on_tick(tick))
            .collect();
        assert_eq!(sent.iter().filter(|message| message.retain).count(), 2);
        assert_eq!(sent.len(), 12);
    }
}
