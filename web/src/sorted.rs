//! Files that somebody gave at once: which of them is judged, and what the others are for.

use coram_ceremony::verify::{FileKind, NamedFile};

use crate::request::{File, Part, Refused, Role};

/// A file with what it is read as.
#[derive(Debug)]
pub struct Sorted {
    /// What it is read as.
    pub role: Role,
    /// The file.
    pub file: NamedFile,
}

/// Cuts the bytes of a request into files, and says what each is.
///
/// # Errors
///
/// [`Refused`] unless exactly one of them can be judged.
pub fn sort(files: &[File], mut bytes: &[u8]) -> Result<Vec<Sorted>, Refused> {
    let mut sorted = Vec::with_capacity(files.len());
    for file in files {
        let (content, rest) = bytes
            .split_at_checked(file.bytes)
            .ok_or_else(|| Refused::new(Part::Request, "the files are shorter than the request says"))?;
        bytes = rest;
        let role = match file.role {
            Some(role) => role,
            None => role_of(content),
        };
        let file = NamedFile { name: file.name.clone(), bytes: content.to_vec() };
        sorted.push(Sorted { role, file });
    }
    let count = |role| sorted.iter().filter(|file| file.role == role).count();
    match (count(Role::Lock), count(Role::Fault), count(Role::Transcript), count(Role::DepositData)) {
        (1, 0, 0 | 1, _) | (0, 1, 0, 0) | (0, 0, 0, 1..) => Ok(sorted),
        (1, 0, _, _) => Err(refused("there is more than one transcript: give the one of this lock")),
        (0, 0, 1.., _) => Err(refused("this is a transcript: it is judged with its lock, so give both")),
        (0, 0, 0, 0) => {
            Err(refused("this is a cluster definition, not a lock: nothing was made under it yet"))
        }
        _ => Err(refused("there is more than one file to be judged: give one lock, or one fault file")),
    }
}

/// A definition stands in its lock too.
fn role_of(content: &[u8]) -> Role {
    match FileKind::of(content) {
        FileKind::Lock => Role::Lock,
        FileKind::Transcript => Role::Transcript,
        FileKind::DepositData => Role::DepositData,
        FileKind::Fault => Role::Fault,
        FileKind::Definition => Role::LeftOut,
    }
}

fn refused(what: &str) -> Refused {
    Refused::new(Part::Files, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{"distributed_validators": []}"#;
    const TRANSCRIPT: &str = r#"{"protocol": "coram/v1", "deals": []}"#;
    const DEPOSITS: &str = r#"[{"deposit_data_root": ""}]"#;
    const FAULT: &str = r#"{"fault_version": 1}"#;
    const DEFINITION: &str = r#"{"operators": []}"#;

    fn roles(texts: &[&str]) -> Result<Vec<Role>, String> {
        let files: Vec<File> =
            texts.iter().map(|text| File { bytes: text.len(), name: None, role: None }).collect();
        let sorted = sort(&files, texts.concat().as_bytes()).map_err(|refused| refused.what)?;
        Ok(sorted.iter().map(|file| file.role).collect())
    }

    #[test]
    fn files_find_their_places() {
        use Role::{DepositData, Fault, LeftOut, Lock, Transcript};
        assert_eq!(roles(&[LOCK]), Ok(vec![Lock]));
        assert_eq!(roles(&["no JSON"]), Ok(vec![Lock]));
        assert_eq!(
            roles(&[TRANSCRIPT, DEFINITION, LOCK, DEPOSITS, DEPOSITS]),
            Ok(vec![Transcript, LeftOut, Lock, DepositData, DepositData])
        );
        assert_eq!(roles(&[FAULT]), Ok(vec![Fault]));
        assert_eq!(roles(&[DEPOSITS, DEPOSITS]), Ok(vec![DepositData, DepositData]));
    }

    #[test]
    fn one_file_is_judged_or_none() {
        for files in [
            &[LOCK, LOCK][..],
            &[LOCK, FAULT],
            &[FAULT, FAULT],
            &[LOCK, TRANSCRIPT, TRANSCRIPT],
            &[TRANSCRIPT],
            &[TRANSCRIPT, DEPOSITS],
            &[FAULT, DEPOSITS],
            &[DEFINITION],
            &[],
        ] {
            assert!(roles(files).is_err(), "{files:?}");
        }
    }

    #[test]
    fn files_that_are_not_there_are_refused() {
        let file = File { bytes: 10, name: None, role: Some(Role::Lock) };
        assert_eq!(sort(&[file], b"short").unwrap_err().of, Part::Request);
    }
}
