//! The outputs in one file, `dkg.tar.gz`, with Charon's name for it.
//!
//! | in it                                                   | and in the data folder afterwards |
//! |---------------------------------------------------------|-----------------------------------|
//! | `cluster-lock.json`, `deposit-data*.json`, `validator_keys/` | removed                      |
//! | `charon-enr-private-key`, `cluster-definition.json`     | kept: these are copies            |
//!
//! Unpacked, it is a data folder with which `charon run` starts; the modes of files are kept. Charon's own has all that is in the
//! data folder and leaves nothing there. This one leaves what the operator had before the ceremony, and `coram/`: its decryption
//! key is the backup.
//!
//! The archive appears as a whole, and only after it was read back. Files are removed when the archive has the same bytes, the lock
//! and the deposit files first: where the lock is, all is. So whatever moment a process is killed at, nothing is lost, and the
//! next one goes on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use zeroize::Zeroizing;

use super::data_dir::{ARCHIVE, DEPOSIT_PREFIX, DataDir, IDENTITY_KEY, KEYSTORES, LOCK};
use super::steps::{self, Step};
use super::{attempt::Attempt, disk, files, outputs};
use crate::failure::{Exit, Failure};

/// The most that is read from an archive, unpacked, in bytes.
const MAX_UNPACKED: u64 = 1 << 30;
/// No secret is larger, in bytes: a buffer that grows leaves no copy of one behind.
const MAX_SECRET: usize = 1 << 16;
/// Files in the data folder that are packed and kept.
const COPIED: [&str; 2] = [IDENTITY_KEY, "cluster-definition.json"];

/// Names in the archive, and what is in the files.
type Contents = BTreeMap<String, Zeroizing<Vec<u8>>>;

/// Whether there is an archive.
pub fn exists(data_dir: &DataDir) -> bool {
    path(data_dir).exists()
}

/// Where the archive is.
pub fn path(data_dir: &DataDir) -> PathBuf {
    data_dir.path().join(ARCHIVE)
}

/// The lock in the archive.
pub fn read_lock(data_dir: &DataDir) -> Result<Vec<u8>, Failure> {
    let path = path(data_dir);
    let mut contents = read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
    let lock = contents.get_mut(LOCK).ok_or_else(|| damaged(&path, "there is no lock in it"))?;
    Ok(std::mem::take(&mut **lock))
}

/// Refuses an archive with another lock.
pub fn check_lock(data_dir: &DataDir, lock_json: &[u8]) -> Result<(), Failure> {
    if read_lock(data_dir)? == lock_json {
        return Ok(());
    }
    let what = format!("{} is there, and is not what this ceremony writes", path(data_dir).display());
    Err(Failure::new(Exit::Refused, "store.exists", what)
        .help("move it away and run again; nothing is ever overwritten"))
}

/// Packs the outputs in the data folder, unless that was done, and removes them.
pub fn pack(data_dir: &DataDir, attempt: &Attempt) -> Result<(), Failure> {
    let path = path(data_dir);
    if !path.exists() {
        write(data_dir, attempt.folder(), &path).map_err(|error| disk(&path, "write", &error))?;
    }
    let contents = read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
    check_packed(data_dir, &contents)?;
    let remove = |name: &str| match files::remove(&data_dir.path().join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&path, "remove files in", &error)),
        _ => Ok(()),
    };
    contents.keys().filter(|name| is_public(name)).try_for_each(|name| remove(name))?;
    files::sync_folder(data_dir.path()).map_err(|error| disk(data_dir.path(), "sync", &error))?;
    outputs::remove_keystores(data_dir.path(), &attempt.staging())
}

/// Writes the archive, reads it back, and gives it its name.
fn write(data_dir: &DataDir, staging: &Path, path: &Path) -> io::Result<()> {
    let mut names = outputs_of(data_dir)?;
    names.extend(COPIED.into_iter().filter(|name| data_dir.path().join(name).exists()).map(str::to_owned));
    let file = files::create(&staging.join(ARCHIVE), files::KEY)?;
    let made = file.path().to_owned();
    let mut builder = tar::Builder::new(GzEncoder::new(file, Compression::default()));
    let mut contents = Contents::new();
    for name in names {
        let source = data_dir.path().join(&name);
        let bytes = read_whole(&source)?;
        builder.append_data(&mut header(&source, bytes.len())?, &name, bytes.as_slice())?;
        contents.insert(name, bytes);
    }
    let end = || {
        let mut file = builder.into_inner()?.finish()?;
        file.flush().map(|()| file)
    };
    let file = steps::take(Step::Write, &made, path, end)?;
    if read(file.path())? != contents {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "what was written reads back differently"));
    }
    files::publish(file, path)?;
    files::sync_folder(data_dir.path())
}

fn header(source: &Path, len: usize) -> io::Result<tar::Header> {
    let metadata = fs::metadata(source)?;
    let mut header = tar::Header::new_gnu();
    header.set_metadata(&metadata);
    header.set_mode(metadata.permissions().mode() & 0o777);
    header.set_size(len as u64);
    Ok(header)
}

/// Whether a name is that of the lock or of a deposit file.
fn is_public(name: &str) -> bool {
    name == LOCK || name.starts_with(DEPOSIT_PREFIX)
}

/// The names of the outputs in the data folder.
fn outputs_of(data_dir: &DataDir) -> io::Result<Vec<String>> {
    let mut names = list(data_dir.path())?;
    names.retain(|name| is_public(name));
    let keystores = data_dir.path().join(KEYSTORES);
    if keystores.exists() {
        names.extend(list(&keystores)?.iter().map(|name| format!("{KEYSTORES}/{name}")));
    }
    Ok(names)
}

fn list(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string();
        names.push(name.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a file name is not text"))?);
    }
    names.sort();
    Ok(names)
}

/// Refuses to remove anything if there is an output of which the archive has not the same bytes.
fn check_packed(data_dir: &DataDir, contents: &Contents) -> Result<(), Failure> {
    for name in outputs_of(data_dir).map_err(|error| disk(data_dir.path(), "list", &error))? {
        let source = data_dir.path().join(&name);
        let bytes = read_whole(&source).map_err(|error| disk(&source, "read", &error))?;
        if contents.get(&name) != Some(&bytes) {
            let what = format!("{} is not what {ARCHIVE} has under its name", source.display());
            return Err(Failure::new(Exit::Refused, "store.exists", what)
                .help("move one of them away and run again; nothing is removed that is not in the archive"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Contents> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path)?).take(MAX_UNPACKED));
    let mut contents = Contents::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX).min(MAX_SECRET);
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        entry.read_to_end(&mut bytes)?;
        contents.insert(name, bytes);
    }
    Ok(contents)
}

fn read_whole(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let len = usize::try_from(fs::metadata(path)?.len()).unwrap_or(usize::MAX);
    files::read_secret_bounded(path, len.min(MAX_UNPACKED as usize))
}

fn damaged(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Refused, "store.damaged", format!("{}: {why}", path.display()))
        .help("move it away and run again: it is made anew")
}
