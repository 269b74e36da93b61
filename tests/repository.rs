//! What the repository promises beside its code: the README names what is there, and nothing is carried along unused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The dependencies of `Cargo.toml`: the package's name and the one it has in the code.
fn dependencies() -> Vec<(String, String)> {
    let manifest = read("Cargo.toml");
    let mut in_section = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_section = line.ends_with("dependencies]");
        } else if let Some((name, rest)) = line.split_once('=')
            && in_section
        {
            let name = name.trim();
            let package = rest.split_once("package = \"").map_or(name, |(_, rest)| {
                rest.split_once('"').map_or(rest, |(package, _)| package)
            });
            found.push((package.to_owned(), name.replace('-', "_")));
        }
    }
    found
}

/// All Rust code below `directory`.
fn code(directory: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &code(&path);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all += &fs::read_to_string(&path).unwrap();
        }
    }
    all
}

#[test]
fn the_readme_gives_a_reason_for_every_dependency_and_names_no_other() {
    let readme = read("README.md");
    let (_, section) = readme.split_once("## Dependencies").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let named: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`'))
        .collect();
    let packages: Vec<String> = dependencies()
        .into_iter()
        .map(|(package, _)| package)
        .collect();
    assert!(packages.len() > 20, "{packages:?}");
    for package in &packages {
        assert!(
            named.contains(&package.as_str()),
            "the README says nothing about {package}"
        );
    }
    for name in named {
        assert!(
            packages.iter().any(|package| package == name),
            "Cargo.toml does not have {name}"
        );
    }
}

#[test]
fn every_dependency_is_used() {
    let all: String = ["src", "tests", "benches"]
        .map(|directory| code(&root().join(directory)))
        .concat();
    let is_used = |name: &str| {
        ["::", ";", "!", " as "]
            .iter()
            .any(|end| all.contains(&format!("{name}{end}")))
    };
    let mut unused = dependencies();
    // winit is only there to switch on features of the one that eframe uses.
    unused.retain(|(package, name)| package != "winit" && !is_used(name));
    assert!(unused.is_empty(), "remove from Cargo.toml: {unused:?}");
}

#[test]
fn every_font_has_its_licence_beside_it() {
    let directory = root().join("assets/fonts");
    let names: Vec<String> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let fonts = names.iter().filter(|name| name.ends_with("tf"));
    for font in fonts {
        let family = font.split('-').next().unwrap();
        let has_licence = names.iter().any(|name| {
            let is_text = name.strip_suffix(".txt").is_some();
            is_text && name.starts_with(family)
        });
        assert!(has_licence, "{font}");
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(read(licence).len() > 1_000, "{licence}");
    }
}
