//! Files that survive a crash, and files that hold secrets.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::steps::{self, Step};

/// What the names of files start with while they are written.
pub const TEMPORARY: &str = ".coram-";

/// Mode of files that anybody may read and nobody should change.
pub const PUBLIC: u32 = 0o444;
/// Mode of files that anybody may read and their owner replaces.
pub const OPEN: u32 = 0o644;
/// Mode of secrets that are written once.
pub const SECRET: u32 = 0o400;
/// Mode of keys that their owner may replace.
pub const KEY: u32 = 0o600;
/// Mode of folders with secrets in them.
pub const SECRET_FOLDER: u32 = 0o700;

/// Writes a new file as a whole: its bytes are on disk before its name exists, and its name is on disk when this returns.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] if the file exists; nothing is ever overwritten.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    write_staged(path, bytes, mode)?;
    sync_folder(parent(path))
}

/// As [`write_new`], for a file whose name says what is in it: if it is there, its name is on disk when this returns. Another thread may
/// have given it the name and not have synced it yet.
///
/// # Errors
///
/// What the system says.
pub fn write_once(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    match write_new(path, bytes, mode) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => sync_folder(parent(path)),
        result => result,
    }
}

/// As [`write_new`], for one of many files in a folder that is synced when it has them all: its name may not be on disk yet.
///
/// # Errors
///
/// As [`write_new`].
pub fn write_staged(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = create(path, mode)?;
    let made = file.path().to_owned();
    steps::write(&made, path, bytes, |bytes| file.write_all(bytes))?;
    publish(file, path)
}

/// Makes the file that is to be in `path`, under a name that nobody reads.
///
/// # Errors
///
/// What the system says.
pub fn create(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let folder = parent(path);
    let file = steps::take(Step::Create, folder, path, || NamedTempFile::with_prefix_in(TEMPORARY, folder))?;
    let set_mode = || file.as_file().set_permissions(Permissions::from_mode(mode));
    steps::take(Step::Mode, file.path(), path, set_mode)?;
    Ok(file)
}

/// Gives a file its name, when its bytes are on disk. The name may not be there yet when this returns.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] if there is such a file.
pub fn publish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    let made = file.path().to_owned();
    steps::take(Step::Sync, &made, path, || file.as_file().sync_all())?;
    let name = || file.persist_noclobber(path).map_err(|error| error.error);
    steps::take(Step::Name, &made, path, name)?;
    Ok(())
}

/// Gives a file or folder another name. Neither name may be on disk as it is now when this returns.
///
/// # Errors
///
/// What the system says.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    steps::take(Step::Name, from, to, || fs::rename(from, to))
}

/// Puts a file in the place of another as a whole: whoever reads it meanwhile gets the one or the other. After a crash either
/// may be there; nothing depends on it.
///
/// # Errors
///
/// What the system says.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(TEMPORARY, parent(path))?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Reads a file of at most `limit` bytes.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] if it is larger.
pub fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_at_most(File::open(path)?, limit)
}

/// Reads a secret of at most `limit` bytes into one place, which is wiped: a buffer that grows would leave copies behind.
///
/// # Errors
///
/// As [`read_bounded`].
pub fn read_secret_bounded(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_secret(File::open(path)?, limit)
}

/// Reads a secret from a folder that others can write to.
///
/// # Errors
///
/// As [`read_foreign`].
pub fn read_foreign_secret(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_secret(open_regular(path)?.0, limit)
}

fn read_secret(mut file: File, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; limit + 1]);
    let mut len = 0;
    while let Some(rest) = bytes.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if len > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has more than {limit} bytes")));
    }
    bytes.truncate(len);
    Ok(bytes)
}

/// Reads a regular file of at most `limit` bytes from a folder that others can write to.
///
/// # Errors
///
/// Anything that is not a regular file: opening a FIFO would block for ever, and a symbolic link could lead anywhere. What is
/// judged is the open file, since the name may stand for another one by now.
pub fn read_foreign(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_at_most(open_regular(path)?.0, limit)
}

