//! What must hold of the operator's disk, of what it sent, and of how it ends.

use std::path::{Path, PathBuf};

use coram_ceremony::{Kind, Message};
use coram_cluster::keystore;

use super::operators::{End, ME, OTHERS, Place, World};
use crate::store::archive;
use crate::store::attempt::file_name;
use crate::store::data_dir::{DataDir, KEYSTORES, LOCK};
use crate::store::files::TEMPORARY;
use crate::store::steps::faulty::{Contents, read_contents};

impl World {
    /// The folder of the attempt on a disk.
    pub fn attempt(&self) -> PathBuf {
        Path::new("coram").join(hex::encode(self.ceremony.id().as_bytes()))
    }

    /// Whether a disk has the secrets that are made when a ceremony begins: decryption key, dealing seed.
    pub fn secrets(&self, disk: &Contents) -> [bool; 2] {
        ["decryption-key", "dealing-seed"].map(|name| {
            let bytes = disk.get(&self.attempt().join(name)).and_then(|item| item.bytes.as_ref());
            bytes.is_some_and(|bytes| hex::decode(bytes).is_ok_and(|secret| secret.len() == 32))
        })
    }

    /// What was sent is on the disk, and so are the secrets behind it as long as they are needed.
    pub fn check_promises(&self, disk: &Contents, sent: &[Message]) -> Result<(), String> {
        let board = self.attempt().join("board");
        for message in sent {
            let name = file_name(message);
            let bytes = disk.get(&board.join(&name)).and_then(|item| item.bytes.as_ref());
            if bytes != Some(&message.to_bytes()) {
                return Err(format!("{name} was sent and is not on the disk"));
            }
        }
        let [decryption_key, dealing_seed] = self.secrets(disk);
        let is_seal = |path: &&PathBuf| {
            let name = path.strip_prefix(&board).map(|name| name.to_string_lossy().into_owned());
            name.is_ok_and(|name| name.starts_with(Kind::Seal.name()) && name.ends_with(".ssz"))
        };
        let has_ended = disk.keys().filter(is_seal).count() == OTHERS.len() + 1;
        if !sent.is_empty() && !decryption_key {
            return Err("messages were sent, and the decryption key is not on the disk".to_owned());
        }
        if !sent.is_empty() && !dealing_seed && !has_ended {
            return Err("messages were sent, and the dealing seed is not on the disk".to_owned());
        }
        Ok(())
    }

    /// One message of each kind was sent, and the operator has the lock of all others and the share that is in it.
    pub fn check_end(&self, place: &Place, end: &End) -> Result<(), String> {
        let sent = self.sent(place);
        for kind in Kind::ALL {
            let count = sent.iter().filter(|message| message.kind() == kind).count();
            if count > 1 || (count == 0 && *end == End::Lock) {
                return Err(format!("{count} messages of the kind {kind} were sent"));
            }
        }
        if *end != End::Lock {
            return Ok(());
        }
        let disk = read_contents(&place.disk());
        let temporary = |path: &&PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
        };
        if let Some(path) = disk.keys().find(temporary) {
            return Err(format!("{} is left", path.display()));
        }
        if self.secrets(&disk)[1] {
            return Err("the dealing seed is left".to_owned());
        }
        let data_dir = DataDir::open(&place.disk()).map_err(|failure| failure.to_string())?;
        let lock = if archive::exists(&data_dir) {
            if disk.contains_key(Path::new(LOCK)) || disk.contains_key(Path::new(KEYSTORES)) {
                return Err("outputs are packed and beside the archive".to_owned());
            }
            archive::read_lock(&data_dir).map_err(|failure| failure.to_string())?
        } else {
            let lock = disk.get(Path::new(LOCK)).and_then(|item| item.bytes.clone()).unwrap_or_default();
            check_outputs(&disk, &lock)?;
            lock
        };
        if self.locks(place).iter().any(|other| *other != lock) {
            return Err("the locks differ".to_owned());
        }
        Ok(())
    }
}

/// The keystore is of the share that the lock says, and all modes are those that were promised.
fn check_outputs(disk: &Contents, lock: &[u8]) -> Result<(), String> {
    let item = |name: &str| disk.get(Path::new(name)).ok_or_else(|| format!("{name} is not there"));
    for (name, mode) in [
        (LOCK, 0o444),
        ("deposit-data.json", 0o444),
        (KEYSTORES, 0o755),
        ("validator_keys/keystore-0.json", 0o444),
        ("validator_keys/keystore-0.txt", 0o400),
    ] {
        let found = item(name)?.mode;
        if found != mode {
            return Err(format!("{name} has mode {found:o}"));
        }
    }
    let bytes = |name: &str| item(name).map(|item| item.bytes.clone().unwrap_or_default());
    let password = String::from_utf8(bytes("validator_keys/keystore-0.txt")?).unwrap_or_default();
    let share = keystore::decrypt(&bytes("validator_keys/keystore-0.json")?, &password)
        .map_err(|error| error.to_string())?;
    let lock: serde_json::Value = serde_json::from_slice(lock).map_err(|error| error.to_string())?;
    let expected = &lock["distributed_validators"][0]["public_shares"][usize::from(ME) - 1];
    let found = format!("0x{}", hex::encode(share.public_key().to_bytes()));
    if expected.as_str() == Some(&found) { Ok(()) } else { Err(format!("{found} is not in the lock")) }
}
