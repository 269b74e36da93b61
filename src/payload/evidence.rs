//! How sure it is that bytes are a binary format and not something else that happens to fit.

/// As many bits must fall as they did by chance: one random payload in a million.
const ENOUGH: u32 = 20;

/// What speaks for a format, in bits: how unlikely it is that random bytes look like this.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    bits: u32,
    /// Something that no one writes down so on purpose, such as control characters in text.
    is_odd: bool,
}

impl Evidence {
    /// Adds a header that `bits` bits make.
    pub(super) fn add(&mut self, bits: u32) {
        self.bits = self.bits.saturating_add(bits);
    }

    /// Adds a text: each readable character is one of about 95 out of 256.
    pub(super) fn add_text(&mut self, text: &str) {
        let is_odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        self.is_odd |= text.chars().any(is_odd);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX / 8);
        self.add((length.saturating_mul(7) / 5).saturating_add(6));
    }

    /// Adds an integer that takes `length` bytes. Zeros stand everywhere and say nothing.
    pub(super) fn add_integer(&mut self, number: u64, length: usize) {
        match (number, length) {
            (0, _) => {}
            (_, 1) => self.add(1),
            _ => self.add(5),
        }
    }

    /// Adds what speaks against it.
    pub(super) fn add_oddity(&mut self) {
        self.is_odd = true;
    }

    /// The bits so far.
    pub(super) fn bits(self) -> u32 {
        self.bits
    }

    /// Whether it is sure.
    pub(super) fn is_enough(self) -> bool {
        self.bits >= ENOUGH && !self.is_odd
    }
}
