//! What adversaries make at some expense, made once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use coram_ceremony::Ceremony;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Join, Signed};
use coram_ceremony::phase::{Roster, roster_hash};

use crate::Failure;

/// Most rosters, and most other things. When there are more, all are forgotten.
const MOST: usize = 8192;

/// Rosters, and false dealings under them.
#[derive(Default)]
pub struct Forgeries {
    rosters: Mutex<BTreeMap<RosterHash, Arc<Roster>>>,
    made: Mutex<BTreeMap<(RosterHash, String), Vec<u8>>>,
}

impl Forgeries {
    pub(crate) fn roster(
        &self,
        ceremony: &Ceremony,
        joins: Vec<Signed<Join>>,
    ) -> Result<Arc<Roster>, Failure> {
        let ids: Vec<_> = joins.iter().map(Signed::id).collect();
        let hash = roster_hash(ceremony.id(), &ids);
        if let Some(known) = lookup(&self.rosters, &hash) {
            return Ok(known);
        }
        let roster = Arc::new(Roster::form(ceremony, joins)?);
        keep(&self.rosters, hash, Arc::clone(&roster));
        Ok(roster)
    }

    pub(crate) fn recall(
        &self,
        roster: &Roster,
        name: &str,
        make: impl FnOnce(&Roster) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        let key = (roster.hash(), name.to_owned());
        if let Some(known) = lookup(&self.made, &key) {
            return Ok(known);
        }
        let made = make(roster)?;
        keep(&self.made, key, made.clone());
        Ok(made)
    }
}

fn lookup<K: Ord, V: Clone>(table: &Mutex<BTreeMap<K, V>>, key: &K) -> Option<V> {
    table.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<K: Ord, V>(table: &Mutex<BTreeMap<K, V>>, key: K, value: V) {
    let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
    if table.len() >= MOST {
        table.clear();
    }
    table.insert(key, value);
}
