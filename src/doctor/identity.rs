//! The identity key: whether it is there, whose it is, and who else uses it.

use super::report::Finding;
use super::{Facts, Found, found};
use crate::driver::name;
use crate::store::data_dir::IDENTITY_KEY;

/// `identity.key`.
pub fn key(facts: &mut Facts) -> Found {
    let data_dir = facts.data_dir.as_ref()?;
    found(data_dir.identity().map(|identity| {
        let path = data_dir.path().join(IDENTITY_KEY);
        let peer = identity.peer_id();
        facts.identity = Some(identity);
        Finding::pass(format!("{}: peer ID {peer}", path.display())).value("peer_id", peer)
    }))
}

/// `identity.operator`.
pub fn operator(facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let operator = facts.data_dir.as_ref()?.operator(ceremony, facts.identity.as_ref()?);
    found(
        operator.map(|index| {
            Finding::pass(format!("this is {}", name(ceremony, index))).value("operator", index)
        }),
    )
}

/// `identity.unused`.
pub fn unused(facts: &Facts) -> Found {
    let checked = facts.data_dir.as_ref()?.check_not_running();
    found(checked.map(|()| Finding::pass("no Charon has refreshed its lock on the key lately")))
}
