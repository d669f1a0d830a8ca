//! Large files that are written piece by piece. Until one is whole it has a name that nobody reads; a process that is
//! interrupted removes what it has begun.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::files::{OPEN, TEMPORARY, parent, sync_folder};
use crate::failure::{Exit, Failure};
use crate::printer::notice;

/// How often a process looks whether it was interrupted.
const POLL: Duration = Duration::from_millis(50);
/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 20;

/// What this process has begun.
static BEGUN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn begun() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A public file that is being written beside its place.
pub struct NewFile {
    file: BufWriter<NamedTempFile>,
    place: PathBuf,
    _listed: Listed,
}

/// Keeps a file in the list.
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        begun().remove(&self.0);
    }
}

impl NewFile {
    /// Begins a file for a place.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn new(place: &Path) -> io::Result<Self> {
        // Held until the file is in the list: an interruption meets none that it does not know.
        let mut begun = begun();
        let file = NamedTempFile::with_prefix_in(TEMPORARY, parent(place))?;
        file.as_file().set_permissions(Permissions::from_mode(OPEN))?;
        let path = file.path().to_owned();
        begun.insert(path.clone());
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { file, place: place.to_owned(), _listed: Listed(path) })
    }

    /// Gives the file its name. Its bytes are on disk before that, and the name when this returns.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] if there is such a file.
    pub fn publish(self) -> io::Result<()> {
        self.end(|file, place| file.persist_noclobber(place).map(|_| ()).map_err(|error| error.error))
    }

    /// Puts the file in the place of the one that is there: whoever reads it finds the old one or the new one, also after a crash.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn replace(self) -> io::Result<()> {
        self.end(|file, place| file.persist(place).map(|_| ()).map_err(|error| error.error))
    }

    fn end(self, name: impl FnOnce(NamedTempFile, &Path) -> io::Result<()>) -> io::Result<()> {
        let Self { file, place, _listed } = self;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        {
            let _whole = begun();
            name(file, &place)?;
        }
        sync_folder(parent(&place))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// From here on, Ctrl-C and SIGTERM remove what was begun and end the process; a second Ctrl-C ends it at once.
///
/// # Errors
///
/// What the system says.
pub fn remove_on_interrupt() -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new(Exit::Internal, "signals", error.to_string());
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let interrupted = Exit::Interrupted as i32;
        signal_hook::flag::register_conditional_shutdown(signal, interrupted, Arc::clone(&stop))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
            .map_err(failed)?;
    }
    let watch = move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(POLL);
        }
        // Held to the end: no file is begun or named any more.
        let begun = begun();
        for path in begun.iter() {
            // Where it cannot be removed, it is in nobody's way.
            let _ = fs::remove_file(path);
        }
        notice("interrupted: what was not finished was not written; run the same command again");
        process::exit(Exit::Interrupted as i32);
    };
    thread::Builder::new().name("interrupt".to_owned()).spawn(watch).map(|_| ()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("powers");
        let mut file = NewFile::new(&place).unwrap();
        file.write_all(b"first").unwrap();
        assert!(!place.exists());
        file.publish().unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"first");
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, OPEN);

        let mut file = NewFile::new(&place).unwrap();
        file.write_all(b"second").unwrap();
        assert_eq!(file.publish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&place).unwrap(), b"first");

        let mut file = NewFile::new(&place).unwrap();
        file.write_all(b"third").unwrap();
        file.replace().unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"third");

        drop(NewFile::new(&place).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "an abandoned file is gone");
        assert!(!begun().iter().any(|path| path.starts_with(folder.path())));
    }
}
