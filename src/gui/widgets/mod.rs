//! The controls of the window, drawn by the tokens of [`super::theme`]; each has a label for screen readers.

mod button;
mod choice;
mod escape;
mod field;
mod rows;
mod scroll;
mod text;

pub use button::{Look, button, button_sized, button_width, button_with_key, icon_button, toggle};
pub use choice::{Tab, qos_choice, segmented, switch, tabs};
pub use escape::{escaped, is_escape_kept, keep_escape};
pub use field::{
    card, field, field_with_button, focus_whole, is_entered, labelled, number_field,
    password_field, text_field,
};
pub use rows::{Scrolled, virtual_rows};
pub use scroll::{scroll_keys, scroll_step};
pub use text::{
    badge, dot, galley, galley_within, icon_mark, kept_label, muted, qos_badge, retained_badge,
};
