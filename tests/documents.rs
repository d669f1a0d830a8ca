//! What the documents say of the code.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use coram_simulator::adversary::{Cheaters, catalogue};
use coram_simulator::table::list;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A document.
fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The Rust files of all crates.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["circuits", "proofs", "cluster", "ceremony", "views", "web", "src"]
        .iter()
        .map(|name| Path::new(ROOT).join(name))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The names of functions in a Rust file.
fn functions(source: &str) -> impl Iterator<Item = &str> {
    source.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next())
}

/// The names of tests in a Rust file.
fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    source.split("#[test]\n").skip(1).filter_map(|rest| functions(rest).next())
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Soundness is a table of conditions; a renamed test or file must not leave one behind that nothing breaks.
#[test]
fn the_tests_and_files_in_the_table_of_conditions_exist() {
    let sources = sources();
    let texts: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let functions: BTreeSet<&str> = texts.iter().flat_map(|text| functions(text)).collect();
    let is_file = |name: &str| {
        let name = name.split_once('/').filter(|(short, _)| short.len() <= 2).map_or(name, |(_, rest)| rest);
        sources.iter().any(|path| path.ends_with(name))
    };

    let document = read("docs/proofs.md");
    let section = document.split("\n## ").find(|section| section.starts_with("12. ")).unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.split(" | ").collect())
        .collect();
    let mut wrong = Vec::new();
    let mut tests = 0;
    for row in rows.iter().filter(|row| !row[0].contains("condition")) {
        let files = row[1..].iter().flat_map(|cell| quoted(cell)).filter(|name| name.ends_with(".rs"));
        wrong.extend(files.filter(|name| !is_file(name)));
        // Single letters are points and abbreviations.
        let names: Vec<&str> =
            quoted(row[2]).filter(|name| name.len() > 1 && !name.ends_with(".rs")).collect();
        tests += names.len();
        wrong.extend(names.into_iter().filter(|name| !functions.contains(name)));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(rows.len() > 50 && tests > 100, "{} rows, {tests} tests: the table was not found", rows.len());
}

/// An attack whose test was renamed or removed would look as if it were still tested.
#[test]
fn the_tests_and_adversaries_in_the_threat_model_exist() {
    let (mut wrong, mut tests, mut named) = (Vec::new(), 0, 0);
    let documents = ["docs/threat-model.md", "docs/crash.md"].map(read);
    let rows = documents.iter().flat_map(|document| {
        let rows = document.lines().filter(|line| line.starts_with("| "));
        rows.map(|line| line.trim_matches(['|', ' ']).split(" | ").collect::<Vec<&str>>())
            .skip_while(|row| row.last() != Some(&"shown by"))
    });
    for row in rows.filter(|row| row.last() != Some(&"shown by")) {
        let (mut file, mut before) = (String::new(), tests + named);
        for name in quoted(row.last().unwrap()) {
            if name.ends_with(".rs") {
                match fs::read_to_string(Path::new(ROOT).join(name)) {
                    Ok(text) => file = text,
                    Err(error) => wrong.push(format!("{name}: {error}")),
                }
                before = 0;
            } else if name.contains('_') {
                tests += 1;
                if !tests_in(&file).any(|test| test == name) {
                    wrong.push(format!("{name} is no test there: {}", row[0]));
                }
            } else {
                named += 1;
                if !catalogue().any(|entry| entry.name == name) {
                    wrong.push(format!("no adversary {name}: {}", row[0]));
                }
            }
        }
        if before == tests + named {
            wrong.push(format!("nothing shows it: {}", row[0]));
        }
    }
    let cheating = catalogue().filter(|entry| entry.cheaters != Cheaters::None);
    let forgotten = cheating.filter(|entry| !documents[0].contains(&format!("`{}`", entry.name)));
    wrong.extend(forgotten.map(|entry| format!("no attack names {}", entry.name)));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tests > 100 && named > 130, "{tests} tests, {named} adversaries: the tables were not found");
}

