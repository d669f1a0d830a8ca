//! The result of a ceremony, with Charon's names and modes.
//!
//! | path                             | mode | when                                        |
//! |----------------------------------|------|---------------------------------------------|
//! | `validator_keys/keystore-i.json` | 0444 | first, all at once: a folder that is renamed |
//! | `validator_keys/keystore-i.txt`  | 0400 | with them: the password                     |
//! | `deposit-data*.json`             | 0444 | one for each amount                         |
//! | `cluster-lock.json`              | 0444 | last: where it is, all is                   |
//!
//! Writing can be interrupted and repeated: what is there already must be what would be written. In the end everything is
//! read back from disk and checked. Where a keymanager has the keys, there are no keystores.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use coram_cluster::{
    bls::SecretKey,
    deposit,
    keystore::{self, Kdf},
    lock::Lock,
    network::Network,
};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{
    data_dir::{KEYSTORES, LOCK},
    disk, files,
    steps::{self, Step},
};
use crate::failure::{Exit, Failure};

/// How keys are made of passwords. That takes long, on purpose; tests that write keystores by the thousand need not.
const KDF: Kdf = if cfg!(test) { Kdf::Pbkdf2 { rounds: 2 } } else { Kdf::CHARON };
/// The largest keystore that is read back, in bytes.
const MAX_KEYSTORE: usize = 1 << 16;

/// A share under a password of its own.
pub struct Keystore {
    /// EIP-2335.
    pub json: String,
    /// The password.
    pub password: Zeroizing<String>,
}

/// Writes deposit data and lock to `folder`, in this order, and reads them back.
pub fn write_public(folder: &Path, lock: &Lock, lock_json: &[u8], network: &Network) -> Result<(), Failure> {
    let deposits = lock.validators().iter().flat_map(|validator| &validator.deposits);
    for (name, bytes) in deposit::files(network, deposits)? {
        write_same(&folder.join(name), &bytes)?;
    }
    write_same(&folder.join(LOCK), lock_json)
}

/// Writes a file, or finds the same bytes in it; reads them back.
fn write_same(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    match files::write_new(path, bytes, files::PUBLIC) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(disk(path, "write", &error));
        }
        _ => {}
    }
    let found = files::read_bounded(path, bytes.len() as u64);
    if found.is_ok_and(|found| found == bytes) { Ok(()) } else { Err(differs(path)) }
}

fn differs(path: &Path) -> Failure {
    let what = format!("{} is there, and is not what this ceremony writes", path.display());
    Failure::new(Exit::Refused, "store.exists", what)
        .help("move it away and run again; nothing is ever overwritten")
}

/// Writes all keystores into the folder `staging`, and renames it when it is complete: there is never a keystore without its
/// password. What a killed process left there is destroyed first: it holds shares.
/// `written` is called after each, from all threads.
pub fn write_keystores(
    folder: &Path,
    staging: &Path,
    shares: &[SecretKey],
    written: &(dyn Fn() + Sync),
) -> Result<(), Failure> {
    files::destroy_folder(staging).map_err(|error| disk(staging, "destroy", &error))?;
    let keystores = folder.join(KEYSTORES);
    if keystores.exists() {
        return Ok(());
    }
    files::make_secret_folder(staging).map_err(|error| disk(staging, "make", &error))?;
    shares.par_iter().enumerate().try_for_each(|(index, share)| {
        write_keystore(staging, index, share)?;
        written();
        Ok::<_, Failure>(())
    })?;
    let publish = || {
        // Before it has its name: a process that is killed in between leaves it as it is.
        let set_mode = || fs::set_permissions(staging, Permissions::from_mode(0o755));
        steps::take(Step::Mode, staging, &keystores, set_mode)?;
        files::sync_folder(staging)?;
        files::rename(staging, &keystores)?;
        files::sync_folder(folder)
    };
    publish().map_err(|error| disk(&keystores, "write", &error))
}

fn write_keystore(folder: &Path, index: usize, share: &SecretKey) -> Result<(), Failure> {
    let keystore = make_keystore(share)?;
    let (json_path, text_path) = keystore_paths(folder, index);
    files::write_staged(&json_path, keystore.json.as_bytes(), files::PUBLIC)
        .map_err(|error| disk(&json_path, "write", &error))?;
    files::write_staged(&text_path, keystore.password.as_bytes(), files::SECRET)
        .map_err(|error| disk(&text_path, "write", &error))
}

/// Encrypts a share under a fresh password.
pub fn make_keystore(share: &SecretKey) -> Result<Keystore, Failure> {
    let (mut salt, mut iv, mut uuid, mut password) = ([0; 32], [0; 16], [0; 16], Zeroizing::new([0; 16]));
    for bytes in [salt.as_mut_slice(), &mut iv, &mut uuid, password.as_mut_slice()] {
        getrandom::fill(bytes).map_err(|error| {
            Failure::new(Exit::Internal, "random", format!("the system gives no random bytes: {error}"))
        })?;
    }
    let password = keystore::password(&password);
    let json = keystore::encrypt(share, &password, &salt, &iv, &uuid, KDF)?;
    let json = String::from_utf8(json)
        .map_err(|error| Failure::new(Exit::Internal, "keystore.text", error.to_string()))?;
    Ok(Keystore { json, password })
}

/// Destroys the keystores in `folder`, if there are any, after they were found to be those of the shares.
pub fn withdraw_keystores(folder: &Path, staging: &Path, shares: &[SecretKey]) -> Result<(), Failure> {
    let keystores = folder.join(KEYSTORES);
    if keystores.exists() {
        check_keystores(&keystores, shares, &|| {})?;
    }
    remove_keystores(folder, staging)
}

/// Takes the keystores away at once, as they came, and destroys them. What is left of them if the process is killed is in
/// `staging`, and is destroyed first.
pub fn remove_keystores(folder: &Path, staging: &Path) -> Result<(), Failure> {
    files::destroy_folder(staging).map_err(|error| disk(staging, "destroy", &error))?;
    let keystores = folder.join(KEYSTORES);
    if !keystores.exists() {
        return Ok(());
    }
    let remove = || {
        files::rename(&keystores, staging)?;
        files::sync_folder(folder)?;
        files::destroy_folder(staging)
    };
    remove().map_err(|error| disk(&keystores, "remove", &error))
}

/// Decrypts every keystore from disk and compares it with the share. `checked` is called after each, from all threads.
pub fn check_keystores(
    folder: &Path,
    shares: &[SecretKey],
    checked: &(dyn Fn() + Sync),
) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| disk(folder, "list", &error))?.count();
    if entries != 2 * shares.len() {
        return Err(differs(folder));
    }
    shares.par_iter().enumerate().try_for_each(|(index, share)| {
        let (json_path, text_path) = keystore_paths(folder, index);
        let read = |path: &Path| {
            files::read_secret_bounded(path, MAX_KEYSTORE).map_err(|error| disk(path, "read", &error))
        };
        let (json, password) = (read(&json_path)?, read(&text_path)?);
        let password = std::str::from_utf8(&password).map_err(|_| differs(&text_path))?;
        let opened = keystore::decrypt(&json, password).map_err(|_| differs(&json_path))?;
        if opened != *share {
            return Err(differs(&json_path));
        }
        checked();
        Ok(())
    })
}

fn keystore_paths(folder: &Path, index: usize) -> (std::path::PathBuf, std::path::PathBuf) {
    (folder.join(format!("keystore-{index}.json")), folder.join(format!("keystore-{index}.txt")))
}
