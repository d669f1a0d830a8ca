//! Files that somebody made to do harm.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::{coram, fails, text};
use crate::{Files, inspect, shown, told};

/// No file here takes longer.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn what_is_no_file_keeps_nobody_waiting() {
    let files = Files::new();
    let fifo = files.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let started = Instant::now();
    fails(coram().arg("inspect").arg(&fifo), 2, "file.read");
    fails(coram().args(["inspect", "/dev/zero"]), 2, "file.read");
    fails(coram().arg("inspect").arg(files.path("nothing")), 2, "file.read");
    fails(coram().arg("inspect").arg(files.put("closed", "").with_file_name("closed/x")), 2, "file.read");
    // In a folder they are named, and links are not followed.
    symlink("/", files.path("root")).unwrap();
    let folder = shown(files.0.path());
    assert!(
        folder.contains("neither file nor folder") && folder.contains("symbolic link, not followed"),
        "{folder}"
    );
    assert!(started.elapsed() < SOON);
}

#[test]
fn what_steers_a_terminal_is_spelled_out() {
    let files = Files::new();
    let steers = "\u{1b}[2J\u{202e}\r\nVALID";
    let hostile = [
        json!({"operators": [{"enr": steers}], "version": steers, "name": steers}).to_string(),
        json!({"cluster_definition": {"name": steers}, "lock_hash": steers, steers: steers}).to_string(),
        json!({"protocol": "coram/v1", "joins": [{"software": steers}], "ceremony": {"kind": steers}}).to_string(),
        json!({"verdict": steers, "headline": steers, "checks": [{"id": steers, steers: 1}], "cluster": {steers: 1}}).to_string(),
        json!({"fault_version": 1, "summary": steers, "messages": [steers]}).to_string(),
        json!({"crypto": {"kdf": {"function": steers}}, "description": steers}).to_string(),
        json!([{"pubkey": steers, "withdrawal_credentials": steers}]).to_string(),
        json!({"pid": 1, "started": steers, "updated": steers, "operators": {steers: steers}}).to_string(),
        json!({"time": steers, "ceremony": steers, "event": steers, "text": steers}).to_string(),
        json!({"network": {steers: steers}}).to_string(),
        json!({steers: steers}).to_string(),
        format!("enr:{steers}"),
        format!("verified by coram {steers}\nfile {steers}\n"),
        format!("coram powers {steers}"),
    ];
    for content in hostile {
        let path = files.put("hostile", &content);
        for options in [&[][..], &["--json"]] {
            let (_, output) = inspect(&[&path], options);
            let printed = text(&output.stdout) + &text(&output.stderr);
            assert!(printed.contains("not verified"), "{content}: {printed}");
            let steers = |c: char| c == '\u{1b}' || c == '\u{202e}' || c == '\r';
            assert!(!printed.contains(steers), "{content}: {printed:?}");
            assert!(!printed.lines().any(|line| line.starts_with("VALID")), "{content}: {printed}");
        }
    }
}

#[test]
fn large_and_deep_files_are_bounded() {
    let files = Files::new();
    let started = Instant::now();
    let long = json!({"operators": [], "version": "x".repeat(100_000), "config_hash": ""}).to_string();
    let many = format!("{{\"distributed_validators\": [{}1]}}", "{\"pubkey\": 1},".repeat(100_000));
    for content in [
        "[".repeat(1_000_000),
        "{\"operators\":".repeat(100_000),
        format!("{{\"distributed_validators\": [{}1]}}", "[],".repeat(2_000_000)),
        long,
        many,
    ] {
        let (code, output) = inspect(&[&files.put("large", &content)], &[]);
        assert!(matches!(code, Some(2 | 3)), "{}", text(&output.stderr));
        assert!(output.stdout.len() < 100_000, "{} bytes", output.stdout.len());
        assert!(output.stderr.len() < 10_000, "{} bytes", output.stderr.len());
    }
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn a_bomb_is_not_unpacked() {
    let files = Files::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut header = tar::Header::new_gnu();
    header.set_path("bomb").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    packed.write_all(header.as_bytes()).unwrap();
    for _ in 0..64 {
        packed.write_all(&[0; 1 << 20]).unwrap();
    }
    let started = Instant::now();
    let (code, file) = told(&files.put("bomb.tar.gz", packed.finish().unwrap()));
    assert_eq!((code, &file["kind"]), (Some(3), &json!("archive")), "{file}");
    assert_eq!(file["content"]["files"][0]["is"], "large, not looked into");
    let (code, _) = told(&files.put("no.tar.gz", [0x1f, 0x8b, 8, 0]));
    assert_eq!(code, Some(3));
    assert!(started.elapsed() < SOON);
}

/// What is nothing that we know may be anybody's secret: names of members are shown, and no value.
#[test]
fn of_what_is_not_known_no_value_is_shown() {
    let files = Files::new();
    for (content, looks) in [
        (json!({"password": "hunter2", "list": [1, 2]}).to_string(), "password: text"),
        (json!(["hunter2"]).to_string(), "a JSON array"),
        ("hunter2\nhunter2".to_owned(), "text"),
        ("\u{0}hunter2".to_owned(), "text"),
        (String::new(), "an empty file"),
        ("<!DOCTYPE html><p>hunter2".to_owned(), "a page (HTML)"),
        ("PK\u{3}\u{4}hunter2".to_owned(), "text"),
        ("0x".to_owned() + &"12".repeat(32), "text"),
    ] {
        let (code, output) = inspect(&[&files.put("file", &content)], &[]);
        assert_eq!(code, Some(2));
        let printed = text(&output.stdout);
        assert!(
            printed.contains(looks) && !printed.contains("hunter2") && !printed.contains("1212"),
            "{printed}"
        );
        assert!(!printed.contains("SHA-256"), "a hash would tell whether a guess is right: {printed}");
        assert!(text(&output.stderr).contains("error[inspect.unknown]"));
    }
    let secret = "ab".repeat(32);
    let printed = shown(&files.put("seed", format!("{secret}\n")));
    assert!(!printed.contains(&secret) && !printed.contains("SHA-256"), "{printed}");
}

/// Bytes of a message that were changed anywhere: shown, or said to be nothing; never a panic.
#[test]
fn damaged_messages_do_not_panic() {
    let files = Files::new();
    let mut bytes = vec![0; 135];
    bytes[32] = 4;
    bytes[67] = 135;
    let paths: Vec<_> = (0..64)
        .map(|seed: usize| {
            let mut damaged = bytes.clone();
            let len = damaged.len();
            damaged[seed * 31 % len] ^= 1 << (seed % 8);
            damaged.extend(std::iter::repeat_n(seed as u8, seed));
            files.put(&format!("message{seed}"), damaged)
        })
        .collect();
    let mut command = coram();
    command.arg("inspect").args(&paths).stdout(Stdio::piped());
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "{}", text(&output.stderr));
    assert!(text(&output.stdout).matches("not verified").count() == paths.len());
    fs::remove_file(&paths[0]).unwrap();
}
