//! Rust as words and punctuation, its comments apart.

use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// A word or number, or one character of punctuation.
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Whether it stands in an item for tests only.
    pub(crate) test: bool,
}

/// A comment up to the end of its line, or a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comment {
    /// As written, slashes included.
    pub(crate) text: String,
    /// The line that it begins on.
    pub(crate) line: usize,
}

/// What stands in a text.
pub(crate) struct Reading {
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
    /// Raw strings, in characters from the text's beginning.
    pub(crate) raw_strings: Vec<Range<usize>>,
}

pub(crate) fn read(text: &str) -> Reading {
    let mut reading = Lexer::new(text).read();
    mark_tests(&mut reading.tokens);
    reading
}

/// The place of the bracket that closes the one at `open`.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    tokens.len().saturating_sub(1)
}

/// Marks each item under `#[cfg(test)]` or `#[cfg(all(test, …))]`, its attributes included.
fn mark_tests(tokens: &mut [Token]) {
    let text = |tokens: &[Token], place: usize| {
        tokens
            .get(place)
            .map_or(String::new(), |token| token.text.clone())
    };
    let mut at = 0;
    while at < tokens.len() {
        let is_cfg = ["#", "[", "cfg", "("]
            .iter()
            .enumerate()
            .all(|(n, wanted)| text(tokens, at + n) == *wanted);
        let close = if is_cfg { closing(tokens, at + 1) } else { at };
        let inside = &tokens[at..close];
        let for_tests = inside.iter().any(|t| t.text == "test")
            && !inside.iter().any(|t| t.text == "not" || t.text == "any");
        if for_tests {
            let mut end = close + 1;
            while end < tokens.len() && !matches!(tokens[end].text.as_str(), "{" | ";") {
                end = if matches!(tokens[end].text.as_str(), "(" | "[") {
                    closing(tokens, end) + 1
                } else {
                    end + 1
                };
            }
            end = if text(tokens, end) == "{" {
                closing(tokens, end)
            } else {
                end.min(tokens.len() - 1)
            };
            tokens[at..=end]
                .iter_mut()
                .for_each(|token| token.test = true);
            at = end;
        }
        at += 1;
    }
}

/// Splits Rust into words and punctuation; strings and characters vanish.
struct Lexer {
    characters: Vec<char>,
    at: usize,
    line: usize,
    found: Reading,
}

impl Lexer {
    fn new(text: &str) -> Self {
        Self {
            characters: text.chars().collect(),
            at: 0,
            line: 1,
            found: Reading {
                tokens: Vec::new(),
                comments: Vec::new(),
                raw_strings: Vec::new(),
            },
        }
    }

    fn read(mut self) -> Reading {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if matches!(self.peek(1), Some('/' | '*')) => self.comment(),
                '"' => self.skip_quoted('"'),
                '\'' => self.skip_character_or_lifetime(),
                c if c.is_alphanumeric() || c == '_' => self.word(),
                c => {
                    if !c.is_whitespace() {
                        self.push(c.to_string());
                    }
                    self.step();
                }
            }
        }
        self.found
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        self.line += usize::from(self.peek(0) == Some('\n'));
        self.at += 1;
    }

    fn push(&mut self, text: String) {
        self.found.tokens.push(Token {
            text,
            line: self.line,
            test: false,
        });
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&keep) {
            self.step();
        }
    }

    fn comment(&mut self) {
        let (begin, line) = (self.at, self.line);
        if self.peek(1) == Some('/') {
            self.skip_while(|c| c != '\n');
        } else {
            self.skip_block_comment();
        }
        let end = self.at.min(self.characters.len());
        let text = self.characters[begin..end].iter().collect();
        self.found.comments.push(Comment { text, line });
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.step();
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_quoted(&mut self, quote: char) {
        self.step();
        while let Some(c) = self.peek(0) {
            self.step();
            match c {
                '\\' => self.step(),
                c if c == quote => return,
                _ => {}
            }
        }
    }

    fn skip_character_or_lifetime(&mut self) {
        let is_character = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        if is_character {
            self.skip_quoted('\'')
        } else {
            self.step()
        }
    }

    /// A word; the prefix of a raw string takes the string with it.
    fn word(&mut self) {
        let begin = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let text: String = self.characters[begin..self.at].iter().collect();
        let hashes = (0..).take_while(|n| self.peek(*n) == Some('#')).count();
        match text.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == Some('"') => {
                self.skip_raw_string(hashes);
                self.found.raw_strings.push(begin..self.at);
            }
            "b" | "c" if self.peek(0) == Some('"') => self.skip_quoted('"'),
            "b" if self.peek(0) == Some('\'') => self.skip_quoted('\''),
            _ => self.push(text),
        }
    }

    fn skip_raw_string(&mut self, hashes: usize) {
        (0..=hashes).for_each(|_| self.step());
        while self.peek(0).is_some() {
            let ends = self.peek(0) == Some('"') && (1..=hashes).all(|n| self.peek(n) == Some('#'));
            self.step();
            if ends {
                (0..hashes).for_each(|_| self.step());
                return;
            }
        }
    }
}
