//! The `canopy` binary: decides between the window and the subcommands; everything else is in the library, so that it
//! can be tested from outside.

use std::process::ExitCode;

use canopy::cli::{self, Invocation, WindowOptions};
use canopy::gui::{self, StartError};

fn main() -> ExitCode {
    match cli::parse() {
        Ok(Invocation::Window(options)) => open_window(options),
        Ok(Invocation::Terminal(command)) => command.run(),
        Err(code) => code,
    }
}

fn open_window(options: WindowOptions) -> ExitCode {
    let demo = options.demo;
    let started = gui::run(gui::Options {
        demo,
        config_dir: options.config_dir,
    });
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
