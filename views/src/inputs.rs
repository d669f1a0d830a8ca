//! The files that were verified, and the command that verifies them again.

use coram_ceremony::verify::{CheckId, Input, InputRole, Outcome, Report, Subject};
use maud::{Markup, html};

use crate::parts::{exact, section as titled, table};
use crate::plain::{Plain, cut};

/// How many files the command names.
const NAMED: usize = 20;

/// Files and command.
pub fn section(report: &Report) -> Markup {
    let columns = ["File", "Read as", "Bytes", "SHA-256"];
    let rows: Vec<Vec<Markup>> = report.inputs.iter().take(crate::parts::ROWS).map(row).collect();
    let content = html! {
        (table("What this report is about: nothing else was judged.", &columns, &rows, report.inputs.len()))
        h3 { "Verify it yourself" }
        p.command { code { (command(report)) } }
        p.fine {
            "Same files, same program, same verdict. "
            @if has_expectations(report) {
                "What was expected stands beside the checks of expectations: put your own into "
                code { "expectations.json" } ". "
            }
            "Verified by " (report.verifier) ", report of version " (report.report_version) "."
        }
    };
    titled("inputs", "Files, and how to verify them again", &content)
}

fn row(input: &Input) -> Vec<Markup> {
    let name = input.name.as_deref();
    vec![
        html! { @match name { Some(name) => (Plain(name)), None => span.missing { "without a name" } } },
        html! { (input.role.name()) },
        html! { (input.bytes) },
        exact(&input.sha256),
    ]
}

/// The command for these files, as one line for a shell.
fn command(report: &Report) -> String {
    let mut words = vec!["coram verify".to_owned()];
    let subject = report.inputs.first();
    words.push(subject.map_or_else(|| "FILE".to_owned(), argument));
    let beside = report.inputs.iter().skip(1);
    let named = beside.filter_map(|input| Some((option(input.role)?, input)));
    words.extend(named.take(NAMED).map(|(option, input)| format!("{option} {}", argument(input))));
    if let Some(keystore) = report.inputs.iter().find(|input| input.role == InputRole::Keystore) {
        words.push(format!("--keystores {}", folder(keystore)));
    }
    if !report.accepted.is_empty() {
        words.push(format!("--accept {}", report.accepted.join(",")));
    }
    if has_expectations(report) {
        words.push("--expect expectations.json".to_owned());
    }
    words.join(" ")
}

/// The option that takes a file beside the first one.
const fn option(role: InputRole) -> Option<&'static str> {
    match role {
        InputRole::Transcript => Some("--transcript"),
        InputRole::DepositData => Some("--deposit-data"),
        InputRole::ReferenceString => Some("--reference"),
        // Keystores are named by their folder, once.
        InputRole::Lock | InputRole::Keystore => None,
    }
}

/// A file as an argument. A name that could not be copied from a page as it is gives way to what the file is.
fn argument(input: &Input) -> String {
    let name = input.name.as_deref().unwrap_or("-");
    word(name).unwrap_or_else(|| input.role.name().to_uppercase().replace(' ', "-"))
}

/// The folder of a keystore as an argument.
fn folder(keystore: &Input) -> String {
    let folder = keystore.name.as_deref().and_then(|name| name.rsplit_once('/'));
    folder.and_then(|(folder, _)| word(folder)).unwrap_or_else(|| "FOLDER".to_owned())
}

/// A name as a shell takes it: quoted, unless nothing in it needs that. None if it does not stand on a page as it is.
fn word(name: &str) -> Option<String> {
    if cut(name, 200).1 > 0 || Plain(name).to_string() != name {
        return None;
    }
    let is_simple = |c: char| c.is_ascii_alphanumeric() || "._-+=@%".contains(c);
    let name = if name.len() > 1 && name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    Some(if name.chars().all(|c| is_simple(c) || c == '/') {
        name
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    })
}

/// Whether anything was expected. Of a lock that cannot be read, no report says.
fn has_expectations(report: &Report) -> bool {
    let expected = [
        CheckId::ExpectOperators,
        CheckId::ExpectWithdrawal,
        CheckId::ExpectNetwork,
        CheckId::ExpectAmounts,
        CheckId::ExpectThreshold,
        CheckId::ExpectSetup,
        CheckId::ExpectTranscript,
    ];
    let is_read = report.subject == Subject::DepositData || report.cluster.is_some();
    let mut checks = expected.iter().filter_map(|check| report.check(check.name()));
    is_read && checks.any(|check| check.outcome != Outcome::NotApplicable)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use coram_ceremony::verify::{Options, verify_lock};

    use super::*;

    fn input(role: InputRole, name: &str) -> Input {
        Input { role, name: Some(name.to_owned()), sha256: String::new(), bytes: 0 }
    }

    #[test]
    fn names_are_quoted_for_a_shell() {
        for (name, word) in [
            ("cluster-lock.json", "cluster-lock.json"),
            ("my lock.json", "'my lock.json'"),
            ("-rf", "./-rf"),
            ("it's $(rm)`x`", r"'it'\''s $(rm)`x`'"),
            ("a\nb", "LOCK"),
            ("a\u{202e}b", "LOCK"),
        ] {
            assert_eq!(argument(&input(InputRole::Lock, name)), word);
        }
    }

    #[test]
    fn the_command_names_every_file_that_was_given() {
        let mut report = verify_lock(b"{}", &Options::default(), &|| Duration::ZERO);
        report.inputs = vec![
            input(InputRole::Lock, "cluster-lock.json"),
            input(InputRole::Transcript, "transcript.json"),
            input(InputRole::DepositData, "deposit-data.json"),
            input(InputRole::Keystore, "my keys/keystore-0.json"),
            input(InputRole::Keystore, "my keys/keystore-1.json"),
            input(InputRole::ReferenceString, "reference"),
        ];
        assert_eq!(
            command(&report),
            "coram verify cluster-lock.json --transcript transcript.json --deposit-data deposit-data.json \
             --reference reference --keystores 'my keys'"
        );
    }
}
