//! What mosquitto's command lines need before clap reads them: the values of `-D`, whose number depends on the
//! property, become one argument. And afterwards: a complaint repeats no password.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, Error};
use clap::{Arg, Command};

use super::connect::PROPERTY_SEPARATOR;
use super::property::value_count;

/// Joins the values of each `-D` (or `--property`) of a subcommand of `command` into one argument.
pub fn join_properties(command: &Command, arguments: Vec<OsString>) -> Vec<OsString> {
    let subcommand = arguments
        .get(1)
        .and_then(|name| command.find_subcommand(name))
        .filter(|it| {
            it.get_arguments()
                .any(|arg| arg.get_long() == Some("property"))
        });
    let Some(subcommand) = subcommand else {
        return arguments;
    };
    let mut joined = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let is_property = argument == "-D" || argument == "--property";
        let takes_value = takes_value(subcommand, &argument);
        joined.push(argument);
        if is_property {
            joined.extend(join(rest.by_ref()));
        } else if takes_value {
            joined.extend(rest.next());
        }
    }
    joined
}

/// A complaint repeats the argument that it is about; what was the password of a URL in it is left out.
pub fn without_passwords(mut err: Error) -> Error {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        if let Some(ContextValue::String(text)) = err.get(kind) {
            let text = without_password(text);
            err.insert(kind, ContextValue::String(text));
        }
    }
    err
}

/// `mqtt://ann:secret@host` without the secret.
fn without_password(text: &str) -> String {
    let url = text.split_once("://").and_then(|(scheme, rest)| {
        let (account, place) = rest.rsplit_once('@')?;
        let (user_name, _password) = account.split_once(':')?;
        Some(format!("{scheme}://{user_name}:…@{place}"))
    });
    url.unwrap_or_else(|| text.to_owned())
}

/// Packet, property and as many values as the property needs; fewer when the command line ends before.
fn join(rest: &mut impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut values: Vec<OsString> = rest.take(2).collect();
    let count = match values.last().and_then(|property| property.to_str()) {
        Some(property) => value_count(property),
        None => 3,
    };
    values.extend(rest.take(count - 2));
    let separator = PROPERTY_SEPARATOR.to_string();
    (!values.is_empty()).then(|| values.join(OsStr::new(&separator)))
}

/// Whether `argument` is an option of `command` whose value is the next argument.
fn takes_value(command: &Command, argument: &OsStr) -> bool {
    let Some(text) = argument.to_str() else {
        return false;
    };
    let is_named = |arg: &&Arg| {
        if let Some(long) = text.strip_prefix("--") {
            return arg.get_long() == Some(long);
        }
        let mut characters = text.strip_prefix('-').unwrap_or_default().chars();
        let short = characters.next();
        short.is_some() && characters.next().is_none() && arg.get_short() == short
    };
    command
        .get_arguments()
        .find(is_named)
        .is_some_and(|arg| arg.get_action().takes_values())
}
