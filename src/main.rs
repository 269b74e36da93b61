//! The `canopy` binary: decides between the window and the subcommands; everything else is in the library, so that it
//! can be tested from outside.

use std::process::ExitCode;

use canopy::bench;
use canopy::cli::{self, Invocation, WindowOptions};
use canopy::gui::{self, StartError};

fn main() -> ExitCode {
    match cli::parse() {
        Ok(Invocation::Window(options)) => open_window(options),
        Ok(Invocation::Terminal(command)) => command.run(),
        Ok(Invocation::Bench(args)) => bench::run(&args),
        Err(code) => code,
    }
}

fn open_window(options: WindowOptions) -> ExitCode {
    let demo = options.demo;
    let connect = match options.profile() {
        Ok(found) => found.map(|(profile, password)| gui::Opening { profile, password }),
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(err) => {
            cli::complain(&format!(
                "Canopy could not start its background threads: {err}. Close other programs and try again."
            ));
            return ExitCode::FAILURE;
        }
    };
    let quit = gui::Quit::default();
    runtime.spawn(ask_on_signal(quit.clone()));
    let started = gui::run(gui::Options {
        demo,
        connect,
        config_dir: options.config_dir,
        runtime: runtime.handle().clone(),
        secrets: None,
        quit,
    });
    // connections say DISCONNECT in the background; a second is plenty for those that can
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(StartError::NoDisplay(why)) if demo => {
            cli::complain(&format!(
                "There is no display here ({why}), so the demo goes on in this terminal."
            ));
            cli::watch_demo()
        }
        Err(StartError::NoDisplay(why)) => {
            cli::complain(&format!(
                "There is no display here ({why}). Use “canopy watch” to see the topic tree in this terminal, or “canopy --help” for the other commands."
            ));
            ExitCode::FAILURE
        }
        Err(err) => {
            cli::complain(&err.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Waits for Ctrl+C or, on Unix, SIGTERM, and asks the window to close.
async fn ask_on_signal(quit: gui::Quit) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    quit.ask();
}
