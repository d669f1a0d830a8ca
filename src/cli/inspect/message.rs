//! A message of a ceremony.

use coram_ceremony::message::{Attest, Commit, Deal, Join, Kind, Seal, UnplacedMessage};
use coram_ceremony::parameters::Terms;

use super::lock::{moment, texts};
use super::sheet::{Item, Sheet, hex0x, shown};

/// What a message says, and who is said to have signed it.
pub fn sheet(message: &UnplacedMessage, bytes: usize) -> Sheet {
    Sheet::new()
        .with("kind", message.kind().name())
        .with("author", message.author())
        .with("hash", shown(message.id()))
        .with("bytes", bytes)
        .with("ceremony", shown(message.ceremony()))
        .with("roster", shown(message.roster()))
        .with("says", body(message).unwrap_or_else(|why| Item::Text(format!("cannot be read: {why}"))))
        .with("signature", hex0x(message.signature()))
}

fn body(message: &UnplacedMessage) -> Result<Item, String> {
    let sheet = match message.kind() {
        Kind::Join => message.body().map(|body| join(&body)),
        Kind::Commit => message.body().map(|body| commit(&body)),
        Kind::Deal => message.body().map(|body| deal(&body)),
        Kind::Attest => message.body().map(|body| attest(&body)),
        Kind::Seal => message.body().map(|body| seal(&body)),
    };
    sheet.map(Item::Sheet).map_err(|error| error.to_string())
}

fn join(body: &Join) -> Sheet {
    let Join { terms, encryption_key, possession, software } = body;
    Sheet::new()
        .with("terms", terms_sheet(terms))
        .with("encryption_key", hex0x(encryption_key))
        .with("possession", hex0x(possession))
        .with("software", String::from_utf8_lossy(software).into_owned())
}

fn terms_sheet(terms: &Terms) -> Sheet {
    let parameters = &terms.parameters;
    Sheet::new()
        .with("protocol_version", terms.protocol)
        .with("kind", terms.kind.name())
        .with("attempt", terms.attempt)
        .with("definition_hash", hex0x(terms.definition))
        .with("previous_lock", terms.previous_lock.map(hex0x))
        .with("proof_system", parameters.proof_system.name())
        .with("setup", parameters.setup.map(hex0x))
        .with("commits", parameters.commits)
        .with("encryption_keys", parameters.encryption_keys.name())
        .with_list("dealers", parameters.dealers.iter().copied())
        .with("genesis_time", moment(parameters.genesis_time))
        .with("extraction", parameters.extraction.name())
}

fn commit(body: &Commit) -> Sheet {
    Sheet::new().with("dealing_hash", hex0x(body.hash)).with("joins", texts(&body.joins))
}

fn deal(body: &Deal) -> Sheet {
    Sheet::new().with("commits_hash", hex0x(body.commits)).with("dealing_bytes", body.dealing.len())
}

fn attest(body: &Attest) -> Sheet {
    Sheet::new()
        .with("root", hex0x(body.root))
        .with("attestations", texts(&body.attestations))
        .with("deposits", texts(&body.deposits))
        .with("registrations", texts(&body.registrations))
}

fn seal(body: &Seal) -> Sheet {
    Sheet::new()
        .with("lock_hash", hex0x(body.lock_hash))
        .with("transcript_root", hex0x(body.transcript_root))
        .with("node_signature", hex0x(body.node_signature))
        .with("partials", texts(&body.partials))
}
