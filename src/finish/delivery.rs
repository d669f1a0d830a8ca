//! Where the outputs of a ceremony go.

use coram_cluster::bls::SecretKey;

use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::keymanager::{self, Keymanager};
use crate::report::Reporter;
use crate::store::attempt::Attempt;
use crate::store::data_dir::{DataDir, KEYSTORES};
use crate::store::{archive, outputs};
use crate::work::{Meter, Work};

/// Where the outputs go.
pub struct Delivery {
    /// The keymanager that is to have the keys. Keystores are on disk only where there is none, or as long as it has not all keys.
    pub keymanager: Option<Keymanager>,
    /// Whether the outputs are packed into one file.
    pub zipped: bool,
}

impl Delivery {
    /// Refuses, before anything is signed, what could not be delivered at the end.
    ///
    /// # Errors
    ///
    /// `keymanager.other` if keys went to another keymanager before, and what [`Keymanager::probe`] reports.
    pub fn check(&self, data_dir: &DataDir, attempt: &Attempt, reporter: &Reporter) -> Result<(), Failure> {
        let before = attempt.keymanager()?;
        let Some(keymanager) = &self.keymanager else {
            if let Some(address) = before.filter(|_| !attempt.is_imported()) {
                let text = format!(
                    "the keymanager at {address} may have some of the keys: never run keystores on disk beside it"
                );
                reporter.tell(Event::Warning { text });
            }
            return Ok(());
        };
        let address = keymanager.address().to_string();
        if let Some(before) = before.filter(|before| *before != address) {
            let what = format!("keys of this ceremony went to the keymanager at {before}, not {address}");
            return Err(Failure::new(Exit::Refused, "keymanager.other", what).help(
                "keys in two validator clients get slashed: go on with the first; if it is gone for good, leave the keymanager's options out and import the keystores by hand",
            ));
        }
        if attempt.is_imported() {
            return Ok(());
        }
        if attempt.is_finishing() && !attempt.has_decryption_key() {
            let what = "the decryption key was destroyed, and there are no keys to import without it";
            return Err(Failure::new(Exit::Refused, "keymanager.import", what)
                .help(format!("import the keystores in {KEYSTORES} by hand")));
        }
        if attempt.is_finishing() && archive::exists(data_dir) {
            let what = format!("the keystores are packed already: {}", archive::path(data_dir).display());
            return Err(Failure::new(Exit::Refused, "store.exists", what)
                .help("import them by hand, or move the archive away and run again"));
        }
        keymanager.probe()
    }

    /// Gives the keystores to the keymanager, or writes them to the data folder. Returns why an import failed; the keystores are in
    /// the data folder then.
    pub fn deliver_keystores(
        &self,
        data_dir: &DataDir,
        attempt: &Attempt,
        shares: &[SecretKey],
        reporter: &Reporter,
    ) -> Result<Option<Failure>, Failure> {
        if attempt.is_imported() {
            return Ok(None);
        }
        let Some(keymanager) = &self.keymanager else {
            write_keystores(data_dir, attempt, shares, reporter)?;
            return Ok(None);
        };
        attempt.start_import(&keymanager.address().to_string())?;
        if let Err(failure) = keymanager::import(keymanager, shares, reporter) {
            write_keystores(data_dir, attempt, shares, reporter)?;
            return Ok(Some(failure.help(format!(
                "nothing is lost: the keystores and their passwords are in {}. Run the same command again to go on with the import; \
                 keys that are there count as imported. Until then, give these keystores to no other validator client",
                data_dir.path().join(KEYSTORES).display()
            ))));
        }
        outputs::withdraw_keystores(data_dir.path(), &attempt.staging(), shares)?;
        attempt.finish_import()?;
        let text =
            format!("the keymanager at {} has all keys; no keystores are on disk", keymanager.address());
        reporter.tell(Event::Notice { text });
        Ok(None)
    }
}

fn write_keystores(
    data_dir: &DataDir,
    attempt: &Attempt,
    shares: &[SecretKey],
    reporter: &Reporter,
) -> Result<(), Failure> {
    let written = Meter::begin(reporter, Work::Keystores, shares.len());
    outputs::write_keystores(data_dir.path(), &attempt.staging(), shares, &|| written.advance())?;
    // None are written where an earlier run did.
    written.end();
    let checked = Meter::begin(reporter, Work::CheckKeystores, shares.len());
    outputs::check_keystores(&data_dir.path().join(KEYSTORES), shares, &|| checked.advance())
}
