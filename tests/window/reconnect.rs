//! A profile that connects anew: what its old connection had to do is not forgotten, and two of them never overlap.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use canopy::mqtt::Qos;
use canopy::profile::{Profile, ProfileColor, Subscription};
use egui::Key;
use egui::accesskit::Role;
use parking_lot::Mutex;

use crate::common::probe::subscription;
use crate::common::script::{CONNACK_V5, Script, Step};
use crate::connection::{connect, lab};
use crate::driver::{CTRL, Home, Window};

const OPTION: Role = Role::ListBoxOption;
const TOPIC: &str = "Topic to publish to";

/// A broker that accepts every connection, grants every subscription but those of `refused`, and never acknowledges a
/// message. It notes what happens: the first letter of a packet's name and the number of its connection.
struct Deaf {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Deaf {
    fn start(refused: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&seen);
        let serve = move || {
            for (number, stream) in listener.incoming().enumerate() {
                let noted = Arc::clone(&noted);
                let serve = move || {
                    let note = |what: &str| noted.lock().push(format!("{what} {}", number + 1));
                    // it ends with its client
                    serve(stream.unwrap(), refused, &note);
                    note("gone");
                };
                let thread = std::thread::Builder::new().name("deaf".to_owned());
                thread.spawn(serve).unwrap();
            }
        };
        let thread = std::thread::Builder::new().name("deaf".to_owned());
        thread.spawn(serve).unwrap();
        Self { port, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().clone()
    }

    fn count(&self, what: &str) -> usize {
        self.seen.lock().iter().filter(|it| *it == what).count()
    }
}

/// The next packet: its first byte and what comes after its length, which is short here.
fn packet(from: &mut impl Read) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 2];
    from.read_exact(&mut head).ok()?;
    assert!(head[1] < 128, "a short packet");
    let mut body = vec![0; usize::from(head[1])];
    from.read_exact(&mut body).ok()?;
    Some((head[0], body))
}

fn serve(mut stream: TcpStream, refused: &str, note: &dyn Fn(&str)) {
    let mut from = BufReader::new(stream.try_clone().unwrap());
    while let Some((first, body)) = packet(&mut from) {
        let answer: Vec<u8> = match first >> 4 {
            1 => {
                note("connect");
                b"\x20\x03\x00\x00\x00".to_vec()
            }
            3 => {
                note("publish");
                continue;
            }
            8 => {
                let text = String::from_utf8_lossy(&body);
                let reason = if text.contains(refused) { 0x87 } else { 0 };
                note(if reason == 0 { "subscribe" } else { "refused" });
                let mut answer = vec![0x90, 4, body[0], body[1], 0, reason];
                if text.contains("kept/#") {
                    let kept = ["kept/a", "kept/b", "kept/c"].map(retained);
                    answer.extend(kept.concat());
                }
                answer
            }
            10 => {
                note("unsubscribe");
                vec![0xb0, 4, body[0], body[1], 0, 0]
            }
            14 => {
                note("disconnect");
                continue;
            }
            _ => continue,
        };
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

/// PUBLISH with QoS 0 and retain, and one letter to say (MQTT 5, 3.3).
fn retained(topic: &str) -> Vec<u8> {
    let length = u8::try_from(topic.len()).unwrap();
    let head = [0x31, length + 4, 0, length];
    [&head, topic.as_bytes(), b"\0x"].concat()
}

/// `Lab` with one subscription, connected.
fn open(home: &Home, deaf: &Deaf) -> Window {
    let mut window = connect(home, &of(deaf));
    window.wait_for_text("Connected since");
    window.wait_for_label("a/#, granted with QoS 0");
    window
}

fn of(deaf: &Deaf) -> Profile {
    Profile {
        subscriptions: vec![subscription("a/#", Qos::AtMostOnce)],
        ..lab(deaf.port)
    }
}

fn publish(window: &mut Window) {
    window.fill(TOPIC, "a/b");
    window.click(Role::RadioButton, "QoS 1");
    window.press("Publish");
}

/// Connects as a double click or the palette does.
fn connect_by_palette(window: &mut Window) {
    window.chord(CTRL, Key::K);
    window.fill("Command", "Connect to Lab");
    window.key(Key::Enter);
}

/// Gives the open connection another client id, which needs a new connection, and connects.
fn connect_as_another(window: &mut Window) {
    window.chord(CTRL, Key::O);
    window.fill("Client ID", "another");
    connect_by_palette(window);
}

#[test]
fn an_open_connection_that_is_put_into_a_folder_or_coloured_is_shown_and_not_connected_anew() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    window.chord(CTRL, Key::O);
    window.menu_of(OPTION, "Lab, mqtt");
    window.click_start(Role::Button, "Move to folder…");
    window.fill("Folder", "Work");
    window.press("Move");
    window.wait_for("the folder on disk", |_| {
        home.profiles()[0].folder == "Work"
    });
    connect_by_palette(&mut window);
    window.wait_for_text("Connected since");

    window.chord(CTRL, Key::O);
    window.menu_of(OPTION, "Folder Work");
    window.press("Delete folder");
    window.wait_for("no folder on disk", |_| {
        home.profiles()[0].folder.is_empty()
    });
    connect_by_palette(&mut window);
    window.wait_for_text("Connected since");
    // what comes after a goodbye that was asked for would come after it
    publish(&mut window);
    window.wait_for("the message there", |_| deaf.count("publish 1") == 1);
    assert_eq!(deaf.count("disconnect 1"), 0, "{:?}", deaf.seen());
}

#[test]
fn a_profile_connects_anew_only_after_its_old_connection_and_says_what_was_lost() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    publish(&mut window);
    window.wait_for("the message there", |_| deaf.count("publish 1") == 1);
    connect_as_another(&mut window);
    window.wait_for_text("Disconnecting, to connect anew");
    window.wait_for_text("a/b (0 B) was not published");
    window.wait_for_text("Connected since");
    let seen = deaf.seen();
    let place = |what: &str| seen.iter().position(|it| it == what);
    assert!(
        place("disconnect 1").unwrap() < place("connect 2").unwrap(),
        "{seen:?}"
    );
}

