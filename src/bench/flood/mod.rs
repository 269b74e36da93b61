//! `canopy bench flood`: a server that knows just enough MQTT to drown whoever subscribes, so that a client is measured
//! and not a broker.
//!
//! | file | what it does |
//! |---|---|
//! | `packets` | PUBLISH packets, encoded once |
//! | `process` | the server in a process of its own, for other benches |
//! | `connection` | one client: CONNECT, SUBSCRIBE, and then the flood |

mod connection;
mod packets;
mod process;

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use super::BenchError;
use super::topics::Shape;
use crate::cli::{FloodArgs, complain};
use crate::mqtt::Qos;
use connection::Sent;

pub(super) use process::Flood;

/// What is sent to every client.
#[derive(Debug)]
struct Plan {
    topics: Vec<String>,
    size: usize,
    qos: Qos,
    /// Messages until the end of the flood.
    messages: u64,
    /// How long the flood lasts at most.
    limit: Option<Duration>,
    /// Unacknowledged messages at most; an MQTT 5 client can ask for fewer.
    window: u16,
}

impl Plan {
    fn new(args: &FloodArgs) -> Self {
        let shape = if args.flat { Shape::Flat } else { Shape::Deep };
        Self {
            topics: shape.topics(args.topics),
            size: args.size,
            qos: args.qos,
            messages: args.messages.unwrap_or(u64::MAX),
            limit: args.seconds.map(Duration::from_secs),
            window: args.window,
        }
    }
}

/// Serves until the process is ended.
pub(super) fn run(args: &FloodArgs) -> Result<(), BenchError> {
    let no_socket = |err: io::Error| {
        BenchError::new(format!(
            "Port {} cannot be opened: {err}. Choose another one with --port, or 0 for any.",
            args.port
        ))
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(no_socket)?;
    let port = listener.local_addr().map_err(no_socket)?.port();
    if args.until_stdin_ends {
        in_background("flood-stdin", end_with_standard_input)?;
    }
    say(&format!(
        "{GREETING}{port}, and sends {} to whoever subscribes.",
        in_words(args)
    ));
    let plan = Arc::new(Plan::new(args));
    loop {
        let (stream, _) = listener.accept().map_err(no_socket)?;
        let plan = Arc::clone(&plan);
        in_background("flood", move || match connection::serve(stream, &plan) {
            Ok(sent) => say(&in_figures(&sent)),
            Err(err) => complain(&format!("A client went away: {err}.")),
        })?;
    }
}

/// What the first line on standard output begins with; the port follows.
const GREETING: &str = "Listens on mqtt://127.0.0.1:";

fn in_words(args: &FloodArgs) -> String {
    let count = args.messages.map_or_else(
        || "messages".to_owned(),
        |count| format!("{count} messages"),
    );
    format!(
        "{count} of {} bytes and QoS {} on {} topics",
        args.size,
        args.qos.as_u8(),
        args.topics
    )
}

fn in_figures(sent: &Sent) -> String {
    let seconds = sent.took.as_secs_f64();
    format!(
        "Sent {} messages of QoS {} in {seconds:.3} s: {:.0} a second.",
        sent.messages,
        sent.qos.as_u8(),
        sent.messages as f64 / seconds.max(1e-9)
    )
}

fn say(line: &str) {
    // Nobody has to listen.
    writeln!(io::stdout().lock(), "{line}").ok();
}

fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), BenchError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
        .map_err(|err| {
            BenchError::new(format!(
                "This system gives no thread: {err}. Close other programs."
            ))
        })
}

/// A parent process that is gone cannot stop its flood; the end of standard input does.
fn end_with_standard_input() {
    let mut rest = [0; 64];
    while matches!(io::stdin().read(&mut rest), Ok(count) if count > 0) {}
    std::process::exit(0);
}
