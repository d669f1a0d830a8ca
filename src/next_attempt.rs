//! The command by which an operator goes on with the next attempt: the one that was typed, with another number.

use std::ffi::OsString;

use coram_ceremony::Ceremony;

/// What the two options that may change are called.
const CHANGED: [&str; 2] = ["--attempt", "--dealers"];

/// The command for the next attempt, with the dealers of this one.
pub fn command(ceremony: &Ceremony) -> String {
    next(std::env::args_os(), ceremony.terms().attempt, &ceremony.parameters().dealers, ceremony.operators())
}

/// The option for an attempt in which these operators do not deal; none if nothing would change by it, or if too few are left.
pub fn option_without(ceremony: &Ceremony, operators: &[u16]) -> Option<String> {
    let dealers = &ceremony.parameters().dealers;
    let left: Vec<u16> = dealers.iter().copied().filter(|dealer| !operators.contains(dealer)).collect();
    let is_one = left.len() < dealers.len() && left.len() >= usize::from(ceremony.threshold());
    is_one.then(|| format!("--dealers {}", list(&left)))
}

/// The command for an attempt by its number.
pub fn command_for(attempt: u32) -> String {
    with(std::env::args_os(), &CHANGED[..1], vec!["--attempt".to_owned(), attempt.to_string()])
}

fn next(words: impl Iterator<Item = OsString>, attempt: u32, dealers: &[u16], operators: u16) -> String {
    let mut added = vec!["--attempt".to_owned(), attempt.saturating_add(1).to_string()];
    if dealers.len() < usize::from(operators) {
        added.extend(["--dealers".to_owned(), list(dealers)]);
    }
    with(words, &CHANGED, added)
}

fn list(dealers: &[u16]) -> String {
    dealers.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

/// The command without some options and their values, and with others at its end.
fn with(words: impl Iterator<Item = OsString>, without: &[&str], added: Vec<String>) -> String {
    let mut kept = Vec::new();
    let mut words = words.map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        if without.contains(&word.as_str()) {
            words.next();
        } else if !without
            .iter()
            .any(|name| word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
        {
            kept.push(word);
        }
    }
    kept.extend(added);
    kept.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(typed: &[&str], attempt: u32, dealers: &[u16]) -> String {
        next(typed.iter().map(OsString::from), attempt, dealers, 4)
    }

    #[test]
    fn what_was_typed_is_kept_but_for_attempt_and_dealers() {
        let typed =
            ["coram", "dkg", "--attempt", "3", "--peer", "/ip4/1.2.3.4/tcp/1", "--dealers=1,2,3", "--once"];
        let all = "coram dkg --peer /ip4/1.2.3.4/tcp/1 --once --attempt 4";
        assert_eq!(after(&typed, 3, &[1, 2, 3, 4]), all);
        assert_eq!(after(&typed, 3, &[1, 2, 4]), format!("{all} --dealers 1,2,4"));
        let typed = ["coram", "dkg", "--attempt=0", "--dealers", "1,2,3"];
        assert_eq!(after(&typed, 0, &[1, 2, 3, 4]), "coram dkg --attempt 1");
    }

    #[test]
    fn a_shell_reads_it_as_it_was_meant() {
        let typed = ["coram", "dkg", "--data-dir", "my folder", "--board", "it's", "--relay", ""];
        let said = r"coram dkg --data-dir 'my folder' --board 'it'\''s' --relay '' --attempt 1";
        assert_eq!(after(&typed, 0, &[1, 2, 3, 4]), said);
    }
}
