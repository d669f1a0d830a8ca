//! What a keymanager answers.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The longest message of a keymanager that is shown, in characters.
const MAX_MESSAGE: usize = 300;

/// What became of a keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The keymanager has it now.
    Imported,
    /// The keymanager had it before.
    Duplicate,
    /// It does not have it.
    Error,
}

/// What a keymanager says of one keystore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What became of it.
    pub status: Status,
    /// What the keymanager says about it.
    pub message: String,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: Vec<T>,
}

/// The keys that a keymanager lists: lowercase hex, without 0x.
pub fn keys(body: &[u8]) -> Result<BTreeSet<String>, String> {
    #[derive(Deserialize)]
    struct Key {
        validating_pubkey: String,
    }
    let answer: Answer<Key> =
        serde_json::from_slice(body).map_err(|_| "it does not answer with a list of keys".to_owned())?;
    let hex = |key: Key| key.validating_pubkey.trim_start_matches("0x").to_ascii_lowercase();
    Ok(answer.data.into_iter().map(hex).collect())
}

/// What it says of `count` keystores.
pub fn replies(body: &[u8], count: usize) -> Result<Vec<Reply>, String> {
    #[derive(Deserialize)]
    struct Item {
        status: String,
        message: Option<String>,
    }
    let answer: Answer<Item> = serde_json::from_slice(body)
        .map_err(|_| "it does not say what became of the keystores".to_owned())?;
    if answer.data.len() != count {
        return Err(format!("it says what became of {} keystores, not of {count}", answer.data.len()));
    }
    let reply = |item: Item| {
        let message = item.message.unwrap_or_default();
        match item.status.as_str() {
            "imported" => Reply { status: Status::Imported, message },
            "duplicate" => Reply { status: Status::Duplicate, message },
            "error" => Reply { status: Status::Error, message },
            other => Reply { status: Status::Error, message: format!("unknown status {other:?}: {message}") },
        }
    };
    Ok(answer.data.into_iter().map(reply).collect())
}

impl Reply {
    /// For people.
    pub fn text(&self) -> String {
        let message: String = self.message.chars().take(MAX_MESSAGE).collect();
        match (self.status, message.is_empty()) {
            (Status::Imported, _) => "imported".to_owned(),
            (Status::Duplicate, _) => "was there already".to_owned(),
            (Status::Error, true) => "not imported, without a reason".to_owned(),
            (Status::Error, false) => format!("not imported: {message}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keystore_has_its_status() {
        let body = br#"{"data":[{"status":"imported"},{"status":"duplicate","message":""},
            {"status":"error","message":"no"},{"status":"IMPORTED","message":"?"}]}"#;
        let replies = replies(body, 4).unwrap();
        let statuses: Vec<Status> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [Status::Imported, Status::Duplicate, Status::Error, Status::Error]);
        assert_eq!(replies[2].text(), "not imported: no");
        assert_eq!(replies[3].text(), r#"not imported: unknown status "IMPORTED": ?"#);
    }

    #[test]
    fn an_answer_for_fewer_or_more_keystores_says_nothing() {
        let body = br#"{"data":[{"status":"imported"}]}"#;
        assert!(replies(body, 1).is_ok());
        for count in [0, 2] {
            assert!(replies(body, count).is_err());
        }
        for body in [&b"[]"[..], b"{}", br#"{"data":{}}"#, br#"{"data":[{}]}"#, b"<html>"] {
            assert!(replies(body, 1).is_err());
            assert!(keys(body).is_err());
        }
    }

    #[test]
    fn keys_are_compared_in_one_form() {
        let listed =
            keys(br#"{"data":[{"validating_pubkey":"0xAB"},{"validating_pubkey":"cd","readonly":true}]}"#);
        assert_eq!(listed.unwrap(), BTreeSet::from(["ab".to_owned(), "cd".to_owned()]));
    }
}
