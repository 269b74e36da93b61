//! `demo-campus`: a university in JSON and text, for filters, retained messages and content types.

use serde::Serialize;

use crate::profile::Profile;

use super::device::{Device, profile, seconds};
use super::message::{Message, one_decimal, wave};

const NEWS: [&str; 4] = [
    "Library closes at 22:00",
    "Open house in the engineering building on Friday",
    "Parking lot B is closed until Monday",
    "Exam timetable is online",
];

const USERS: [&str; 5] = ["mlee", "apatel", "jkim", "srossi", "nberg"];

const POSTS: [&str; 6] = [
    "Who brings the gateway to the lab?",
    "Slides of today are on the share",
    "Office hours move to 14:00",
    "The broker in room 210 is back",
    "Please review my draft",
    "QoS 1 is enough for that",
];

/// Seats at the start of the registration.
const SEATS: u64 = 128;

/// The campus and its messages.
#[derive(Debug, Default)]
pub(super) struct Campus;

#[derive(Serialize)]
struct Author {
    id: u32,
    name: &'static str,
}

#[derive(Serialize)]
struct Research {
    headline: &'static str,
    author: Author,
    score: f64,
    published: bool,
    tags: [&'static str; 2],
}

#[derive(Serialize)]
struct Post {
    user: &'static str,
    #[serde(rename = "post")]
    number: u64,
    text: &'static str,
}

#[derive(Serialize)]
struct Registration {
    open: bool,
    seats: u64,
}

impl Device for Campus {
    fn profile(&self) -> Profile {
        profile("demo-campus")
    }

    fn on_tick(&mut self, tick: u64) -> Vec<Message> {
        let mut messages = vec![research(tick)];
        if tick.is_multiple_of(seconds(1)) {
            messages.push(post(tick / seconds(1)));
        }
        if tick.is_multiple_of(seconds(10)) {
            messages.push(registration(tick / seconds(10)));
        }
        if tick.is_multiple_of(seconds(60)) {
            let text = pick(&NEWS, tick / seconds(60));
            messages.push(Message::text("UM/campus/department/news", text).retained());
        }
        if tick.is_multiple_of(seconds(300)) {
            messages.push(Message::text("UMD", "University of Michigan-Dearborn").retained());
        }
        messages
    }
}

fn research(tick: u64) -> Message {
    let score = 12.5 + wave(tick, 84.0, 0.0) * 1.9 + wave(tick, 21.0, 0.25) * 0.5;
    let research = Research {
        headline: "Sensor network reaches 1,000 nodes",
        author: Author {
            id: 77,
            name: "R. Patel",
        },
        score: one_decimal(score),
        published: true,
        tags: ["lorawan", "mqtt"],
    };
    Message::json("UM/campus/research/news", &research)
        .retained()
        .at_least_once()
}

fn post(number: u64) -> Message {
    let post = Post {
        // Steps of 3 and 5 visit every user and post before they repeat.
        user: pick(&USERS, number * 3),
        number: 4_471 + number,
        text: pick(&POSTS, number * 5),
    };
    Message::json("UM/campus/faculty/forum", &post)
}

fn registration(number: u64) -> Message {
    let seats = SEATS - number % (SEATS + 1);
    let registration = Registration {
        open: seats > 0,
        seats,
    };
    Message::json("UM/dearborn/student/registration", &registration).retained()
}

fn pick(texts: &[&'static str], number: u64) -> &'static str {
    let index = usize::try_from(number % texts.len().max(1) as u64).unwrap_or(0);
    texts.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there_from_the_first_tick() {
        let topics: Vec<String> = Campus.on_tick(0).into_iter().map(|m| m.topic).collect();
        let mut expected = [
            "UM/campus/department/news",
            "UM/campus/faculty/forum",
            "UM/campus/research/news",
            "UM/dearborn/student/registration",
            "UMD",
        ];
        expected.sort_unstable();
        let mut topics: Vec<&str> = topics.iter().map(String::as_str).collect();
        topics.sort_unstable();
        assert_eq!(topics, expected);
    }

    #[test]
    fn json_keeps_the_order_of_its_fields_and_short_numbers() {
        for tick in 0..500 {
            let message = research(tick);
            let text = std::str::from_utf8(&message.payload).unwrap();
            assert!(text.starts_with(r#"{"headline":"Sensor network reaches 1,000 nodes","author":{"id":77,"name":"R. Patel"},"score":1"#), "{text}");
            assert!(text.len() <= 142, "{text}");
        }
    }

    #[test]
    fn seats_run_out_and_the_registration_closes() {
        assert_eq!(&*registration(0).payload, br#"{"open":true,"seats":128}"#);
        assert_eq!(&*registration(128).payload, br#"{"open":false,"seats":0}"#);
        assert_eq!(&*registration(129).payload, br#"{"open":true,"seats":128}"#);
    }
}
