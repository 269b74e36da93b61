//! The lens by label.
