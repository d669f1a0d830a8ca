//! The validator client that is to have the keys.

use super::relays::failed;
use super::report::Finding;
use super::{Found, Subject, found};

/// `keymanager.answers`.
pub fn answers(subject: &Subject<'_>) -> Found {
    let keymanager = match subject.delivery {
        Ok(delivery) => delivery.keymanager.as_ref(),
        Err(failure) => return Some(vec![failed(failure)]),
    };
    let Some(keymanager) = keymanager else {
        return found(Ok(Finding::skipped("no --keymanager-address is given")));
    };
    let address = keymanager.address().to_string();
    found(keymanager.probe().map(|()| {
        Finding::pass(format!("{address}: answers, and takes the token")).value("address", address)
    }))
}
