//! Files appear whole or not at all.

use super::error::ExchangeError;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes beside the file, then puts the result in its place.
pub fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), ExchangeError> {
    if path.is_dir() {
        return Err(ExchangeError::Directory { file: super::error::shown(path) });
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let done = (|| {
        let mut out = BufWriter::new(File::create(&part)?);
        write(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        fs::rename(&part, path)
    })();
    done.map_err(|e| {
        // The first error is the one to tell.
        let _removed = fs::remove_file(&part);
        ExchangeError::io(path, e)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.csv");
        fs::write(&path, "old").expect("written");
        let failed = replace(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).expect("read"), "old");
        assert_eq!(fs::read_dir(dir.path()).expect("dir").count(), 1);
        replace(&path, |out| out.write_all(b"new")).expect("writes");
        assert_eq!(fs::read_to_string(&path).expect("read"), "new");
    }
}
