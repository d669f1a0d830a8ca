//! The catalogue as a page for people: `docs/checks.md`.

mod obol_sdk;

use std::fmt::Write as _;

use super::catalogue::CheckId;

const HEAD: &str = "# The checks

`coram verify` makes these checks, in this order, on every lock, and those that apply to it on a deposit-data file without its
lock. Every report lists all of them, whatever failed before:
*passed*, *failed*, *undecided* (it could not be made, and the report says why), *not applicable* (there is nothing in
this file to make it on) or *accepted* (it did not pass, and whoever asked for the report accepts that by its name).

If one check failed, the verdict is INVALID; if none failed and one is undecided, INDETERMINATE; else VALID. A check whose
needs did not pass is undecided, so the failed ones name the cause and not its consequences. A check that was accepted did
not pass: what needs it stays undecided. A lock without a transcript is never VALID.

All items that do not hold are listed, each by its place, such as `$.pvss_transcript.deals[3].dealing.proof`. In a file beside
the lock, the place starts with the file's name, or with what it is: `transcript:$`, `deposit_data[0]:$`, `keystores[0]:$`. Only
reading stops at the first thing that cannot be read: `json.strict`, `lock.form`, the checks of the transcript up to
`transcript.messages`, and, in each file or entry of its own, `deposit-data.form` and `keystores.form`. And where one item decides,
one is named: the first pair for `joins.unrelated-keys`, the first validator for `keys.threshold`, `keys.not-identity` and `keys.distinct`.

What these checks have to do with those of Obol's SDK stands at the end of this page.

This page is made from the catalogue in `ceremony/src/verify/catalogue.rs`; a test compares them. To write it anew:
`UPDATE=1 cargo test --release -p coram-ceremony --lib verify::document`.
";

/// The page.
#[must_use]
pub fn checks_page() -> String {
    let mut page = HEAD.to_owned();
    for check in CheckId::ALL {
        let entry = check.entry();
        let _ = write!(page, "\n## `{}`\n\n{}.\n\n", entry.id, entry.title);
        let _ = writeln!(page, "* **Establishes**: {}", entry.establishes);
        let _ = writeln!(page, "* **Stops**: {}", entry.stops);
        let _ = writeln!(page, "* **Compares**: {}", entry.compares);
        if !entry.needs.is_empty() {
            let needs: Vec<String> = entry.needs.iter().map(|need| format!("`{need}`")).collect();
            let _ = writeln!(page, "* **Needs**: {}", needs.join(", "));
        }
        if !check.can_be_accepted() {
            let _ = writeln!(page, "* It cannot be accepted by name.");
        }
    }
    page + &obol_sdk::section()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_catalogue() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, checks_page()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == checks_page(), "docs/checks.md is not that of the catalogue: run with UPDATE=1");
    }

    #[test]
    fn names_are_stable_kebab_case_and_distinct() {
        let mut names: Vec<&str> = CheckId::ALL.iter().map(|check| check.name()).collect();
        for name in &names {
            let (group, rest) = name.split_once('.').unwrap();
            assert!(group.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert_eq!(CheckId::by_name(name).map(CheckId::name), Some(*name));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CheckId::ALL.len());
    }

    #[test]
    fn a_check_needs_only_checks_before_it() {
        for check in CheckId::ALL {
            assert!(check.entry().needs.iter().all(|need| need < check), "{check}");
        }
    }
}
