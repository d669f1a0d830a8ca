//! A fault file: what it says happened, and its messages. Whether they prove it, `coram verify` says.

use coram_ceremony::message::UnplacedMessage;
use coram_cluster::json::Node;
use serde_json::Value;

use super::sheet::{Item, Sheet, list};
use super::{Context, Stop, definition, message, setup, transcript};

/// A fault file, as far as it can be read.
pub fn look(value: &Value, context: &mut Context) -> (Sheet, Vec<Stop>) {
    let member = |name: &str| value.get(name).map(Item::from);
    let (cluster, mut stopped) = match Node::root(value).member("cluster_definition") {
        Ok(node) => definition::read(&node, context),
        Err(error) => (Sheet::new(), vec![Stop::of(&error, "$")]),
    };
    let entries = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
    let messages: Vec<Sheet> =
        entries("messages").enumerate().map(|(place, value)| evidence(place, value, &mut stopped)).collect();
    let sheet = Sheet::new()
        .with("fault_version", member("fault_version"))
        .with("protocol", member("protocol"))
        .with("says_happened", member("fault"))
        .with("accuses_operators", member("culprits"))
        .with("summary", member("summary"))
        .with("ceremony", value.get("ceremony").map(transcript::ceremony))
        .with("setups", list(entries("setups").map(setup::claimed)))
        .with("messages", list(messages))
        .with("definition", cluster);
    (sheet, stopped)
}

fn evidence(place: usize, value: &Value, stopped: &mut Vec<Stop>) -> Sheet {
    let bytes = value.as_str().and_then(|text| hex::decode(text.strip_prefix("0x")?).ok());
    let read = bytes.as_deref().map(UnplacedMessage::decode);
    match (read, bytes) {
        (Some(Ok(unplaced)), Some(bytes)) => message::sheet(&unplaced, bytes.len()),
        (Some(Err(error)), _) => {
            stopped.push(Stop::new(format!("$.messages[{place}]"), &error));
            Sheet::new().with("cannot_be_read", error.to_string())
        }
        _ => {
            stopped.push(Stop::new(format!("$.messages[{place}]"), "it is not 0x and hex"));
            Sheet::new().with("cannot_be_read", "not hex")
        }
    }
}
