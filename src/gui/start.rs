//! Opening the window, and saying in words why it does not open.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use thiserror::Error;

use crate::profile::StoreError;

use super::app::{App, Options};
use super::watched::{Watched, Wish};

/// Why the window did not open.
#[derive(Debug, Error)]
pub enum StartError {
    /// No display server answers.
    #[error("There is no display here ({0}).")]
    NoDisplay(String),
    /// A library of the system that the window needs is missing.
    #[error(
        "The window needs {0}, which is missing. Install it with the system's package manager."
    )]
    MissingLibrary(&'static str),
    /// No directory for settings.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else.
    #[error("The window could not be opened: {0}")]
    Other(String),
}

/// Opens the window and returns when it was closed.
///
/// # Errors
/// [`StartError`], each a sentence with its cure.
pub fn run(options: Options) -> Result<(), StartError> {
    let began = Instant::now();
    check_display()?;
    // the settings' directory is looked at before the window is, so that its error is not lost behind a window
    crate::profile::ConfigDir::open(options.config_dir.as_deref())?;
    let native = eframe::NativeOptions {
        viewport: App::viewport(options.config_dir.as_deref()),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let opened = Instant::now();
        let app = App::new(&creation.egui_ctx, options)?;
        match Wish::of_a_bench() {
            None => Ok(Box::new(app)),
            Some(wish) => Ok(Box::new(Watched::new(app, wish, [began, opened]))),
        }
    });
    let result = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native("Canopy", native, create)
    }));
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(err)) => Err(start_error(&err)),
        // winit panics where this library is missing
        Err(panic) if names_xkbcommon(panic.as_ref()) => {
            Err(StartError::MissingLibrary("libxkbcommon-x11-0"))
        }
        Err(panic) => resume_unwind(panic),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn check_display() -> Result<(), StartError> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .any(is_set)
    {
        return Ok(());
    }
    Err(StartError::NoDisplay(
        "neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned(),
    ))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn check_display() -> Result<(), StartError> {
    Ok(())
}

fn start_error(err: &eframe::Error) -> StartError {
    match err {
        eframe::Error::WinitEventLoop(cause) => StartError::NoDisplay(cause.to_string()),
        eframe::Error::Winit(cause) => StartError::NoDisplay(cause.to_string()),
        eframe::Error::Glutin(_)
        | eframe::Error::NoGlutinConfigs(..)
        | eframe::Error::OpenGL(_) => StartError::Other(format!(
            "{err}. OpenGL 2.1 or newer is needed; on Debian and Ubuntu the packages libgl1 and libgl1-mesa-dri bring it."
        )),
        eframe::Error::AppCreation(_) => StartError::Other(err.to_string()),
    }
}

fn names_xkbcommon(panic: &(dyn std::any::Any + Send)) -> bool {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.contains("xkbcommon"))
}
