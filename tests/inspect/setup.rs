//! Files of a setup. They can be larger than memory: their beginning tells what they are.

use std::fs::File;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::{coram, make_identity, run};
use crate::{Files, content, told};

#[test]
fn powers_are_shown_by_their_beginning() {
    let files = Files::new();
    let powers = files.path("powers");
    run(coram().args(["setup", "new", "--operators", "3"]).arg(&powers));
    assert_eq!(content(&powers, "setup")["contributions"], json!([]));
    make_identity(&files.path("node"));
    run(coram().args(["setup", "contribute"]).arg(&powers).arg("--data-dir").arg(files.path("node")));
    let shown = content(&powers, "setup");
    assert_eq!((&shown["is"], &shown["powers_log"]), (&json!("powers"), &json!(13)));
    assert!(shown["contributions"][0]["by"].as_str().unwrap().starts_with("peer 16Uiu2HA"), "{shown}");

    // Gigabytes behind it, which nobody reads.
    let file = File::options().write(true).open(&powers).unwrap();
    file.set_len(64 << 30).unwrap();
    let started = Instant::now();
    let (code, told) = told(&powers);
    assert_eq!((code, &told["kind"], &told["sha256"]), (Some(0), &json!("setup"), &json!(null)), "{told}");
    assert!(started.elapsed() < Duration::from_secs(10));

    let (code, told) = crate::told(&files.put("later", "coram powers 9\n"));
    assert_eq!((code, &told["kind"]), (Some(3), &json!("setup")), "{told}");
}