/// The catalogue in the document is that of the program, and the table has every adversary, with every run that the text says, and
/// evidence that was verified wherever there was any.
#[test]
fn every_adversary_is_in_the_table_of_ceremonies() {
    let document = read("docs/adversaries.md");
    let entries: Vec<_> = catalogue().collect();
    assert!(
        document.contains(&list(&entries)),
        "`cargo run --release -p coram-simulator -- --list` says otherwise"
    );

    let cells =
        |line: &str| line.trim_matches(['|', ' ']).split('|').map(|cell| cell.trim().to_owned()).collect();
    let header = ["adversary", "n", "t", "runs", "outcome", "evidence verified", "accusations cleared"];
    let rows: Vec<Vec<String>> = document.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    let rows: Vec<&Vec<String>> = rows.iter().skip_while(|row| **row != header).skip(2).collect();
    let names: Vec<&str> = entries.iter().flat_map(|entry| [entry.name; 2]).collect();
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), names);
    let number = |text: &str| text.parse::<usize>().unwrap();
    for row in &rows {
        let (runs, outcome) = (number(&row[3]), row[4].as_str());
        let parts = || outcome.split("; ");
        let faults = if parts().all(|part| part.starts_with("fault: ")) {
            runs
        } else {
            let counted = |part: &str| part.strip_prefix("fault")?.split(['(', ')']).nth(1).map(number);
            parts().filter_map(counted).sum()
        };
        // Evidence may have been written before the last Seals came, which single out the messages that count.
        assert!((faults..=runs).contains(&row[5].parse().unwrap_or(0)), "{row:?}");
        assert!(number(&row[6]) >= runs + faults, "{row:?}");
    }
    let runs: usize = rows.iter().map(|row| number(&row[3])).sum();
    assert!(
        document.contains(&format!("{} adversaries, {runs} ceremonies, 0 violations", entries.len()))
            && runs >= 10_000
    );
}

/// What is said to be where, and the sections that arguments are said to be in.
#[test]
fn files_and_sections_that_auditors_are_sent_to_exist() {
    let document = read("docs/security.md");
    let is_path =
        |name: &&str| name.contains('/') && !name.contains(['<', ' ']) && !name.starts_with("validator_keys");
    let paths: Vec<&str> = document.split("```").step_by(2).flat_map(quoted).filter(is_path).collect();
    let missing: Vec<&&str> = paths.iter().filter(|path| !Path::new(ROOT).join(path).exists()).collect();
    assert!(missing.is_empty() && paths.len() > 20, "{missing:?} of {paths:?}");

    let proofs = read("docs/proofs.md");
    let claims = document.split("\n## ").find(|section| section.starts_with("What is claimed")).unwrap();
    let arguments =
        claims.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split(" | ").nth(1));
    let sections: Vec<&str> = arguments
        .flat_map(|cell| cell.split(|c: char| !c.is_ascii_digit() && c != '.'))
        .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let exists = |number: &&str| {
        proofs.lines().any(|line| {
            let title = line.trim_start_matches('#').trim_start();
            line.starts_with("##")
                && (title.starts_with(&format!("{number} ")) || title.starts_with(&format!("{number}. ")))
        })
    };
    let missing: Vec<&&str> = sections.iter().filter(|number| !exists(number)).collect();
    assert!(missing.is_empty() && sections.len() > 10, "{missing:?} of {sections:?}");
}

