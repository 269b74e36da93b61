//! No secret that was typed into the window is in a file, an export, the log or a copied command.

use std::path::Path;

use canopy::profile::{
    Authentication, Format, KeptValues, Profile, Secret, SecretKind, SecretStore as _, Transport,
    export,
};
use egui::Key;
use egui::accesskit::Role;

use crate::driver::{CTRL, Home, Window};

/// Every secret of the test contains it.
const SECRET: &str = "hunter2";

fn secret(what: &str) -> String {
    format!("{SECRET}-{what}")
}

/// Everything in a directory, as text.
fn files(path: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
}

/// Types a connection with every secret there is.
fn fill(window: &mut Window) {
    window.press("New connection");
    window.fill("Host", "");
    for key in format!("wss://ann:{}@127.0.0.1:9/mqtt", secret("url")).chars() {
        window.type_text(&key.to_string());
    }
    window.key(Key::Tab);
    window.fill("Password", &secret("password"));
    window.click(Role::Tab, "Network");
    window.press("Add a header");
    window.fill("Header 1, name", "Authorization");
    window.fill("Header 1, value", &format!("Bearer {}", secret("header")));
    window.press("Add a header");
    window.fill("Header 2, value", &secret("late-header"));
    window.fill("Header 2, name", "X-Api-Key");
    window.fill(
        "WebSocket path",
        &format!("/mqtt?token={0}&{0}", secret("query")),
    );
    window.click(Role::RadioButton, "Proxy SOCKS 5");
    window.fill("Proxy host", "127.0.0.1");
    window.fill("Proxy user name", "bob");
    window.fill("Proxy password", &secret("proxy"));
    window.click(Role::Tab, "Security");
    window.click(Role::RadioButton, "Client certificate PKCS#12 file");
    window.fill("PKCS#12 file", "/no/such/file.p12");
    window.fill("Passphrase", &secret("passphrase"));
    window.click(Role::Tab, "MQTT 5");
    window.press("Add a user property");
    window.fill("User property 1, name", "token");
    window.fill("User property 1, value", &secret("property"));
    window.click(Role::RadioButton, "Authentication Other");
    window.fill("Authentication method", "TICKET");
    window.fill("Authentication data", &secret("data"));
    window.click(Role::Tab, "General");
    window.click(Role::Switch, "Last will");
    window.fill("Will topic", "gone");
    window.press("Add a user property of the will");
    window.fill("User property of the will 1, name", "api-key");
    window.fill("User property of the will 1, value", &secret("will"));
    window.fill("Name", "Everything");
}

#[test]
fn no_typed_secret_is_in_a_file_an_export_the_log_or_a_copied_command() {
    let home = Home::new();
    let mut window = home.open();
    fill(&mut window);
    let mut seen = Vec::new();
    window.wait_for("the profile on disk", |_| {
        let profiles = home.profiles();
        profiles.iter().any(|it| it.name == "Everything")
    });
    window.press("Copy as command");
    seen.push(("a command".to_owned(), window.take_copied().unwrap()));
    window.menu_of(Role::ListBoxOption, "Everything, ");
    window.press("Copy as mosquitto_pub command");
    seen.push(("a command".to_owned(), window.take_copied().unwrap()));
    window.press("Import, export and more");
    window.press("Export all…");
    let path = home.path().join("out.json");
    window.fill("File to export to", path.to_str().unwrap());
    window.press("Export");
    window.wait_for_text("Exported to");
    window.press("Connect");
    window.wait_for_text("Not connected");
    window.chord(CTRL, Key::Num3);
    seen.push(("the log".to_owned(), window.on_screen()));
    let profile = home.profiles().remove(0);
    window.close();

    files(home.path(), &mut seen);
    let profiles = home.profiles();
    for format in [Format::Ron, Format::Json] {
        seen.push(("an export".to_owned(), export(&profiles, format).unwrap()));
    }
    assert!(seen.len() > 6, "{}", seen.len());
    for (what, text) in &seen {
        assert!(!text.contains(SECRET), "{what}: {text}");
    }

    // and none is lost
    let kept = |kind| home.secrets().get(&profile.id, kind).unwrap();
    assert_eq!(
        kept(SecretKind::Password),
        Some(Secret::new(secret("password")))
    );
    assert_eq!(
        kept(SecretKind::ProxyPassword),
        Some(Secret::new(secret("proxy")))
    );
    assert_eq!(
        kept(SecretKind::KeyPassphrase),
        Some(Secret::new(secret("passphrase")))
    );
    let headers = KeptValues::from_secret(&kept(SecretKind::Values).unwrap());
    let bearer = Secret::new(format!("Bearer {}", secret("header")));
    assert_eq!(headers.get("authorization"), Some(&bearer));
    for (key, what) in [
        ("x-api-key", "late-header"),
        ("query token", "query"),
        ("query the query", "query"),
        ("data authentication data", "data"),
        ("property token", "property"),
        ("will api-key", "will"),
    ] {
        let value = Secret::new(secret(what));
        assert_eq!(headers.get(key), Some(&value), "{key}");
    }
    assert_eq!(profile.web_socket.path, "/mqtt?token=&…");
    assert!(profile.mqtt5.keeps_authentication_data);
}

