//! Whether the file is still the one that the connections have open. Somebody may move it away,
//! or put a restored copy in its place: SQLite would go on writing into a file that nobody finds
//! again. Connections to another file than the present one are given up, and new ones are opened
//! when there is a file again.

use crate::store::StoreError;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Which file is at a path: device and number.
type FileId = (u64, u64);

/// Watches one path.
#[derive(Debug)]
pub struct Presence {
    path: PathBuf,
    /// The file that was seen last, and since when.
    seen: Mutex<Option<(FileId, Instant)>>,
}

impl Presence {
    /// Begins before the first connection is opened.
    pub fn new(path: PathBuf) -> Self {
        Self { path, seen: Mutex::new(None) }
    }

    /// Whether a connection that was opened so long ago is one to the file that is there now.
    pub fn holds(&self, age: Duration) -> bool {
        let Ok(present) = self.look() else { return false };
        let Ok(mut seen) = self.seen.lock() else { return false };
        match *seen {
            Some((file, since)) if file == present => age <= since.elapsed(),
            before => {
                *seen = Some((present, Instant::now()));
                // The first file that is seen is the one that was opened.
                before.is_none()
            }
        }
    }

    /// After a write: an error when the file went away meanwhile, and the write with it.
    pub fn check(&self) -> Result<(), StoreError> {
        let gone = |reason: String| StoreError::File { path: self.path.clone(), reason };
        let present = self.look().map_err(|e| gone(e.to_string()))?;
        let seen = self.seen.lock().ok().and_then(|seen| *seen);
        match seen {
            Some((file, _)) if file != present => Err(gone("another file was put in its place".into())),
            _ => Ok(()),
        }
    }

    fn look(&self) -> io::Result<FileId> {
        fs::metadata(&self.path).map(|file| (file.dev(), file.ino()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_to_a_file_that_went_away_are_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join("a.gpkg"), folder.path().join("b.gpkg"));
        fs::write(&path, "1").expect("written");
        let presence = Presence::new(path.clone());
        let age = Duration::from_secs(5);
        assert!(presence.holds(age) && presence.check().is_ok());
        fs::rename(&path, &aside).expect("moved");
        assert!(!presence.holds(Duration::ZERO) && presence.check().is_err());
        fs::write(&path, "2").expect("written");
        assert!(presence.check().is_err(), "another file");
        assert!(!presence.holds(age), "opened before");
        assert!(presence.holds(Duration::ZERO) && presence.check().is_ok(), "opened since");
    }
}
