//! A growing list in pages, so that growing never moves what is there: moving a million nodes would hold the lock for
//! tens of milliseconds.

use std::ops::{Index, IndexMut};

/// Items in one page: a power of two.
const PAGE: usize = 4096;

/// A list that only grows.
#[derive(Debug)]
pub(super) struct Paged<T> {
    pages: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Paged<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(PAGE) {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(item);
            self.len += 1;
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.pages.get(index / PAGE)?.get(index % PAGE)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.pages.get_mut(index / PAGE)?.get_mut(index % PAGE)
    }
}

impl<T: Copy> Paged<T> {
    /// Appends copies of `item` until there are `len` of them all.
    pub(super) fn grow(&mut self, len: usize, item: T) {
        while self.len < len {
            if self.len.is_multiple_of(PAGE) {
                self.pages.push(Vec::with_capacity(PAGE));
            }
            let Some(page) = self.pages.last_mut() else {
                return;
            };
            let more = (len - self.len).min(PAGE - page.len());
            page.resize(page.len() + more, item);
            self.len += more;
        }
    }

    /// Writes `item` over all that are there.
    pub(super) fn fill(&mut self, item: T) {
        for page in &mut self.pages {
            page.fill(item);
        }
    }
}

impl<T> Index<usize> for Paged<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.pages[index / PAGE][index % PAGE]
    }
}

impl<T> IndexMut<usize> for Paged<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        &mut self.pages[index / PAGE][index % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_by_copies_and_is_written_over() {
        let mut list = Paged::default();
        list.push(7_u16);
        list.grow(10_000, 8);
        list.grow(100, 9);
        let at = |list: &Paged<u16>, index| list.get(index).copied();
        assert_eq!(
            (list.len(), at(&list, 0), at(&list, 9_999)),
            (10_000, Some(7), Some(8))
        );
        list.push(3);
        list.fill(4);
        assert_eq!(
            (at(&list, 0), at(&list, 10_000), at(&list, 10_001)),
            (Some(4), Some(4), None)
        );
    }

    #[test]
    fn items_stay_where_they_are() {
        let mut list = Paged::default();
        for item in 0..10_000_u32 {
            list.push(item);
        }
        list[4096] += 1;
        assert_eq!((list.len(), list[4095], list[4096]), (10_000, 4095, 4097));
        assert_eq!((list.get(9_999), list.get(10_000)), (Some(&9_999), None));
    }
}