/// Reads a regular file of at most `limit` bytes that this user wrote, and nobody else can have changed.
///
/// # Errors
///
/// [`io::ErrorKind::PermissionDenied`] if it belongs to somebody else, or group or others can write to it; otherwise as
/// [`read_foreign`].
pub fn read_own(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let (file, metadata) = open_regular(path)?;
    if metadata.uid() != geteuid().as_raw() || metadata.permissions().mode() & 0o022 != 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "somebody else can have written it"));
    }
    read_at_most(file, limit)
}

fn open_regular(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    Ok((file, metadata))
}

fn read_at_most(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has more than {limit} bytes")));
    }
    Ok(bytes)
}

/// Writes a new file as a whole into a folder that others share, whatever kind of disk it is on: modes and the syncing of
/// folders are left to it. Nothing depends on this copy.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] if the file exists.
pub fn write_shared(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(TEMPORARY, parent(path))?;
    let _ = file.as_file().set_permissions(Permissions::from_mode(PUBLIC));
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Removes what a killed process left half-written in a folder.
///
/// # Errors
///
/// What the system says.
pub fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && entry.file_type()?.is_file() {
            destroy(&entry.path())?;
        }
    }
    Ok(())
}

/// Destroys a folder of files.
///
/// # Errors
///
/// What the system says; a folder that is not there is no error.
pub fn destroy_folder(path: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        destroy(&entry?.path())?;
    }
    steps::take(Step::Remove, path, path, || fs::remove_dir(path))
}

/// Refuses a secret that others can read.
///
/// # Errors
///
/// [`io::ErrorKind::PermissionDenied`] if group or others have any access.
pub fn check_secret(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let what = format!("others have access to it (mode {mode:03o})");
    Err(io::Error::new(io::ErrorKind::PermissionDenied, what))
}

/// Makes a folder that only its owner can enter, and its parents.
///
/// # Errors
///
/// What the system says.
pub fn make_secret_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(SECRET_FOLDER);
    steps::take(Step::MakeFolder, path, path, || builder.create(path))?;
    sync_folder(parent(path))
}

/// Overwrites a file with zeros and removes it. What a journal or a copy-on-write disk keeps of it is out of reach.
///
/// # Errors
///
/// What the system says; a file that is not there is no error.
pub fn destroy(path: &Path) -> io::Result<()> {
    // Passwords are 0400; whether this works, opening tells.
    let _ = fs::set_permissions(path, Permissions::from_mode(KEY));
    match OpenOptions::new().write(true).open(path) {
        Ok(mut file) => {
            let len = file.metadata()?.len() as usize;
            steps::write(path, path, &vec![0; len], |zeros| file.write_all(zeros))?;
            steps::take(Step::Sync, path, path, || file.sync_all())?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    remove(path)?;
    sync_folder(parent(path))
}

/// Removes a file. Its name may still be on disk when this returns.
///
/// # Errors
///
/// What the system says.
pub fn remove(path: &Path) -> io::Result<()> {
    steps::take(Step::Remove, path, path, || fs::remove_file(path))
}

/// Makes the names in a folder survive a crash.
///
/// # Errors
///
/// What the system says.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    steps::take(Step::SyncFolder, path, path, || File::open(path)?.sync_all())
}

/// The folder that a file is in.
pub fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for len in [0, 1, 63, 64] {
            fs::write(&path, vec![7; len]).unwrap();
            assert_eq!(*read_secret_bounded(&path, 64).unwrap(), vec![7; len]);
        }
        fs::write(&path, [7; 65]).unwrap();
        assert_eq!(read_secret_bounded(&path, 64).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn what_others_can_write_is_not_our_own() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["note", "link"].map(|name| folder.path().join(name));
        fs::write(&path, "note").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for (mode, ours) in [(0o600, true), (0o644, true), (0o620, false), (0o602, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_own(&path, 8).is_ok(), ours, "{mode:o}");
            assert!(read_own(&link, 8).is_err());
        }
    }
}
