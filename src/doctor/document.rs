//! The catalogue as a page for people: `docs/doctor.md`.

use std::fmt::Write as _;

use super::catalogue::CheckId;

const HEAD: &str = "# The checks of `coram doctor`

`coram doctor`, with the options of `coram dkg`, says what would make the ceremony fail, before anybody waits for it. It
makes these checks, in this order, and changes nothing. Each comes to *pass*, *warn* (the ceremony may suffer), *fail* (it
would fail), or *skipped* (it was not made, and the report says why: it was not asked for, or a check that it needs failed).

The report goes to standard output, with `--json` for programs; there, every finding has its values. The exit code is 0 if
nothing failed, warnings or not; else that of the first check that failed, in this order, which is the exit code with which
`coram dkg` would end, named by the same code.

This page is made from the catalogue in `src/doctor/catalogue.rs`; a test compares them. To write it anew:
`UPDATE=1 cargo test --bin coram doctor::document`.
";

/// The page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for check in CheckId::ALL {
        let entry = check.entry();
        let _ = write!(page, "\n## `{}`\n\n{}.\n\n", entry.id, entry.title);
        let _ = writeln!(page, "* **Looks at**: {}", entry.looks_at);
        let _ = writeln!(page, "* **Otherwise**: {}", entry.otherwise);
        let _ = writeln!(page, "* **Results**: {}", entry.comes_to);
        if !entry.needs.is_empty() {
            let needs: Vec<String> =
                entry.needs.iter().map(|need| format!("`{}`", need.entry().id)).collect();
            let _ = writeln!(page, "* **Needs**: {}", needs.join(", "));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_that_of_the_catalogue() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/doctor.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == page(), "docs/doctor.md is not that of the catalogue: run with UPDATE=1");
    }

    #[test]
    fn names_are_stable_kebab_case_and_distinct() {
        let mut names: Vec<&str> = CheckId::ALL.iter().map(|check| check.entry().id).collect();
        for name in &names {
            let (group, rest) = name.split_once('.').unwrap();
            assert!(group.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
            assert!(rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CheckId::ALL.len());
    }

    #[test]
    fn a_check_needs_only_checks_before_it() {
        for check in CheckId::ALL {
            assert!(check.entry().needs.iter().all(|need| need < check), "{check:?}");
        }
    }
}