/// `Lab` with three retained messages.
fn open_with_retained(home: &Home, deaf: &Deaf) -> Window {
    let mut profile = of(deaf);
    profile.subscriptions = vec![subscription("kept/#", Qos::AtMostOnce)];
    let mut window = connect(home, &profile);
    window.wait_for("what is kept", |window| window.has_row("c = x"));
    window
}

fn clear(window: &mut Window) {
    window.row_menu("kept");
    window.press("Clear 3 retained at and below…");
    window.press("Clear 3 retained messages");
}

#[test]
fn what_was_to_be_cleared_is_cleared_by_the_next_connection() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open_with_retained(&home, &deaf);
    clear(&mut window);
    window.wait_for("all of it there", |_| deaf.count("publish 1") == 3);
    connect_as_another(&mut window);
    window.wait_for("all of it again", |_| deaf.count("publish 2") == 3);
    assert!(!window.has_text("could not be cleared"));
}

#[test]
fn what_an_ended_connection_does_not_clear_is_said() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open_with_retained(&home, &deaf);
    window.press("Disconnect");
    window.wait_for_label("Disconnected");
    clear(&mut window);
    window.wait_for_text("3 retained messages were not cleared because the connection ended");
}

#[test]
fn a_password_that_let_in_is_not_forgotten_when_the_broker_forbids_something() {
    use canopy::profile::{Secret, SecretKind, SecretStore as _};
    let accepted = || Step::Send(CONNACK_V5.to_vec());
    let script = Script::start(vec![
        Step::Expect(1),
        accepted(),
        Step::Expect(8),
        // not authorized
        Step::Send(vec![0xe0, 2, 0x87, 0]),
        Step::Reconnect,
        Step::Expect(1),
        accepted(),
        Step::ReadToEnd,
    ]);
    let home = Home::new();
    let profile = Profile {
        user_name: "ann".to_owned(),
        use_password: true,
        reconnect: false,
        ..lab(script.port())
    };
    let password = Secret::new("right");
    home.secrets()
        .set(&profile.id, SecretKind::Password, &password)
        .unwrap();
    let mut window = connect(&home, &profile);
    window.wait_for_label("Not connected");
    window.press("Try again");
    window.wait_for_text("Connected since");
}