/// The head of the next HTTP request; what else connects, to find out what speaks here, is sent away.
fn next_request(listener: &std::net::TcpListener) -> String {
    loop {
        let (stream, _) = listener.accept().unwrap();
        stream
            .set_read_timeout(Some(crate::common::PATIENCE))
            .unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(stream));
        let head = lines.map_while(Result::ok).take_while(|it| !it.is_empty());
        let head = head.collect::<Vec<_>>().join("\n");
        if head.starts_with("GET ") {
            return head;
        }
    }
}

#[test]
fn a_header_that_lets_somebody_in_is_asked_for_once_and_sent() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let home = Home::new();
    let mut profile = Profile {
        name: "Gate".to_owned(),
        transport: Transport::WebSocket,
        port: listener.local_addr().unwrap().port(),
        reconnect: false,
        ..Profile::default()
    };
    profile.web_socket.headers = vec![("Authorization".to_owned(), String::new())];
    home.config()
        .save_profiles(std::slice::from_ref(&profile))
        .unwrap();
    let mut window = home.open();
    window.press("Connect");
    window.fill("Value of Authorization", "Bearer hunter2");
    window.key(Key::Enter);
    let request = next_request(&listener);
    assert!(
        request.contains("uthorization: Bearer hunter2"),
        "{request}"
    );
    window.wait_for_label("Not connected");
    window.press("Try again");
    let request = next_request(&listener);
    assert!(
        request.contains("uthorization: Bearer hunter2"),
        "{request}"
    );
    window.wait_for("it is kept", |_| {
        let kept = home.secrets().get(&profile.id, SecretKind::Values);
        kept.unwrap().is_some()
    });
}

/// A connection whose secrets are all in the keyring.
fn gate(home: &Home) -> Profile {
    let mut profile = Profile {
        name: "Gate".to_owned(),
        transport: Transport::SecureWebSocket,
        ..Profile::default()
    };
    profile.web_socket.headers = ["Authorization", "X-Api-Key"]
        .map(|name| (name.to_owned(), String::new()))
        .to_vec();
    let mut headers = KeptValues::default();
    for name in ["Authorization", "X-Api-Key"] {
        headers.set(&name.to_lowercase(), Secret::new(secret(name)));
    }
    let keep = |kind, value| home.secrets().set(&profile.id, kind, &value).unwrap();
    keep(SecretKind::Values, headers.to_secret().unwrap());
    keep(SecretKind::KeyPassphrase, Secret::new(secret("key")));
    profile
}

#[test]
fn the_value_of_a_header_that_is_removed_is_forgotten() {
    let home = Home::new();
    let profile = gate(&home);
    let other = Profile::default();
    home.config()
        .save_profiles(&[profile.clone(), other])
        .unwrap();
    let kept = || {
        let kept = home.secrets().get(&profile.id, SecretKind::Values);
        kept.unwrap().map(|it| KeptValues::from_secret(&it))
    };
    let mut window = home.open();
    window.click(Role::Tab, "Network");
    window.press("Remove header 1");
    window.wait_for("one value in the keyring", |_| {
        kept().is_some_and(|it| it.get("authorization").is_none())
    });
    let key = Some(Secret::new(secret("X-Api-Key")));
    assert_eq!(kept().unwrap().get("x-api-key").cloned(), key);
    window.press("Remove header 1");
    window.wait_for("none in the keyring", |_| kept().is_none());
}

