//! `coram recover`: shares from the public lock and the decryption key.

use std::path::{Path, PathBuf};

use clap::Args;
use coram_ceremony::{
    UnverifiedTranscript, keys,
    parameters::EncryptionKeys,
    phase::{Dealt, Roster},
    transcript::{self, Replay},
};
use coram_cluster::{
    json,
    lock::{self, Lock},
};
use coram_proofs::DecryptionKey;
use serde_json::Value;

use super::files::read;
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};
use crate::setup::progress::Gauge;
use crate::store::{
    attempt::{self, DECRYPTION_KEY, read_secret},
    data_dir::{DataDir, KEYSTORES},
    disk, outputs,
};

/// Recover this operator's keystores from a lock and the decryption key
///
/// The transcript is verified first: a decryption key is never used on anything else. The key is looked for in the data folder,
/// unless a backup of it is named. Prints the folder with the keystores.
#[derive(Debug, Args)]
pub struct Recover {
    /// The cluster lock, with its transcript
    #[arg(value_name = "LOCK")]
    lock: PathBuf,
    /// The transcript, where it stands in a file beside the lock
    #[arg(long, env = "CORAM_TRANSCRIPT", value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// The ceremony's decryption key, such as a backup of it [default: the one in the data folder]
    #[arg(long, env = "CORAM_DECRYPTION_KEY", value_name = "FILE")]
    decryption_key: Option<PathBuf>,
    /// This operator's folder: it has the key in coram/<ceremony id>/, or the identity key that it was derived from
    #[arg(long, env = "CORAM_DATA_DIR", value_name = "FOLDER", default_value = ".charon")]
    data_dir: PathBuf,
    /// Where the folder validator_keys is made
    #[arg(long, env = "CORAM_OUTPUT_DIR", value_name = "FOLDER", default_value = ".")]
    output_dir: PathBuf,
}

/// Runs `coram recover`.
pub fn run(arguments: &Recover) -> Result<(), Failure> {
    let keystores = arguments.output_dir.join(KEYSTORES);
    if keystores.exists() {
        let what = format!("{} is there already", keystores.display());
        return Err(
            Failure::new(Exit::Refused, "store.exists", what).help("name another folder with --output-dir")
        );
    }
    let lock = Lock::parse(&read(&arguments.lock)?)?;
    let transcript = transcript_of(&lock, arguments.transcript.as_deref())?;
    let (roster, dealt) = judge(&lock, &transcript)?;

    let key = decryption_key(arguments, &transcript)?;
    let announced = key.encryption_key().to_bytes();
    let join = roster.joins().iter().find(|join| join.body().encryption_key == announced);
    let operator = join.map(|join| join.author()).ok_or_else(|| {
        Failure::new(
            Exit::Invalid,
            "recover.other-key",
            "the decryption key belongs to no operator of this ceremony",
        )
        .help("every attempt has a key of its own: look for the folder with this ceremony's id")
    })?;
    notice(&format!("the transcript verifies; the key is that of operator {operator}"));
    let shares = dealt.open(&roster, operator, &key)?;
    std::fs::create_dir_all(&arguments.output_dir)
        .map_err(|error| disk(&arguments.output_dir, "make", &error))?;
    // In the same folder, so that it can be renamed; a killed run before this one may have left it.
    let staging = arguments.output_dir.join(".coram-keystores");
    {
        let (shares, gauge) = (shares.as_slice(), Gauge::new());
        let written = gauge.steps("writing keystores", shares.len());
        outputs::write_keystores(&arguments.output_dir, &staging, shares, &written)?;
        let checked = gauge.steps("reading keystores back and decrypting them", shares.len());
        outputs::check_keystores(&keystores, shares, &checked)?;
    }
    notice(
        "do not run a validator with recovered keystores while the originals are in use elsewhere: that is slashed",
    );
    result(&format!("{}\n", keystores.display()))
}

/// The transcript of a lock: the member, or a file.
fn transcript_of(lock: &Lock, file: Option<&Path>) -> Result<UnverifiedTranscript, Failure> {
    let detached: Option<Value> = match file {
        Some(path) => Some(json::check_bounded(&read(path)?, &[], lock::MAX_BYTES)?),
        None => None,
    };
    let value = detached.as_ref().or_else(|| lock.transcript()).ok_or_else(|| {
        Failure::new(
            Exit::Invalid,
            "transcript.missing",
            format!("the lock has no member {}", transcript::MEMBER),
        )
        .help("shares can be recovered only with the transcript; give it with --transcript")
    })?;
    let invalid = |error: &dyn ToString| Failure::new(Exit::Invalid, "transcript.invalid", error.to_string());
    UnverifiedTranscript::read(value, lock.definition()).map_err(|error| invalid(&error))
}

/// Judges the whole transcript, and compares its lock with this one.
fn judge(lock: &Lock, transcript: &UnverifiedTranscript) -> Result<(Roster, Dealt), Failure> {
    let invalid = |what: String| {
        Failure::new(Exit::Invalid, "transcript.invalid", what)
            .help("run `coram verify` on the lock for all that is wrong")
    };
    let Replay { roster, dealt, sealed, .. } =
        transcript.replay_phases().map_err(|error| invalid(error.to_string()))?;
    if sealed.lock().hash()? != lock.hash()? {
        return Err(invalid("the transcript is that of another lock".to_owned()));
    }
    Ok((roster, dealt))
}

/// The key that is named, that of the attempt in the data folder, or the one that the identity key gives.
fn decryption_key(arguments: &Recover, transcript: &UnverifiedTranscript) -> Result<DecryptionKey, Failure> {
    let ceremony = &transcript.ceremony;
    if let Some(path) = &arguments.decryption_key {
        return read_key(path);
    }
    let data_dir = DataDir::open(&arguments.data_dir)?;
    let path = attempt::folder(&data_dir, ceremony).join(DECRYPTION_KEY);
    if path.exists() {
        return read_key(&path);
    }
    match ceremony.parameters().encryption_keys {
        // The seed is not used.
        EncryptionKeys::FromIdentity => Ok(keys::decryption_key(ceremony, &data_dir.identity()?, &[0; 32])),
        EncryptionKeys::Fresh => {
            let what = format!(
                "there is no {}, and the encryption keys of this ceremony were fresh: no other key gives the shares",
                path.display()
            );
            Err(Failure::new(Exit::Usage, "recover.no-key", what).help(
                "name a backup of the key with --decryption-key, or the operator's folder with --data-dir",
            ))
        }
    }
}

fn read_key(path: &Path) -> Result<DecryptionKey, Failure> {
    DecryptionKey::from_bytes(&*read_secret(path)?).map_err(|error| {
        Failure::new(Exit::Invalid, "key.form", format!("{}: {error}", path.display()))
            .help("restore the file from a backup")
    })
}
