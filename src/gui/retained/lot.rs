//! Retained messages that are too many to be copied, counted or freed in a frame: they are shared, and lists of places say
//! which of them are meant.

use std::sync::Arc;
use std::thread;

use crate::model::RetainedItem;

/// From so many on they are freed on a thread of their own.
const MANY: usize = 10_000;

/// Retained messages as they were found, in the order of names.
#[derive(Debug, Default)]
pub struct Found {
    items: Vec<RetainedItem>,
    bytes: usize,
    without_payload: usize,
}

impl Found {
    /// Takes its time for many: for a worker.
    pub fn new(items: Vec<RetainedItem>) -> Self {
        let kept = || items.iter().filter_map(|item| item.kept.as_ref());
        Self {
            bytes: kept().map(|kept| kept.payload.len()).sum(),
            without_payload: items.len() - kept().count(),
            items,
        }
    }

    /// All of them.
    pub fn items(&self) -> &[RetainedItem] {
        &self.items
    }

    /// Bytes of the payloads that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many have no value that is known for certain.
    pub fn without_payload(&self) -> usize {
        self.without_payload
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        let items = std::mem::take(&mut self.items);
        if items.len() >= MANY {
            let name = thread::Builder::new().name("canopy-free".to_owned());
            // without a thread they are freed here
            drop(name.spawn(move || drop(items)));
        }
    }
}

/// Some of those that were found.
#[derive(Debug, Clone)]
pub struct Lot {
    found: Arc<Found>,
    /// Their places; `None` for all.
    places: Option<Arc<Vec<u32>>>,
}

impl Lot {
    /// All of them.
    pub fn all(found: Arc<Found>) -> Self {
        Self {
            found,
            places: None,
        }
    }

    /// Those that stand there.
    pub fn some(found: Arc<Found>, places: Vec<u32>) -> Self {
        Self {
            found,
            places: Some(Arc::new(places)),
        }
    }

    /// Everything that was found, whether it is meant or not.
    pub fn found(&self) -> &Arc<Found> {
        &self.found
    }

    /// How many are meant.
    pub fn len(&self) -> usize {
        let places = self.places.as_ref();
        places.map_or(self.found.items.len(), |places| places.len())
    }

    /// The place of the n-th one that is meant.
    pub fn place(&self, n: usize) -> Option<u32> {
        match &self.places {
            Some(places) => places.get(n).copied(),
            None => u32::try_from(n).ok(),
        }
    }

    /// What stands at a place.
    pub fn item(&self, place: u32) -> Option<&RetainedItem> {
        self.found.items.get(place as usize)
    }
}
