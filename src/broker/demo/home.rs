//! `demo-home`: six rooms with numeric sensors, about ten readings a second.

use crate::profile::Profile;

use super::device::{Device, profile};
use super::message::{Message, wave};

/// How many sensors report at each tick, in turn.
const READINGS_PER_TICK: u64 = 5;

/// Every sensor of the house: 41 topics in 6 rooms.
const ROOMS: [(&str, &[Sensor]); 6] = [
    (
        "livingroom",
        &[TEMPERATURE, HUMIDITY, CO2, LIGHT, MOTION, WINDOW, POWER],
    ),
    (
        "kitchen",
        &[TEMPERATURE, HUMIDITY, CO2, LIGHT, MOTION, WATER, POWER],
    ),
    (
        "bedroom",
        &[TEMPERATURE, HUMIDITY, CO2, LIGHT, MOTION, WINDOW, HEATING],
    ),
    (
        "bathroom",
        &[TEMPERATURE, HUMIDITY, LIGHT, MOTION, WINDOW, WATER, HEATING],
    ),
    (
        "office",
        &[TEMPERATURE, HUMIDITY, CO2, LIGHT, MOTION, WINDOW, POWER],
    ),
    (
        "garden",
        &[TEMPERATURE, HUMIDITY, LIGHT, MOTION, RAIN, SOIL],
    ),
];

/// A sensor and how its value moves.
#[derive(Debug, Clone, Copy)]
struct Sensor {
    name: &'static str,
    /// The value it moves around.
    middle: f64,
    /// How far it moves.
    swing: f64,
    /// Ticks until it repeats.
    period: f64,
    shape: Shape,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A smooth value with this many decimals.
    Smooth(usize),
    /// 0 or 1.
    Switch,
}

const fn sensor(name: &'static str, middle: f64, swing: f64, period: f64, shape: Shape) -> Sensor {
    Sensor {
        name,
        middle,
        swing,
        period,
        shape,
    }
}

/// °C.
const TEMPERATURE: Sensor = sensor("temperature", 21.4, 1.3, 540.0, Shape::Smooth(1));
/// Percent.
const HUMIDITY: Sensor = sensor("humidity", 43.0, 6.0, 420.0, Shape::Smooth(0));
/// Parts per million.
const CO2: Sensor = sensor("co2", 640.0, 180.0, 660.0, Shape::Smooth(0));
/// Lux.
const LIGHT: Sensor = sensor("light", 310.0, 240.0, 380.0, Shape::Smooth(0));
/// 1 while somebody moves.
const MOTION: Sensor = sensor("motion", 0.0, 1.0, 70.0, Shape::Switch);
/// 1 while it is open.
const WINDOW: Sensor = sensor("window", 0.0, 1.0, 900.0, Shape::Switch);
/// Watt.
const POWER: Sensor = sensor("power", 240.0, 190.0, 150.0, Shape::Smooth(1));
/// Litres per minute.
const WATER: Sensor = sensor("water", 3.0, 3.0, 210.0, Shape::Smooth(1));
/// Percent of the valve.
const HEATING: Sensor = sensor("heating", 35.0, 30.0, 480.0, Shape::Smooth(0));
/// Millimetres per hour.
const RAIN: Sensor = sensor("rain", 0.6, 0.6, 800.0, Shape::Smooth(1));
/// Percent of water in the soil.
const SOIL: Sensor = sensor("soil_moisture", 31.0, 5.0, 700.0, Shape::Smooth(1));

/// The house.
#[derive(Debug, Default)]
pub(super) struct Home;

impl Device for Home {
    fn profile(&self) -> Profile {
        profile("demo-home")
    }

    fn on_tick(&mut self, tick: u64) -> Vec<Message> {
        let all = sensors().count() as u64;
        let first = tick * READINGS_PER_TICK % all;
        sensors()
            .enumerate()
            .filter(|(index, _)| (*index as u64 + all - first) % all < READINGS_PER_TICK)
            .map(|(index, (room, sensor))| sensor.reading(room, index, tick))
            .collect()
    }
}

fn sensors() -> impl Iterator<Item = (&'static str, Sensor)> {
    ROOMS
        .iter()
        .flat_map(|(room, sensors)| sensors.iter().map(|sensor| (*room, *sensor)))
}

impl Sensor {
    fn reading(self, room: &str, index: usize, tick: u64) -> Message {
        // Another phase for every sensor, so that no two rooms move together.
        let phase = index as f64 * 0.37;
        let slow = wave(tick, self.period, phase);
        let quick = wave(tick, self.period / 7.3, phase * 1.7);
        let text = match self.shape {
            Shape::Smooth(decimals) => {
                let value = self.middle + self.swing * (0.8 * slow + 0.2 * quick);
                format!("{value:.decimals$}")
            }
            Shape::Switch => u8::from(slow + quick > self.swing).to_string(),
        };
        Message::text(format!("home/{room}/{}", self.name), text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_sensor_reports_in_turn_with_numbers_that_move() {
        let mut readings: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for tick in 0..8_200 {
            let messages = Home.on_tick(tick);
            assert_eq!(messages.len() as u64, READINGS_PER_TICK);
            for message in messages {
                let value = String::from_utf8(message.payload.to_vec()).unwrap();
                assert!(value.parse::<f64>().unwrap() > -1.0, "{}", message.topic);
                readings.entry(message.topic).or_default().push(value);
            }
        }
        assert_eq!(readings.len(), 41);
        for (topic, values) in readings {
            assert_eq!(values.len(), 1_000, "{topic}");
            assert!(values.iter().any(|value| *value != values[0]), "{topic}");
        }
    }
}