#[test]
fn a_deleted_connection_leaves_nothing_in_the_keyring() {
    let home = Home::new();
    let profile = gate(&home);
    // as if it had been changed since
    let changed = Profile {
        transport: Transport::Tls,
        web_socket: canopy::profile::WebSocketSettings::default(),
        ..profile.clone()
    };
    let other = Profile {
        name: "Other".to_owned(),
        ..Profile::default()
    };
    home.config().save_profiles(&[changed, other]).unwrap();
    let mut window = home.open();
    window.wait_for_label("Delete connection");
    window.press("Delete connection");
    window.wait_for_text("Connection “Gate” deleted");
    // the next one takes the place of what can be undone
    window.click_start(Role::ListBoxOption, "Other, mqtt");
    window.key(Key::Delete);
    window.wait_for_text("Connection “Other” deleted");
    window.wait_for("an empty keyring", |_| {
        SecretKind::ALL
            .into_iter()
            .all(|kind| home.secrets().get(&profile.id, kind).unwrap().is_none())
    });
}

#[test]
fn values_in_the_file_of_an_earlier_version_move_into_the_keyring_and_are_sent() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = Home::new();
    let mut old = Profile {
        name: "Gate".to_owned(),
        transport: Transport::WebSocket,
        port,
        reconnect: false,
        ..Profile::default()
    };
    "/mqtt?token=".clone_into(&mut old.web_socket.path);
    old.will.user_properties = vec![("token".to_owned(), String::new())];
    old.mqtt5.user_properties = vec![("token".to_owned(), String::new())];
    old.mqtt5.authentication = Authentication::Other {
        method: "TICKET".to_owned(),
        data: Vec::new(),
    };
    home.config().save_profiles(&[old]).unwrap();
    let file = home.config().path().join("profiles.ron");
    let mut text = std::fs::read_to_string(&file).unwrap();
    for (new, old) in [
        ("token=", "token=hunter2"),
        ("\"token\", \"\"", "\"token\", \"hunter2\""),
        (" data: []", " data: [104, 117, 110, 116, 101, 114, 50]"),
        ("keeps_authentication_data: false,", ""),
    ] {
        assert!(text.contains(new), "{text}");
        text = text.replace(new, old);
    }
    std::fs::write(&file, text).unwrap();
    let mut window = home.open();
    window.wait_for("a file without secrets", |_| {
        let text = std::fs::read_to_string(&file).unwrap();
        text.contains("token=") && !text.contains(SECRET) && !text.contains("104,")
    });
    let profile = home.profiles().remove(0);
    let authentication = Authentication::Other {
        method: "TICKET".to_owned(),
        data: Vec::new(),
    };
    assert_eq!(profile.mqtt5.authentication, authentication);
    window.wait_for("four values in the keyring", |_| {
        let kept = home.secrets().get(&profile.id, SecretKind::Values).unwrap();
        let kept = KeptValues::of(kept.as_ref());
        !kept.is_empty() && kept.missing_for(&profile).is_empty()
    });
    window.press("Connect");
    let request = next_request(&listener);
    let line = format!("GET /mqtt?token={SECRET} ");
    assert!(request.starts_with(&line), "{request}");
    window.wait_for_label("Not connected");
}

#[test]
fn a_query_and_authentication_data_are_asked_for_one_after_the_other() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let home = Home::new();
    let mut profile = Profile {
        name: "Gate".to_owned(),
        transport: Transport::WebSocket,
        port: listener.local_addr().unwrap().port(),
        reconnect: false,
        ..Profile::default()
    };
    "/mqtt?token=".clone_into(&mut profile.web_socket.path);
    profile.mqtt5.authentication = Authentication::Other {
        method: "TICKET".to_owned(),
        data: Vec::new(),
    };
    profile.mqtt5.keeps_authentication_data = true;
    profile.mqtt5.user_properties = vec![("secret".to_owned(), String::new())];
    home.config()
        .save_profiles(std::slice::from_ref(&profile))
        .unwrap();
    let mut window = home.open();
    window.press("Connect");
    window.fill("Value of token", SECRET);
    window.key(Key::Enter);
    window.wait_for_text("asks for the authentication data");
    window.fill("Authentication data", "0x00ff");
    window.key(Key::Enter);
    window.fill("Value of secret", SECRET);
    window.key(Key::Enter);
    let request = next_request(&listener);
    let line = format!("GET /mqtt?token={SECRET} ");
    assert!(request.starts_with(&line), "{request}");
    window.wait_for_label("Not connected");
    // and none is asked for again
    window.press("Try again");
    let request = next_request(&listener);
    assert!(request.starts_with(&line), "{request}");
}
