//! Files that break off, and files of which a part is wrong.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::common::{coram, run, text};
use crate::{Files, inspect, shown, told};

const ADDRESS: &str = "0x24C0bDDd6E08817CF4902828fBeC5c0D92FE8DF3";

/// A definition of three operators, made once.
fn definition() -> &'static str {
    static DEFINITION: OnceLock<String> = OnceLock::new();
    DEFINITION.get_or_init(|| {
        let files = Files::new();
        let enr = |name: &str| run(coram().args(["enr", "new", "--data-dir"]).arg(files.path(name)));
        let enrs = ["a", "b", "c", "d"].map(|name| enr(name).trim().to_owned());
        run(coram()
            .args(["definition", "new", "--network", "hoodi", "--name", "broken", "--num-validators", "1"])
            .args(["--fee-recipient-addresses", ADDRESS, "--withdrawal-addresses", ADDRESS])
            .args(["--operator-enrs", &enrs.join(","), "--output-dir"])
            .arg(files.path("made")));
        std::fs::read_to_string(files.path("made/cluster-definition.json")).unwrap()
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(definition()).unwrap();
    change(&mut value);
    value.to_string()
}

#[test]
fn what_breaks_off_is_shown_up_to_there() {
    let files = Files::new();
    let whole = definition();
    shown(&files.put("whole.json", whole));
    let cut = whole.find("\"uuid\"").unwrap() + 20;
    let path = files.put("cut.json", &whole[..cut]);
    let (code, file) = told(&path);
    assert_eq!((code, &file["kind"]), (Some(3), &json!("cluster_definition")), "{file}");
    assert_eq!(file["stopped"][0]["path"], "$.uuid");
    assert_eq!(file["content"]["operators"].as_array().unwrap().len(), 4);
    let (_, output) = inspect(&[&path], &[]);
    assert!(text(&output.stdout).contains("NOT READ WHOLE: $.uuid"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("error[inspect.broken]"));

    // Wherever it breaks off, something is said, and nothing panics.
    for end in (0..whole.len()).step_by(whole.len() / 12) {
        let (code, output) = inspect(&[&files.put("cut.json", &whole[..end])], &[]);
        assert!(matches!(code, Some(2 | 3)), "{end}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains("shown, not verified"), "{end}");
    }
}

#[test]
fn a_wrong_part_is_named_and_the_rest_is_shown() {
    let files = Files::new();
    let wrong = changed(|file| file["operators"][2]["address"] = "0x12".into());
    let (code, file) = told(&files.put("address.json", wrong));
    assert_eq!((code, &file["stopped"][0]["path"]), (Some(3), &json!("$.operators[2].address")), "{file}");
    assert_eq!(file["content"]["name"], "broken");

    let later = changed(|file| file["version"] = "v9.0.0".into());
    let (code, file) = told(&files.put("later.json", later));
    assert_eq!(code, Some(3));
    assert!(file["stopped"][0]["why"].as_str().unwrap().contains("v9.0.0"), "{file}");

    // A node record that nobody signed is no break: it is shown as it stands.
    let unsigned = changed(|file| file["operators"][0]["enr"] = "enr:-nonsense".into());
    let (code, file) = told(&files.put("record.json", unsigned));
    assert_eq!((code, &file["content"]["operators"][0]["peer_id"]), (Some(0), &Value::Null), "{file}");
}

#[test]
fn a_member_that_stands_twice_is_said() {
    let files = Files::new();
    let twice = definition().replacen('{', "{\"name\": \"another\",", 1);
    let (code, file) = told(&files.put("twice.json", twice));
    assert_eq!((code, &file["stopped"][0]["path"]), (Some(3), &json!("$.name")), "{file}");
    assert_eq!(file["content"]["name"], "broken", "the last, which Charon takes");
}

#[test]
fn nothing_is_judged() {
    let files = Files::new();
    let path =
        files.put("hash.json", changed(|file| file["config_hash"] = json!(format!("0x{}", "00".repeat(32)))));
    assert!(shown(&path).contains(&"00".repeat(32)));
    run(coram().args(["inspect"]).arg(files.put("definition.json", definition())));
}

#[test]
fn a_node_record_is_shown_whoever_signed_it() {
    let files = Files::new();
    let file: Value = serde_json::from_str(definition()).unwrap();
    let enr = file["operators"][1]["enr"].as_str().unwrap();
    let record = crate::content(&files.put("record", format!("{enr}\n")), "node_record");
    assert!(record["peer_id"].as_str().unwrap().starts_with("16Uiu2HA"));
    assert_eq!(record["entries"][0], json!({"name": "id", "value": "v4", "hex": "0x7634"}));
    assert_eq!(record["signature_bytes"], 64);
    // The signature is at the beginning: another one is shown all the same.
    let other = enr.replacen(&enr[12..16], "AAAA", 1);
    let other = crate::content(&files.put("other", other), "node_record");
    assert_eq!(other["peer_id"], record["peer_id"]);
    let (code, file) = told(&files.put("cut", &enr[..enr.len() / 2]));
    assert_eq!((code, &file["kind"]), (Some(3), &json!("node_record")));
}
