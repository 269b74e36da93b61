//! Takes a pasted line apart as a shell would, without running anything: quotes and continued lines are honoured,
//! variables stay as they are and are remembered.

use std::iter::Peekable;
use std::str::Chars;

/// Stands for a `$` or a back quote that a shell would act on, while the line is taken apart.
const ACTIVE: char = '\u{fdd0}';
/// Stands for the end of a command, such as `|` or `;`.
const END: &str = "\u{fdd1}";

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(String);

impl Word {
    /// The text, with variables as they were written.
    pub(super) fn text(&self) -> String {
        self.0.replace(ACTIVE, "$")
    }

    /// Whether a command ends here.
    pub(super) fn is_end(&self) -> bool {
        self.0 == END
    }

    /// The first variable that the shell would fill in, as written; `$(…)` for a command.
    pub(super) fn variable(&self) -> Option<String> {
        let (_before, rest) = self.0.split_once(ACTIVE)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        Some(match rest.chars().next() {
            Some('{') => format!("${}}}", rest.split('}').next().unwrap_or_default()),
            Some('(') => "$(…)".to_owned(),
            _ => {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                format!("${}", &rest[..end])
            }
        })
    }
}

/// The words of `line`; `None` when a quote is not closed.
pub(super) fn split(line: &str) -> Option<Vec<Word>> {
    let clean: String = line.replace("\r\n", "\n");
    let clean: String = clean
        .chars()
        .filter(|c| !matches!(c, '\u{fdd0}' | '\u{fdd1}'))
        .collect();
    let words = shlex::split(&Marker::default().mark(&clean))?;
    Some(words.into_iter().map(Word).collect())
}

/// Goes through a line and puts marks where a shell would act.
#[derive(Default)]
struct Marker {
    marked: String,
}

impl Marker {
    fn mark(mut self, line: &str) -> String {
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' => self.single_quoted(&mut chars),
                '"' => self.double_quoted(&mut chars),
                '\\' | '^' | '`' if chars.peek() == Some(&'\n') => {
                    // A continued line, in three shells.
                    chars.next();
                }
                '\\' => {
                    self.marked.push(c);
                    self.marked.extend(chars.next());
                }
                '`' => self.command(&mut chars, '`'),
                '$' => self.dollar(&mut chars),
                '\n' => self.line_end(&chars),
                '|' | ';' | '&' | '<' | '>' => self.separator(c),
                '#' if self.is_filter() => self.marked.push_str("\\#"),
                c => self.marked.push(c),
            }
        }
        self.marked
    }

    fn single_quoted(&mut self, chars: &mut Peekable<Chars>) {
        self.marked.push('\'');
        for c in chars.by_ref() {
            self.marked.push(c);
            if c == '\'' {
                return;
            }
        }
    }

    fn double_quoted(&mut self, chars: &mut Peekable<Chars>) {
        self.marked.push('"');
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.peek() == Some(&'\n') => drop(chars.next()),
                '\\' => {
                    self.marked.push(c);
                    self.marked.extend(chars.next());
                }
                '$' if chars.peek().is_some_and(|&next| begins_variable(next)) => {
                    self.marked.push(ACTIVE);
                }
                c => self.marked.push(c),
            }
            if c == '"' {
                return;
            }
        }
    }

    fn dollar(&mut self, chars: &mut Peekable<Chars>) {
        match chars.peek() {
            Some('(') => {
                chars.next();
                self.command(chars, ')');
            }
            Some(&next) if begins_variable(next) => self.marked.push(ACTIVE),
            _ => self.marked.push_str("\\$"),
        }
    }

    /// A command whose output would stand here: kept as one text up to `end`.
    fn command(&mut self, chars: &mut Peekable<Chars>, end: char) {
        self.marked.push(ACTIVE);
        self.marked.push_str("\\(");
        for c in chars.by_ref().take_while(|&c| c != end) {
            if c != '\n' {
                self.marked.push('\\');
            }
            self.marked.push(c);
        }
        self.marked.push_str("\\)");
    }

    /// A line that goes on with an option was wrapped by whoever wrote it; another one is another command.
    fn line_end(&mut self, rest: &Peekable<Chars>) {
        let next = rest.clone().find(|c| !c.is_whitespace());
        if next == Some('-') || next.is_none() || self.marked.trim().is_empty() {
            self.marked.push(' ');
        } else {
            self.separator('\n');
        }
    }

    fn separator(&mut self, c: char) {
        // The number in `2>` belongs to the redirection.
        if c == '>' && (self.marked.ends_with(" 2") || self.marked.ends_with(" 1")) {
            self.marked.pop();
        }
        self.marked.push(' ');
        self.marked.push_str(END);
        self.marked.push(' ');
    }

    /// Whether a `#` here is meant as a filter: `-t #` without quotes works in some shells.
    fn is_filter(&self) -> bool {
        let before = self.marked.trim_end();
        before.len() < self.marked.len()
            && (before.ends_with(" -t") || before.ends_with(" --topic"))
    }
}

fn begins_variable(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let words = split(line).unwrap();
        words.iter().map(Word::text).collect()
    }

    #[test]
    fn quotes_and_continued_lines_are_honoured() {
        assert_eq!(
            texts("a 'b c' \\\n  \"d \\\" e\" f\\ g \"it's\" ''"),
            ["a", "b c", "d \" e", "f g", "it's", ""]
        );
        assert_eq!(texts("a ^\r\n b `\n c"), ["a", "b", "c"]);
        assert_eq!(texts("a\n-b\n--c d\n"), ["a", "-b", "--c", "d"]);
        assert_eq!(split("a 'b"), None);
        assert_eq!(texts("a -t # -v"), ["a", "-t", "#", "-v"]);
        assert_eq!(texts("-t a # a comment"), ["-t", "a"]);
    }

    #[test]
    fn only_what_a_shell_fills_in_is_a_variable() {
        let variable = |line: &str| split(line).unwrap()[0].variable();
        assert_eq!(variable("'$SYS/#'"), None);
        assert_eq!(variable("\\$SYS/#"), None);
        assert_eq!(variable("a$"), None);
        assert_eq!(variable("$SYS/#").as_deref(), Some("$SYS"));
        assert_eq!(variable("\"x${A_1}y\"").as_deref(), Some("${A_1}"));
        assert_eq!(variable("$(cat a | b)").as_deref(), Some("$(…)"));
        assert_eq!(variable("`cat a;b`").as_deref(), Some("$(…)"));
        assert_eq!(texts("x$A'$B'"), ["x$A$B"]);
    }

    #[test]
    fn a_command_ends_at_a_separator_outside_of_quotes() {
        let ends = |line: &str| split(line).unwrap().iter().filter(|it| it.is_end()).count();
        assert_eq!(ends("a 'b|c' \"d;e\""), 0);
        assert_eq!(ends("a|b;c\nd"), 3);
        assert_eq!(texts("a 2>b")[0], "a");
        assert!(split("a 2>b").unwrap()[1].is_end());
    }
}
