//! The open connections in the order of their tabs, at most one for each profile, and which of them the window shows.

use crate::profile::ProfileId;

use super::super::session::Session;

/// Whose pane something belongs to or was asked from; `None` where no connection is open.
pub type Of<'a> = Option<&'a ProfileId>;

/// Every open connection.
#[derive(Default)]
pub struct OpenSessions {
    sessions: Vec<Session>,
    shown: Option<ProfileId>,
    /// Closed ones that still say goodbye.
    leaving: Vec<Session>,
}

impl OpenSessions {
    /// All of them, in the order of their tabs.
    pub fn all(&self) -> &[Session] {
        &self.sessions
    }

    /// The same, to be changed.
    pub fn all_mut(&mut self) -> &mut [Session] {
        &mut self.sessions
    }

    /// The identifiers of their profiles, in the same order.
    pub fn ids(&self) -> Vec<ProfileId> {
        let ids = self.sessions.iter().map(|session| &session.profile.id);
        ids.cloned().collect()
    }

    /// The place of a tab.
    pub fn index(&self, of: Of<'_>) -> Option<usize> {
        let id = of?;
        self.sessions.iter().position(|it| it.profile.id == *id)
    }

    /// The connection of this profile.
    pub fn get(&self, of: Of<'_>) -> Option<&Session> {
        self.sessions.get(self.index(of)?)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, of: Of<'_>) -> Option<&mut Session> {
        let index = self.index(of)?;
        self.sessions.get_mut(index)
    }

    /// The one whose tab is chosen.
    pub fn shown(&self) -> Option<&Session> {
        self.get(self.shown.as_ref())
    }

    /// The profile whose tab is chosen.
    pub fn shown_id(&self) -> Of<'_> {
        self.shown.as_ref()
    }

    /// Chooses a tab; says whether there is one for this profile.
    pub fn show(&mut self, id: &ProfileId) -> bool {
        let is_open = self.index(Some(id)).is_some();
        if is_open {
            self.shown = Some(id.clone());
        }
        is_open
    }

    /// Opens a tab at the right end, or gives the tab of the same profile this connection in place of its old one.
    pub fn put(&mut self, session: Session) {
        match self.index(Some(&session.profile.id)) {
            Some(index) => {
                let old = std::mem::replace(&mut self.sessions[index], session);
                self.leaving.push(old);
            }
            None => self.sessions.push(session),
        }
    }

    /// Closes a tab; its connection says goodbye. The tab on its right takes its place, else the one on its left.
    pub fn close(&mut self, id: &ProfileId) -> bool {
        let Some(index) = self.index(Some(id)) else {
            return false;
        };
        let session = self.sessions.remove(index);
        self.leaving.push(session);
        if self.shown.as_ref() == Some(id) {
            let next = index.min(self.sessions.len().saturating_sub(1));
            self.shown = self.sessions.get(next).map(|it| it.profile.id.clone());
        }
        true
    }

    /// Moves a tab to this place, or to the right end.
    pub fn move_to(&mut self, id: &ProfileId, place: usize) {
        if let Some(index) = self.index(Some(id)) {
            let session = self.sessions.remove(index);
            let place = place.min(self.sessions.len());
            self.sessions.insert(place, session);
        }
    }

    /// The tab that many places on the right of the chosen one; behind the last one comes the first.
    pub fn neighbour(&self, step: isize) -> Option<ProfileId> {
        let index = self.index(self.shown_id())?;
        let count = self.sessions.len();
        let step = step.rem_euclid(isize::try_from(count).ok()?);
        let next = index.checked_add_signed(step)? % count;
        Some(self.sessions.get(next)?.profile.id.clone())
    }

    /// Those that still say goodbye.
    pub fn leaving_mut(&mut self) -> &mut Vec<Session> {
        &mut self.leaving
    }

    /// Takes everything out: the program ends.
    pub fn take_all(&mut self) -> Vec<Session> {
        self.shown = None;
        let mut all = std::mem::take(&mut self.sessions);
        all.append(&mut self.leaving);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::session_with;
    use super::*;

    /// Tabs in this order, all on ports where nobody listens.
    fn open(runtime: &tokio::runtime::Runtime, names: &[&str]) -> OpenSessions {
        let mut open = OpenSessions::default();
        for name in names {
            let mut session = session_with(runtime, &[]);
            session.profile.id = id(name);
            open.put(session);
        }
        open
    }

    fn id(name: &str) -> ProfileId {
        ProfileId(name.to_owned())
    }

    fn order(open: &OpenSessions) -> Vec<String> {
        open.ids().into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn a_closed_tab_gives_way_to_its_neighbour() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut open = open(&runtime, &["a", "b", "c"]);
        assert!(open.show(&id("b")) && !open.show(&id("d")));
        assert!(open.close(&id("b")));
        assert_eq!(open.shown_id(), Some(&id("c")));
        assert!(open.close(&id("c")));
        assert_eq!(open.shown_id(), Some(&id("a")));
        assert!(open.close(&id("a")) && !open.close(&id("a")));
        assert_eq!(open.shown_id(), None);
        assert_eq!(open.take_all().len(), 3, "all say goodbye");
    }

    #[test]
    fn closing_another_tab_keeps_the_chosen_one() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut open = open(&runtime, &["a", "b", "c"]);
        open.show(&id("c"));
        open.close(&id("a"));
        assert_eq!(open.shown_id(), Some(&id("c")));
    }

    #[test]
    fn a_profile_has_one_tab() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut open = open(&runtime, &["a", "b", "a"]);
        assert_eq!(order(&open), ["a", "b"]);
        assert_eq!(open.leaving_mut().len(), 1);
    }

    #[test]
    fn tabs_are_stepped_through_in_a_circle_and_can_be_moved() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut open = open(&runtime, &["a", "b", "c"]);
        assert_eq!(open.neighbour(1), None, "none is chosen");
        open.show(&id("c"));
        assert_eq!(open.neighbour(1), Some(id("a")));
        assert_eq!(open.neighbour(-1), Some(id("b")));
        open.move_to(&id("c"), 0);
        assert_eq!(order(&open), ["c", "a", "b"]);
        assert_eq!(open.neighbour(-1), Some(id("b")));
        open.move_to(&id("c"), 9);
        assert_eq!(order(&open), ["a", "b", "c"]);
        assert_eq!(open.shown_id(), Some(&id("c")));
    }
}
