//! The open connections, at most one for each profile: in the order of their tabs, then those with a window of their own;
//! and which tab is shown.

use crate::profile::ProfileId;

use super::super::session::Session;

/// Whose pane something belongs to or was asked from; `None` where no connection is open.
pub type Of<'a> = Option<&'a ProfileId>;

/// Every open connection.
#[derive(Default)]
pub struct OpenSessions {
    sessions: Vec<Session>,
    /// How many of them are tabs; the others have windows.
    tab_count: usize,
    /// The tab that is shown.
    shown: Option<ProfileId>,
    /// Closed ones that still say goodbye.
    leaving: Vec<Session>,
}

impl OpenSessions {
    /// All of them: the tabs from left to right, then the windows.
    pub fn all(&self) -> &[Session] {
        &self.sessions
    }

    /// The same, to be changed.
    pub fn all_mut(&mut self) -> &mut [Session] {
        &mut self.sessions
    }

    /// The tabs from left to right.
    pub fn tabs(&self) -> &[Session] {
        &self.sessions[..self.tab_count]
    }

    /// Those with a window of their own.
    pub fn windows(&self) -> &[Session] {
        &self.sessions[self.tab_count..]
    }

    /// Whether this one has a window of its own.
    pub fn is_window(&self, id: &ProfileId) -> bool {
        self.windows().iter().any(|it| it.profile.id == *id)
    }

    /// The identifiers of all profiles, in the same order.
    pub fn ids(&self) -> Vec<ProfileId> {
        let ids = self.sessions.iter().map(|session| &session.profile.id);
        ids.cloned().collect()
    }

    /// The place of one of them.
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
        let is_tab = self.tabs().iter().any(|it| it.profile.id == *id);
        if is_tab {
            self.shown = Some(id.clone());
        }
        is_tab
    }

    /// Opens a tab at the right end, or gives the tab of the same profile this connection in place of its old one.
    pub fn put(&mut self, session: Session) {
        match self.index(Some(&session.profile.id)) {
            Some(index) => {
                let old = std::mem::replace(&mut self.sessions[index], session);
                old.live.stop_workers();
                self.leaving.push(old);
            }
            None => self.push_tab(session),
        }
    }

    fn push_tab(&mut self, session: Session) {
        self.sessions.insert(self.tab_count, session);
        self.tab_count += 1;
    }

    /// Takes one out. If its tab was shown, the tab on its right is shown from now on, else the one on its left.
    fn take_out(&mut self, id: &ProfileId) -> Option<Session> {
        let index = self.index(Some(id))?;
        let session = self.sessions.remove(index);
        if index < self.tab_count {
            self.tab_count -= 1;
        }
        if self.shown.as_ref() == Some(id) {
            let next = index.min(self.tab_count.saturating_sub(1));
            self.shown = self.tabs().get(next).map(|it| it.profile.id.clone());
        }
        Some(session)
    }

    /// Gives a tab a window of its own.
    pub fn detach(&mut self, id: &ProfileId) {
        if let Some(session) = self.take_out(id) {
            self.sessions.push(session);
        }
    }

    /// Makes a window a tab again, at the right end.
    pub fn attach(&mut self, id: &ProfileId) {
        if self.is_window(id)
            && let Some(session) = self.take_out(id)
        {
            self.push_tab(session);
        }
    }

    /// Closes a tab or window; its connection says goodbye.
    pub fn close(&mut self, id: &ProfileId) -> bool {
        let closed = self.take_out(id);
        if let Some(session) = &closed {
            session.live.stop_workers();
        }
        let is_closed = closed.is_some();
        self.leaving.extend(closed);
        is_closed
    }

    /// Moves a tab to this place, or to the right end.
    pub fn move_to(&mut self, id: &ProfileId, place: usize) {
        let index = self.index(Some(id)).filter(|index| *index < self.tab_count);
        if let Some(index) = index {
            let session = self.sessions.remove(index);
            let place = place.min(self.tab_count - 1);
            self.sessions.insert(place, session);
        }
    }

    /// The tab that many places on the right of the chosen one; behind the last one comes the first.
    pub fn neighbour(&self, step: isize) -> Option<ProfileId> {
        let index = self.index(self.shown_id())?;
        let count = self.tab_count;
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
        self.tab_count = 0;
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

    #[test]
    fn a_tab_becomes_a_window_and_comes_back() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut open = open(&runtime, &["a", "b", "c"]);
        open.show(&id("a"));
        open.detach(&id("a"));
        assert_eq!(open.shown_id(), Some(&id("b")));
        assert!(open.is_window(&id("a")) && !open.show(&id("a")));
        assert_eq!((open.tabs().len(), open.windows().len()), (2, 1));
        assert_eq!(open.neighbour(2), Some(id("b")), "windows are left out");
        open.move_to(&id("b"), 9);
        open.move_to(&id("a"), 0);
        assert_eq!(order(&open), ["c", "b", "a"]);
        open.detach(&id("b"));
        open.detach(&id("c"));
        assert_eq!(open.shown_id(), None);
        open.attach(&id("a"));
        assert_eq!(order(&open), ["a", "b", "c"]);
        assert!(open.show(&id("a")));
        assert!(open.close(&id("b")));
        assert_eq!((open.tabs().len(), open.windows().len()), (1, 1));
    }
}
