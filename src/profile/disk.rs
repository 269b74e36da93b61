//! Writing a file so that a crash, a full disk or a second window never leaves half of it, and setting aside
//! what cannot be read. Nothing here knows what is in the files.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The text of `path` without a byte order mark; `None` when there is no such file.
///
/// # Errors
/// Whatever the system says, and `InvalidData` for a file that is not UTF-8.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err),
    }
}

/// Writes `content` to a temporary file in the same directory, flushes it to the disk and renames it over `path`,
/// so that readers see the old content or the new one. Creates the directory, and follows a symbolic link at
/// `path` rather than replacing it. On Unix the file and a new directory are for the owner only.
///
/// # Errors
/// Whatever the system says; `path` is as it was before then.
pub(super) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_missing| path.to_owned());
    let directory = target.parent().unwrap_or(Path::new("."));
    create_private_directory(directory)?;
    // A NamedTempFile is created with mode 0600 on Unix.
    let mut temporary = tempfile::Builder::new()
        .prefix(".canopy-")
        .suffix(".tmp")
        .tempfile_in(directory)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|err| err.error)?;
    // The new file is in place. Some file systems cannot flush a directory: that is no reason to call it unsaved.
    drop(flush_directory(directory));
    Ok(())
}

/// Renames `path` to `name.label-<UTC time>.ron` beside itself and says what the new path is.
///
/// # Errors
/// Whatever the system says; the file is where it was then.
pub(super) fn move_aside(path: &Path, label: &str) -> io::Result<PathBuf> {
    let aside = free_name(path, label)?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// As [`move_aside`], but `path` stays too.
///
/// # Errors
/// Whatever the system says.
pub(super) fn copy_aside(path: &Path, label: &str) -> io::Result<PathBuf> {
    let aside = free_name(path, label)?;
    fs::copy(path, &aside)?;
    Ok(aside)
}

/// A path beside `path` that is not taken: `profiles.broken-2026-11-22T16-20-00.ron`, then `…-2.ron`.
fn free_name(path: &Path, label: &str) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S");
    let first = path.with_file_name(format!("{stem}.{label}-{time}.ron"));
    if !first.try_exists()? {
        return Ok(first);
    }
    for number in 2..1_000 {
        let next = path.with_file_name(format!("{stem}.{label}-{time}-{number}.ron"));
        if !next.try_exists()? {
            return Ok(next);
        }
    }
    Err(io::Error::other("too many files were set aside already"))
}

#[cfg(unix)]
fn create_private_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create_private_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(unix)]
fn flush_directory(directory: &Path) -> io::Result<()> {
    fs::File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn flush_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}