#[test]
fn disconnecting_meanwhile_keeps_it_disconnected() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    publish(&mut window);
    connect_as_another(&mut window);
    window.wait_for_text("Disconnecting, to connect anew");
    window.press("Cancel");
    window.wait_for_label("Disconnected");
    assert_eq!(deaf.count("connect 2"), 0, "{:?}", deaf.seen());
}

#[test]
fn a_changed_filter_that_is_refused_leaves_the_old_one() {
    let deaf = Deaf::start("no/#");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    window.press("a/#, granted with QoS 0");
    window.fill("Topic filter", "no/#");
    window.key(Key::Enter);
    window.wait_for_text("The broker refused no/#");
    assert!(window.has("a/#, granted with QoS 0"));
    window.press("a/#, granted with QoS 0");
    window.fill("Topic filter", "b/#");
    window.key(Key::Enter);
    window.wait_for_label("b/#, granted with QoS 0");
    window.wait_for("the old one is left", |window| {
        deaf.count("unsubscribe 1") == 1 && !window.has("a/#, granted with QoS 0")
    });
    window.wait_for("the profile on disk", |_| {
        let kept = home.profiles().remove(0).subscriptions;
        kept.iter().all(|it| it.filter != "a/#") && kept.iter().any(|it| it.filter == "b/#")
    });
}

#[test]
fn deleting_asks_as_closing_does() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    publish(&mut window);
    window.wait_for("the message there", |_| deaf.count("publish 1") == 1);
    window.chord(CTRL, Key::O);
    window.press("Delete connection");
    window.wait_for_text("1 published message has not been acknowledged yet");
    window.press("Cancel");
    assert_eq!(deaf.count("disconnect 1"), 0, "{:?}", deaf.seen());
    window.press("Delete connection");
    window.press("Delete and close its tab");
    window.wait_for_text("Connection “Lab” deleted");
    window.wait_for_text("a/b (0 B) was not published");
}

#[test]
fn a_filter_that_is_there_twice_is_one_chip() {
    let deaf = Deaf::start("!");
    let home = Home::new();
    let blue = Subscription {
        color: Some(ProfileColor::ALL[1]),
        ..subscription("a/#", Qos::AtMostOnce)
    };
    let mut profile = of(&deaf);
    profile.subscriptions.push(blue);
    let mut window = connect(&home, &profile);
    window.wait_for_label("a/#, granted with QoS 0");
    assert_eq!(window.count(Role::Button, "Unsubscribe from a/#"), 1);
}

#[test]
fn an_import_that_replaces_reaches_the_open_connection_and_takes_no_password_along() {
    use canopy::profile::{Format, Secret, SecretKind, SecretStore as _, export};
    let deaf = Deaf::start("!");
    let home = Home::new();
    let mut window = open(&home, &deaf);
    let mut theirs = home.profiles().remove(0);
    let id = theirs.id.clone();
    let password = Secret::new("ours");
    home.secrets()
        .set(&id, SecretKind::Password, &password)
        .unwrap();
    theirs.host = "elsewhere.example".to_owned();
    theirs.ask_before_publish = true;
    let path = home.path().join("theirs.json");
    std::fs::write(&path, export(&[theirs], Format::Json).unwrap()).unwrap();
    window.chord(CTRL, Key::O);
    window.press("Import, export and more");
    window.press("Import…");
    window.fill("File to import", path.to_str().unwrap());
    window.press("Read the file");
    window.click(Role::RadioButton, "Lab Replace");
    window.press("Import 1 connection");
    window.wait_for_text("1 connection imported");
    window.wait_for("the password is gone", |_| {
        home.secrets()
            .get(&id, SecretKind::Password)
            .unwrap()
            .is_none()
    });
    window.chord(CTRL, Key::Tab);
    publish(&mut window);
    window.wait_for_text("Publish to ");
    assert_eq!(deaf.count("publish 1"), 0, "{:?}", deaf.seen());
}
