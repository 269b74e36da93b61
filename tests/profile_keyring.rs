//! The keyring as the machine offers it: none, one that never answers, and a real one. The D-Bus address belongs to
//! a whole process, so each test runs itself again in a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![cfg(target_os = "linux")]

mod common;

use std::env;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use canopy::profile::{KeyringSecrets, ProfileId, Secret, SecretError, SecretKind, SecretStore};

/// Set in the second process.
const AGAIN: &str = "CANOPY_TEST_AGAIN";

/// Whether this is the second process.
fn is_inner() -> bool {
    env::var_os(AGAIN).is_some()
}

/// The command that runs only the test `name` of this file, in the second process.
fn again(name: &str, wrapper: &[&str]) -> Command {
    let program = env::current_exe().unwrap();
    let mut words = wrapper
        .iter()
        .map(AsRef::as_ref)
        .chain([program.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .args(["--exact", name, "--nocapture"])
        .env(AGAIN, "1");
    command
}

fn succeeds(mut command: Command) {
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    assert!(printed.contains("1 passed"), "{printed}");
}

fn example() -> ProfileId {
    ProfileId("canopy-test-profile".to_owned())
}

#[test]
fn without_a_keyring_the_reason_and_the_way_out_are_told() {
    if !is_inner() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = again("without_a_keyring_the_reason_and_the_way_out_are_told", &[]);
        let nowhere = format!("unix:path={}/none", dir.path().display());
        command.env("DBUS_SESSION_BUS_ADDRESS", nowhere);
        return succeeds(command);
    }
    let err = KeyringSecrets::default()
        .get(&example(), SecretKind::Password)
        .unwrap_err();
    assert!(matches!(err, SecretError::Unavailable(_)), "{err}");
    assert!(
        err.to_string()
            .ends_with("asks for the password at each connect."),
        "{err}"
    );
}

#[test]
fn a_bus_that_never_answers_does_not_hang_the_program() {
    if !is_inner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bus");
        let _silent = UnixListener::bind(&path).unwrap();
        let mut command = again("a_bus_that_never_answers_does_not_hang_the_program", &[]);
        command.env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", path.display()),
        );
        return succeeds(command);
    }
    let keyring = KeyringSecrets::with_limits(Duration::from_millis(300), Duration::from_mins(1));
    let start = Instant::now();
    let first = keyring
        .get(&example(), SecretKind::Password)
        .unwrap_err()
        .to_string();
    assert!(first.contains("did not answer in time"), "{first}");
    let second = keyring
        .set(&example(), SecretKind::Password, &Secret::new("hunter2"))
        .unwrap_err()
        .to_string();
    assert!(second.contains("earlier question"), "{second}");
    assert!(!second.contains("hunter2"));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_real_keyring_keeps_changes_and_forgets_a_password() {
    if !is_inner() {
        if !common::have("dbus-run-session") || !common::have("gnome-keyring-daemon") {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let script = r#"printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$@""#;
        let wrapper = ["dbus-run-session", "--", "sh", "-c", script];
        let mut command = again(
            "a_real_keyring_keeps_changes_and_forgets_a_password",
            &wrapper,
        );
        command
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path());
        command
            .env_remove("XDG_DATA_HOME")
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        return succeeds(command);
    }
    let keyring = KeyringSecrets::default();
    let id = example();
    assert_eq!(keyring.get(&id, SecretKind::Password).unwrap(), None);
    keyring.delete(&id, SecretKind::Password).unwrap();
    for password in ["hunter2", "ü \u{1f333} 'x'"] {
        keyring
            .set(&id, SecretKind::Password, &Secret::new(password))
            .unwrap();
        let other_window = KeyringSecrets::default();
        assert_eq!(
            other_window.get(&id, SecretKind::Password).unwrap(),
            Some(Secret::new(password))
        );
    }
    let other = ProfileId("canopy-test-other".to_owned());
    assert_eq!(keyring.get(&other, SecretKind::Password).unwrap(), None);
    keyring.delete(&id, SecretKind::Password).unwrap();
    assert_eq!(keyring.get(&id, SecretKind::Password).unwrap(), None);
}
