//! The schemas of each profile, as they were read last. Files are read on a thread of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::payload::schema::Schemas;
use crate::profile::ProfileId;

/// What was read for one profile.
#[derive(Debug, Default)]
struct Shelf {
    /// The files, as the profile names them.
    files: Vec<String>,
    schemas: Arc<Schemas>,
    /// Number of the reading that was begun last, and of the one that `schemas` came from.
    begun: u64,
    done: u64,
}

/// The schemas of all profiles that were looked at.
#[derive(Debug, Default)]
pub struct SchemaShelf {
    profiles: BTreeMap<ProfileId, Shelf>,
    /// Those of a profile that names none: always the same, so that nothing looks changed.
    none: Arc<Schemas>,
}

impl SchemaShelf {
    /// The schemas of a profile: those read last, also while its files are being read again.
    pub fn of(&self, id: &ProfileId) -> Arc<Schemas> {
        let kept = self.profiles.get(id);
        Arc::clone(kept.map_or(&self.none, |it| &it.schemas))
    }

    /// Whether the files of a profile are being read.
    pub fn is_reading(&self, id: &ProfileId) -> bool {
        self.profiles.get(id).is_some_and(|it| it.begun > it.done)
    }

    /// Whether these files were read for a profile, or are being read.
    pub fn has(&self, id: &ProfileId, files: &[String]) -> bool {
        match self.profiles.get(id) {
            Some(kept) => kept.files == files,
            None => files.is_empty(),
        }
    }

    /// Files of a profile are about to be read. Gives the number under which they are to be put.
    pub fn begin(&mut self, id: &ProfileId, files: &[String]) -> u64 {
        let kept = self.profiles.entry(id.clone()).or_insert_with(|| Shelf {
            schemas: Arc::clone(&self.none),
            ..Shelf::default()
        });
        kept.files = files.to_vec();
        kept.begun += 1;
        kept.begun
    }

    /// Puts what was read; a later reading is not overwritten by an earlier one that took longer. What was there stays when
    /// the files are as they were: whatever was read with it need not be read again.
    pub fn put(&mut self, id: &ProfileId, number: u64, schemas: Arc<Schemas>) {
        if let Some(kept) = self.profiles.get_mut(id)
            && number > kept.done
        {
            kept.done = number;
            if !kept.schemas.is_same(&schemas) {
                kept.schemas = schemas;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::payload::schema::SchemaFile;

    fn schemas(contents: &'static str) -> Arc<Schemas> {
        Arc::new(Schemas::new(vec![SchemaFile {
            path: "a.proto".to_owned(),
            contents: Ok(Bytes::from_static(contents.as_bytes())),
        }]))
    }

    #[test]
    fn files_that_are_as_they_were_change_nothing() {
        let (mut shelf, id) = (SchemaShelf::default(), ProfileId("a".to_owned()));
        let put = |shelf: &mut SchemaShelf, schemas: Arc<Schemas>| {
            let before = shelf.of(&id);
            let number = shelf.begin(&id, &[]);
            shelf.put(&id, number, schemas);
            !Arc::ptr_eq(&before, &shelf.of(&id))
        };
        assert!(!put(&mut shelf, Arc::default()));
        let text = "syntax = \"proto3\"; message A { int32 a = 1; }";
        assert!(put(&mut shelf, schemas(text)));
        assert!(!put(&mut shelf, schemas(text)));
        assert!(put(&mut shelf, schemas("syntax = \"proto3\";")));
        assert!(put(&mut shelf, Arc::default()));
    }

    #[test]
    fn the_files_that_were_named_last_count() {
        let (mut shelf, id) = (SchemaShelf::default(), ProfileId("a".to_owned()));
        assert!(shelf.has(&id, &[]));
        let files = ["a.proto".to_owned()];
        assert!(!shelf.has(&id, &files));
        let first = shelf.begin(&id, &[]);
        let second = shelf.begin(&id, &files);
        assert!(shelf.has(&id, &files) && shelf.is_reading(&id));
        let newest = schemas("syntax = \"proto3\";");
        shelf.put(&id, second, Arc::clone(&newest));
        shelf.put(&id, first, Arc::default());
        assert!(Arc::ptr_eq(&shelf.of(&id), &newest));
        assert!(!shelf.is_reading(&id));
    }
}
