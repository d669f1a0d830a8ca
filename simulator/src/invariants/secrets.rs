//! What must not be in anything that was sent.

use std::collections::BTreeSet;

use coram_ceremony::message::Deal;
use zeroize::Zeroizing;

use super::{Findings, Inspector};
use crate::Failure;
use crate::operator::Ending;
use crate::run::Ended;

pub(super) fn check(inspector: &Inspector, ended: &Ended, findings: &mut Findings) {
    if ended.corrupted.len() >= usize::from(ended.cast.shape.threshold) {
        findings.violations.push("the adversary is larger than it may be".into());
    }
    let Some((witness, _)) = ended.honest.first() else { return };
    let honest: Vec<u8> =
        ended.honest.iter().flat_map(|(operator, _)| operator.index().to_be_bytes()).collect();
    let ids: Vec<u8> = witness.have().iter().flat_map(|id| *id.as_bytes()).collect();
    // Signatures are not in the ids, and made of no secret that could be found in them.
    let name = [ids, honest].concat();
    if let Err(wrong) =
        inspector.recall("secrets", &name, || search(ended).map_err(|error| error.to_string()))
    {
        findings.violations.push(wrong);
    }
}

/// Looks for the secrets of honest operators in all messages, and for values that dealings must not have in common.
fn search(ended: &Ended) -> Result<String, Failure> {
    let mut secrets: BTreeSet<[u8; 32]> = BTreeSet::new();
    for (operator, ending) in &ended.honest {
        let index = operator.index();
        let mut own = vec![
            ended.cast.decryption(index)?.to_bytes(),
            Zeroizing::new(ended.cast.dealing_seed(index)),
            ended.cast.identity(index)?.to_bytes(),
        ];
        if let Ending::Locked(outcome) = ending {
            own.extend(outcome.shares().iter().map(coram_cluster::bls::SecretKey::to_bytes));
        }
        for secret in own {
            let mut reversed = *secret;
            reversed.reverse();
            secrets.extend([*secret, reversed]);
        }
    }
    let starts: BTreeSet<u8> = secrets.iter().map(|secret| secret[0]).collect();
    for (operator, _) in &ended.honest {
        for message in operator.board().messages() {
            let bytes = message.to_bytes();
            let found = bytes
                .windows(32)
                .filter(|window| window.first().is_some_and(|byte| starts.contains(byte)))
                .any(|window| <[u8; 32]>::try_from(window).is_ok_and(|window| secrets.contains(&window)));
            if found {
                return Err(format!(
                    "the {} of operator {} contains a secret",
                    message.kind(),
                    message.author()
                )
                .into());
            }
        }
    }
    shared_values(ended)
}

/// A second dealing with one ephemeral key would mask two shares with one pad.
fn shared_values(ended: &Ended) -> Result<String, Failure> {
    let shape = &ended.cast.shape;
    let at = 48 * usize::from(shape.threshold) * shape.validators as usize;
    let blinder = at + 32 + 32 * usize::from(shape.operators) * shape.validators as usize;
    let mut seen = BTreeSet::new();
    let Some((witness, _)) = ended.honest.first() else { return Ok(String::new()) };
    for deal in witness.board().each::<Deal>().filter(|deal| !ended.corrupted.contains(&deal.author())) {
        let dealing = &deal.body().dealing;
        for value in [dealing.get(at..at + 32), dealing.get(blinder..blinder + 48)].into_iter().flatten() {
            if !seen.insert(value.to_vec()) {
                return Err(
                    format!("the dealing of operator {} repeats a value of another", deal.author()).into()
                );
            }
        }
    }
    Ok(String::new())
}