/// Section 22 of the protocol says where each bound stands; a bound that is changed there and not here would mislead whoever
/// writes another implementation.
#[test]
fn the_bounds_between_peers_are_those_of_the_code() {
    let document = read("docs/protocol.md");
    let section = document.split("\n### ").find(|section| section.starts_with("22.7 ")).unwrap();
    let (mut wrong, mut bounds) = (Vec::new(), 0);
    for row in section.lines().filter(|line| line.contains(".rs`")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let mut source = String::new();
        for name in quoted(cells[2]) {
            if name.ends_with(".rs") {
                let is_whole = Path::new(ROOT).join(name).exists();
                source = if is_whole { read(name) } else { read(&format!("src/network/{name}")) };
                continue;
            }
            bounds += 1;
            let said = format!(" {} ", cells[1].replace(['`', ',', '(', ')'], " "));
            if !constant(&source, name).is_some_and(|value| said.contains(&format!(" {value} "))) {
                wrong.push(row);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(bounds > 20, "{bounds} bounds: the table was not found");
}

/// The value of a constant: a number, with the unit of a duration.
fn constant(source: &str, name: &str) -> Option<String> {
    let value = source.split(&format!("const {name}: ")).nth(1)?.split(" = ").nth(1)?.split(';').next()?;
    for (function, unit) in [("Duration::from_secs(", "s"), ("Duration::from_millis(", "ms")] {
        if let Some(rest) = value.strip_prefix(function) {
            return Some(format!("{} {unit}", rest.strip_suffix(')')?));
        }
    }
    let factors = value.replace("MAX_OPERATORS", "255").replace("1 << 20", "1048576");
    let product = factors.split(" * ").map(|factor| factor.parse::<u64>().ok()).product::<Option<u64>>();
    product.map(|product| product.to_string())
}

/// What an operator would type after reading must work.
#[test]
fn commands_and_options_in_the_documents_exist() {
    let commands = commands();
    let (mut wrong, mut found) = (Vec::new(), 0);
    for name in [
        "README.md",
        "CHANGELOG.md",
        "docs/network.md",
        "docs/crash.md",
        "docs/security.md",
        "docs/threat-model.md",
        "docs/events.md",
        "docs/inspect.md",
        "docs/doctor.md",
        "docs/setup.md",
        "docs/terms.md",
        "docs/checks.md",
        "docs/web.md",
        "docs/benchmarks.md",
    ] {
        for line in command_lines(&read(name)) {
            found += 1;
            if let Err(why) = check_command_line(&commands, &line) {
                wrong.push(format!("{name}: {line}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found > 40, "{found} commands and options: the documents were not read");
}

/// The calls of this program in a document, without comments, and options that stand alone.
fn command_lines(document: &str) -> Vec<String> {
    // A call may go on in the next line.
    let document = document.replace("\\\n", " ");
    let parts = || document.split("```");
    let texts = parts().skip(1).step_by(2).flat_map(str::lines).chain(parts().step_by(2).flat_map(quoted));
    let calls = texts.filter_map(|text| {
        let text = text.split(" #").next()?.trim();
        text.strip_prefix("cargo run --release -- ").map(|rest| format!("coram {rest}")).or_else(|| {
            (text == "coram" || text.starts_with("coram ") || text.starts_with("--")).then(|| text.to_owned())
        })
    });
    calls.collect()
}

/// Whether a command has all options that are given to it; and any command an option that stands alone.
fn check_command_line(commands: &BTreeMap<String, String>, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut options = words.iter().filter(|word| word.starts_with("--") && word.len() > 2);
    if words.first() != Some(&"coram") {
        let known = options.all(|option| commands.values().any(|help| has(help, option)));
        return if known { Ok(()) } else { Err("no command has this option".to_owned()) };
    }
    let name =
        (1..=words.len()).rev().map(|len| words[..len].join(" ")).find(|name| commands.contains_key(name));
    let name = name.unwrap_or_default();
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    if name == "coram" && words.get(1).is_some_and(is_word) {
        return Err("there is no such command".to_owned());
    }
    match options.find(|option| !has(&commands[&name], option)) {
        Some(option) => Err(format!("{name} has no {option}")),
        None => Ok(()),
    }
}

/// Whether a help text has an option; one that ends with an ellipsis stands for several.
fn has(help: &str, option: &str) -> bool {
    let option = option.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '…');
    let option = option.split('=').next().unwrap_or_default();
    let mut words = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    match option.strip_suffix('…') {
        Some(start) => words.any(|word| word.starts_with(start)),
        None => words.any(|word| word == option),
    }
}

/// The help of every command, by its name.
fn commands() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut names = vec!["coram".to_owned()];
    while let Some(name) = names.pop() {
        let help = Command::new(env!("CARGO_BIN_EXE_coram"))
            .args(name.split(' ').skip(1))
            .arg("--help")
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let list =
            help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
        let below = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let below = below.filter_map(|line| line.split_whitespace().next()).filter(|word| *word != "help");
        names.extend(below.map(|word| format!("{name} {word}")));
        found.insert(name, help);
    }
    found
}

/// A folder's table of contents names what is in it, and nothing else.
#[test]
fn tables_of_modules_are_complete() {
    let (mut wrong, mut tables) = (Vec::new(), 0);
    for path in sources() {
        let source = fs::read_to_string(&path).unwrap();
        let is_contents = |line: &str| line.starts_with("//! | file") || line.starts_with("//! | folder");
        if !source.lines().any(is_contents) {
            continue;
        }
        tables += 1;
        let rows: Vec<&str> = source.lines().filter(|line| line.starts_with("//! | `")).collect();
        let folder = if path.ends_with("main.rs") || path.ends_with("lib.rs") {
            path.parent().unwrap().to_owned()
        } else {
            path.with_extension("")
        };
        let named: BTreeSet<&str> = rows
            .iter()
            .flat_map(|row| quoted(row.trim_start_matches("//! | ").split(" | ").next().unwrap()))
            .filter(|name| name.ends_with(".rs") || name.ends_with('/'))
            .map(|name| name.trim_end_matches(".rs").trim_end_matches('/'))
            .collect();
        let exists = |name: &str| folder.join(name).with_extension("rs").exists();
        wrong.extend(
            named.iter().filter(|name| !exists(name)).map(|name| format!("{}: no {name}", path.display())),
        );
        let mut is_test = false;
        for line in source.lines() {
            let module =
                line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            if let Some(module) = module.filter(|module| !is_test && !named.contains(module)) {
                wrong.push(format!("{}: {module} is not in the table", path.display()));
            }
            is_test = line == "#[cfg(test)]" || line.starts_with("#[cfg(all(test,");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tables > 5, "{tables} tables: they were not found");
}
