//! The keystores in a folder, named as Charon names them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use coram_ceremony::verify::{KeystoreFile, NamedFile};
use zeroize::Zeroizing;

use super::file_name;
use crate::failure::{Exit, Failure};
use crate::store::files;

/// The most entries of a folder that are looked at: a lock has at most half as many validators.
const MAX_ENTRIES: usize = 1 << 17;
/// The largest keystore that is read, in bytes.
const MAX_KEYSTORE: u64 = 1 << 16;
/// The most bytes of keystores that are read: one has less than a kilobyte.
const MAX_ALL: usize = 1 << 28;
/// The longest password.
const MAX_PASSWORD: usize = 1 << 12;

/// Reads all of them, in the order of their numbers. What else is in the folder does not matter.
pub fn read(folder: &Path) -> Result<Vec<KeystoreFile>, Failure> {
    let mut names = names(folder).map_err(|error| unreadable(folder, &error))?;
    names.sort_unstable_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    if names.is_empty() {
        let what = format!("there is no keystore-0.json in {}", folder.display());
        return Err(Failure::new(Exit::Usage, "verify.keystores", what)
            .help("name the folder with the keystores, such as .charon/validator_keys"));
    }
    let (mut keystores, mut bytes) = (Vec::new(), 0);
    for name in names {
        let keystore = keystore(folder, name)?;
        bytes += keystore.file.bytes.len();
        if bytes > MAX_ALL {
            let what = format!("its keystores have more than {} MiB", MAX_ALL >> 20);
            return Err(unreadable(folder, &io::Error::new(ErrorKind::InvalidData, what)));
        }
        keystores.push(keystore);
    }
    Ok(keystores)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for (count, entry) in fs::read_dir(folder)?.enumerate() {
        if count == MAX_ENTRIES {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!("it has more than {MAX_ENTRIES} entries"),
            ));
        }
        let name = entry?.file_name().into_string().ok();
        names.extend(name.filter(|name| name.starts_with("keystore-") && name.ends_with(".json")));
    }
    Ok(names)
}

/// A keystore with its password, named with its folder.
fn keystore(folder: &Path, name: String) -> Result<KeystoreFile, Failure> {
    let path = folder.join(&name);
    let bytes = files::read_foreign(&path, MAX_KEYSTORE).map_err(|error| unreadable(&path, &error))?;
    let password = password(&path.with_extension("txt"))?;
    let name = match file_name(folder) {
        Some(folder) => format!("{folder}/{name}"),
        None => name,
    };
    Ok(KeystoreFile { file: NamedFile { name: Some(name), bytes }, password })
}

/// The password beside a keystore. Without one, it is not opened, and the report says so.
fn password(path: &Path) -> Result<Option<Zeroizing<String>>, Failure> {
    let bytes = match files::read_foreign_secret(path, MAX_PASSWORD) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|error| unreadable(path, &error))?,
    };
    let text = std::str::from_utf8(&bytes);
    let text =
        text.map_err(|_| unreadable(path, &io::Error::new(ErrorKind::InvalidData, "it is not text")))?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, "file.read", format!("cannot read {}: {error}", path.display()))
        .help("check the path and its permissions")
}
