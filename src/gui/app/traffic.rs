//! What the traffic lens asks for.

use super::super::traffic_action::TrafficAction;
use super::App;
use super::open::Of;

impl App {
    /// Does what was asked about the traffic of a connection.
    pub(super) fn apply_to_traffic(&mut self, of: Of<'_>, action: TrafficAction) {
        match action {
            TrafficAction::Select(node) => self.select_and_reveal(of, node),
            TrafficAction::ShowShares(is_on) => {
                self.on_pane(of, |pane| pane.dock.traffic.show_shares(is_on));
            }
        }
    }
}
