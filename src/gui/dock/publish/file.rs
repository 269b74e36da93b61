//! The bytes of a file that is to be published, read beside the frame each time it is sent.

use std::fs;
use std::io::Read;

use bytes::Bytes;

use super::super::super::latest::Latest;

/// The largest payload that fits into a packet (MQTT 5, 1.5.5 and 3.3).
const MAX_PAYLOAD: u64 = 268_435_455;

/// Reads files on a thread of its own.
#[derive(Debug)]
pub struct FileReader {
    reading: Latest<Result<Bytes, String>>,
    looking: Latest<(String, Result<u64, String>)>,
    looked_at: Option<String>,
    size: Option<(String, Result<u64, String>)>,
}

impl Default for FileReader {
    fn default() -> Self {
        Self {
            reading: Latest::new("read file"),
            looking: Latest::new("look at file"),
            looked_at: None,
            size: None,
        }
    }
}

impl FileReader {
    /// Begins to read the file at `path`.
    pub fn read(&mut self, ctx: &egui::Context, path: &str) {
        let path = path.trim().to_owned();
        self.reading.start(ctx, move || read(&path));
    }

    /// What was read, once.
    pub fn done(&mut self) -> Option<Result<Bytes, String>> {
        self.reading.poll()
    }

    /// Whether a file is being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_busy()
    }

    /// Size of the file at `path`, or why it cannot be read; `None` until that is known.
    pub fn size(&mut self, ctx: &egui::Context, path: &str) -> Option<&Result<u64, String>> {
        let path = path.trim();
        if let Some(found) = self.looking.poll() {
            self.size = Some(found);
        }
        if self.looked_at.as_deref() != Some(path) {
            self.looked_at = Some(path.to_owned());
            let path = path.to_owned();
            self.looking.start(ctx, move || {
                let size = size(&path);
                (path, size)
            });
        }
        let (_, size) = self.size.as_ref().filter(|(of, _)| of == path)?;
        Some(size)
    }
}

fn size(path: &str) -> Result<u64, String> {
    if path.is_empty() {
        return Err("Type the path of a file, or choose one.".to_owned());
    }
    let about = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if about.is_dir() {
        return Err(format!("This is a directory. Choose a file in it: {path}"));
    }
    if about.len() > MAX_PAYLOAD {
        return Err(format!(
            "A message has at most 268,435,455 bytes. Choose a smaller file: {path}"
        ));
    }
    Ok(about.len())
}

fn read(path: &str) -> Result<Bytes, String> {
    size(path)?;
    let file = fs::File::open(path).map_err(|error| cannot_read(path, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_PAYLOAD + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(path, &error))?;
    Ok(Bytes::from(bytes))
}

fn cannot_read(path: &str, error: &std::io::Error) -> String {
    format!("The file cannot be read: {error}. Check {path}")
}

#[cfg(test)]
mod tests {
    use super::{read, size};

    #[test]
    fn files_are_read_or_explained() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("payload.bin");
        std::fs::write(&path, [1, 2, 3]).unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(size(path), Ok(3));
        assert_eq!(read(path).unwrap().as_ref(), [1, 2, 3]);
        assert!(
            read(directory.path().to_str().unwrap())
                .unwrap_err()
                .contains("directory")
        );
        assert!(size("").unwrap_err().contains("path"));
    }
}
