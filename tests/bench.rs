//! `coram bench dealings`: every form of its output, cells that are kept, and cells that are ended.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use common::{coram, run, text};
use serde_json::Value;

/// Batches give something for four operators and two validators alone, and never for a baseline.
const SMALL: [&str; 10] = [
    "--proof",
    "transparent,feldman",
    "--extraction",
    "batched,sum",
    "--operators",
    "4,3",
    "--validators",
    "1,2",
    "--runs",
    "1",
];

fn dealings(arguments: &[&str]) -> Command {
    let mut command = coram();
    command.args(["bench", "dealings"]).args(arguments);
    command
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(dealings(arguments).arg("--json"))).unwrap()
}

/// The cells of comma-separated values, without those marks of quotation that none of ours needs inside.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(character),
        }
    }
    fields
}

#[test]
fn every_form_says_the_same_and_what_is_kept_is_not_measured_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (kept, csv, plot) = (path("cells.jsonl"), path("cells.csv"), path("cells.svg"));
    let all = [&SMALL[..], &["--resume", &kept, "--csv", &csv, "--plot", &plot]].concat();
    let report = json(&all);

    let cells = report["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 9);
    // The smallest come first, whatever the order of the lists.
    let numbers: Vec<[&Value; 2]> =
        cells.iter().map(|cell| [&cell["validators"], &cell["operators"]]).collect();
    assert!(numbers.is_sorted_by_key(|pair| pair.map(Value::as_u64)), "{numbers:?}");
    for cell in cells {
        assert_eq!(cell["outcome"], "measured", "{cell}");
        assert_eq!(cell["constraints"].is_null(), cell["scheme"] == "feldman");
        for step in ["build", "deal", "verify_one", "verify_all", "decrypt"] {
            assert!(
                cell[step]["wall"].as_f64().unwrap() > 0.0 && cell[step]["cpu"].is_number(),
                "{step}: {cell}"
            );
        }
        assert_eq!(cell["keys"]["wall"].is_number(), cell["scheme"] == "transparent", "{cell}");
        let multiplication = cell["unit"].as_f64().unwrap();
        assert!((1e-6..1e-2).contains(&multiplication), "{cell}");
        let peaks = [&cell["peak_deal"], &cell["peak_verify"]].map(Value::as_u64);
        assert!(
            !cfg!(target_os = "linux") || peaks.iter().all(|peak| peak.is_some_and(|bytes| bytes > 1 << 20))
        );
        assert_eq!(cell["commit"], cells[0]["commit"]);
    }
    // One polynomial for both keys of a batch, and one for each of two sums.
    let batched: Vec<&Value> = cells.iter().filter(|cell| cell["extraction"] == "batched").collect();
    let [batch] = batched[..] else { panic!("{batched:?}") };
    assert_eq!((&batch["operators"], &batch["validators"]), (&Value::from(4), &Value::from(2)));
    let sums = |validators: u64| {
        let is_it = |cell: &&Value| {
            cell["extraction"] == "sum" && cell["scheme"] == "transparent" && cell["operators"] == 4
        };
        cells.iter().filter(is_it).find(|cell| cell["validators"] == validators).unwrap()
    };
    assert_eq!(batch["constraints"], sums(1)["constraints"]);
    assert_eq!(batch["dealing_bytes"], sums(1)["dealing_bytes"]);
    assert_ne!(batch["dealing_bytes"], sums(2)["dealing_bytes"]);
    // A point for each coefficient and a scalar for each share, for every validator: what Feldman's dealings are.
    let feldman = cells.iter().find(|cell| cell["scheme"] == "feldman").unwrap();
    let (n, t) = (feldman["operators"].as_u64().unwrap(), feldman["threshold"].as_u64().unwrap());
    assert_eq!((n, t), (3, 3));
    assert_eq!(feldman["dealing_bytes"], 48 * t + 32 * n);
    let growth = report["growth"].as_array().unwrap();
    let over_m = growth.iter().find(|one| one["scheme"] == "feldman" && one["over"] == "m").unwrap();
    assert!((over_m["exponents"]["dealing_bytes"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{over_m}");

    let csv = fs::read_to_string(&csv).unwrap();
    let lines: Vec<Vec<String>> = csv.lines().map(fields).collect();
    assert_eq!(lines.len(), 10);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{csv}");
    let column = lines[0].iter().position(|name| name == "deal_wall_s").unwrap();
    for (line, cell) in lines[1..].iter().zip(cells) {
        assert_eq!(line[column].parse::<f64>().unwrap(), cell["deal"]["wall"].as_f64().unwrap());
    }

    let svg = fs::read_to_string(&plot).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    for said in
        ["operators, n", "validators, m", "verify all n", "transparent, batched", "feldman (baseline)", " ms"]
    {
        assert!(svg.contains(said), "the plot does not say {said}");
    }

    // The same again: nothing is measured, and the figures are those of before.
    let length = fs::metadata(&kept).unwrap().len();
    let again = dealings(&all).arg("--markdown").output().unwrap();
    assert_eq!(text(&again.stderr).matches("kept from an earlier run").count(), 9, "{}", text(&again.stderr));
    assert_eq!(fs::metadata(&kept).unwrap().len(), length);
    assert_eq!(json(&all), report);
    let markdown = text(&again.stdout);
    let table: Vec<&str> = markdown.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 2 + 9, "{markdown}");
    assert!(table.iter().all(|row| row.matches('|').count() == table[0].matches('|').count()), "{markdown}");
    assert!(
        run(&mut dealings(&[&SMALL[..], &["--resume", &kept]].concat())).contains("transparent, batched")
    );
    let printed = run(dealings(&SMALL).args(["--resume", &kept, "--csv", "-"]));
    assert_eq!(printed, csv);
    let shown = json(&["--kept", "--resume", &kept, "--validators", "77"]);
    assert_eq!(shown["cells"].as_array().unwrap().len(), 9);
    assert_eq!(shown["growth"], report["growth"]);

    // What another program has measured is not taken, nor what was measured under other terms, nor a line that was cut off.
    let one = ["--proof", "feldman", "--operators", "3", "--validators", "1", "--resume", &kept];
    for (name, value) in [("commit", "\"another\""), ("processor", "\"another\""), ("runs", "7")] {
        let lines = fs::read_to_string(&kept).unwrap();
        let changed: Vec<String> = lines.lines().map(|line| with(line, name, value)).collect();
        fs::write(&kept, changed.join("\n") + "\n{\"commit\":").unwrap();
        let measured = dealings(&one).args(["--runs", "1"]).output().unwrap();
        assert!(!text(&measured.stderr).contains("kept"), "{name}: {}", text(&measured.stderr));
        let added = fs::read_to_string(&kept).unwrap();
        let last: Value = serde_json::from_str(added.lines().last().unwrap()).unwrap();
        assert_eq!(last["outcome"], "measured");
        fs::write(&kept, lines).unwrap();
    }
}

/// A line of the file of kept cells with another value.
fn with(line: &str, name: &str, value: &str) -> String {
    let mut cell: Value = serde_json::from_str(line).unwrap();
    assert!(!cell[name].is_null(), "{name} is not kept");
    cell[name] = serde_json::from_str(value).unwrap();
    cell.to_string()
}

#[test]
fn a_cell_that_takes_too_long_is_ended_and_larger_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("cells.jsonl");
    let kept = kept.to_str().unwrap();
    let large = ["--proof", "feldman,transparent", "--operators", "20,40", "--threshold", "3"];
    let arguments = [&large[..], &["--validators", "2000", "--bound", "1", "--resume", kept]].concat();
    let started = Instant::now();
    let report = json(&arguments);
    assert!(started.elapsed() < Duration::from_secs(30), "nothing was ended");

    let cells = report["cells"].as_array().unwrap();
    let outcome = |scheme: &str| -> Vec<&str> {
        let of_scheme = cells.iter().filter(|cell| cell["scheme"] == scheme);
        of_scheme.map(|cell| cell["outcome"].as_str().unwrap()).collect()
    };
    assert_eq!(outcome("transparent"), ["exceeded", "skipped"]);
    assert_eq!(cells.iter().find(|cell| cell["outcome"] == "skipped").unwrap()["exceeded"]["operators"], 20);
    // It would exceed the bound again; with a higher one, it would be tried.
    let again = dealings(&arguments).output().unwrap();
    assert!(
        text(&again.stderr).contains("transparent, n = 20, t = 3, m = 2000: kept"),
        "{}",
        text(&again.stderr)
    );
    let table = text(&again.stdout);
    assert!(table.contains("longer than 1 s") && table.contains("left out"), "{table}");
}

#[test]
fn groth16_says_that_its_reference_string_is_for_measurement_only() {
    let arguments =
        ["--proof", "groth16", "--operators", "3", "--validators", "2", "--runs", "1", "--threads", "1"];
    let table = run(&mut dealings(&arguments));
    assert!(table.contains("secrets that are known") && table.contains("threads: 1;"), "{table}");
}

#[test]
fn what_cannot_be_measured_is_said_and_ends_nothing() {
    // More shares than any ceremony has, and a threshold that no number of operators reaches.
    let report = json(&["--proof", "feldman", "--operators", "3", "--validators", "1,999999", "--runs", "1"]);
    let outcomes: Vec<&Value> =
        report["cells"].as_array().unwrap().iter().map(|cell| &cell["outcome"]).collect();
    assert_eq!(outcomes, ["measured", "failed"]);
    assert_eq!(json(&["--threshold", "9", "--operators", "3,4"])["cells"], Value::Array(Vec::new()));
    // A file that cannot be written is found out before anything is measured.
    let output = dealings(&["--csv", "/nonexistent/cells.csv"]).output().unwrap();
    assert!(!output.status.success() && !text(&output.stderr).contains("[1/"), "{}", text(&output.stderr));
}
