//! Rust code as words and signs with their lines: as much of a lexer as the house rules need.

/// A word or a sign of Rust code, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As written; `""` for every string.
    pub text: String,
    /// Counted from 1.
    pub line: usize,
}

/// Where `wanted` stands in `tokens`.
pub fn find(tokens: &[Token], wanted: &[&str]) -> Option<usize> {
    tokens.windows(wanted.len()).position(|window| {
        window
            .iter()
            .zip(wanted)
            .all(|(token, text)| token.text == *text)
    })
}

/// The index after the item at the start of `tokens`: behind its `;` or its closing brace.
pub fn item_end(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Words, `::` and single signs; comments are left out, and strings and character literals become `""`.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        let (token, after) = rest.split_at(length);
        let kind = match first {
            _ if token.starts_with("//") || token.starts_with("/*") || first.is_whitespace() => {
                None
            }
            '"' => Some("\"\""),
            'r' | 'b' if token.ends_with(['"', '#']) => Some("\"\""),
            _ => Some(token),
        };
        if let Some(text) = kind {
            let text = text.to_owned();
            tokens.push(Token { text, line });
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

/// How many bytes of `rest` the next token, comment or blank has.
fn token_length(rest: &str, first: char) -> usize {
    let until = |end: &str, from: usize| {
        let found = rest[from..].find(end);
        found.map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with("::") {
        return 2;
    }
    let raw = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r');
    let hashes = raw.map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
    if raw.is_some_and(|raw| raw[hashes..].starts_with('"')) {
        let open = rest.find('"').unwrap_or(0) + 1;
        return until(&format!("\"{}", "#".repeat(hashes)), open);
    }
    if first == '"' || rest.starts_with("b\"") {
        return string_length(rest);
    }
    if first == '\'' {
        return char_length(rest);
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if is_word(first) {
        return rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    }
    first.len_utf8()
}

/// The length of the string literal at the start of `rest`, with its quotes.
fn string_length(rest: &str) -> usize {
    let open = rest.find('"').unwrap_or(0) + 1;
    let mut escaped = false;
    for (at, c) in rest[open..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return open + at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of the character literal at the start of `rest`; 1 when it is a lifetime.
fn char_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(1, |at| at + 4),
        Some((at, c)) if rest[at + c.len_utf8()..].starts_with('\'') => at + c.len_utf8() + 1,
        _ => 1,
    }
}

/// The names that follow the path at `at` (the index after its `::`): one, or those of a group `{a, b::c}`.
pub fn names_after(tokens: &[Token], at: usize) -> Vec<&Token> {
    match tokens.get(at) {
        Some(open) if open.text == "{" => {
            let mut depth = 0;
            let mut names = Vec::new();
            let mut expected = true;
            for token in &tokens[at..] {
                match token.text.as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => expected = true,
                    _ if depth == 1 && expected => {
                        names.push(token);
                        expected = false;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            names
        }
        Some(name) => vec![name],
        None => Vec::new(),
    }
}

/// Whether the token at `at` is `text`.
pub fn follows(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}
