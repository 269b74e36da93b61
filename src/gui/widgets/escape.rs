//! Whose Esc it is: what is open on the screen comes before what the window does with the key.
//!
//! The window sees keys before it draws, so what can be closed says so in each frame for the next one.

use egui::{Context, Id, Key, Modifiers, Ui};

/// Keeps Esc for what is drawn here, and says whether it was pressed. Only the first to ask in a frame gets it.
pub fn escaped(ui: &Ui) -> bool {
    keep_escape(ui);
    ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}

/// Keeps Esc for what is drawn here, such as a field that has the keyboard.
pub fn keep_escape(ui: &Ui) {
    let (id, pass) = (id(ui.ctx()), ui.ctx().cumulative_pass_nr());
    ui.data_mut(|data| data.insert_temp(id, pass));
}

/// Whether something that was on the screen just now wants Esc.
pub fn is_escape_kept(ctx: &Context) -> bool {
    let kept: Option<u64> = ctx.data(|data| data.get_temp(id(ctx)));
    kept.is_some_and(|pass| pass + 1 >= ctx.cumulative_pass_nr())
}

fn id(ctx: &Context) -> Id {
    Id::unique(("esc is kept", ctx.viewport_id()))
}

#[cfg(test)]
mod tests {
    use egui::{Key, Modifiers};
    use egui_kittest::Harness;

    use super::{escaped, is_escape_kept};

    #[derive(Default)]
    struct State {
        open: [bool; 2],
        /// What the window did with the key.
        window: usize,
    }

    #[test]
    fn the_window_gets_what_nothing_open_wants() {
        let mut harness = Harness::new_ui_state(
            |ui, state: &mut State| {
                let is_pressed = ui.input(|input| input.key_pressed(Key::Escape));
                state.window += usize::from(is_pressed && !is_escape_kept(ui.ctx()));
                for open in &mut state.open {
                    *open = *open && !escaped(ui);
                }
            },
            State {
                open: [true; 2],
                window: 0,
            },
        );
        let mut press = || {
            harness.key_press_modifiers(Modifiers::NONE, Key::Escape);
            harness.run();
            (harness.state().open, harness.state().window)
        };
        assert_eq!(press(), ([false, true], 0));
        assert_eq!(press(), ([false, false], 0));
        assert_eq!(press(), ([false, false], 1));
    }
}
