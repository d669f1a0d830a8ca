//! The JSON Schema of reports, made from their types: `docs/report.schema.json`. To write that anew:
//! `UPDATE=1 cargo test -p coram-ceremony --features schema --lib verify::schema`.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::catalogue::CheckId;
use super::fault::FaultReport;
use super::report::Report;
use crate::id::{CeremonyId, TranscriptRoot};

/// The schema of what `coram verify --json` prints, by JSON Schema 2020-12: the report on a lock or on deposits, or the one on
/// a fault file.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(RecursiveTransform(tidy));
    let mut generator = settings.into_generator();
    let one_of = [generator.subschema_for::<Report>(), generator.subschema_for::<FaultReport>()];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reports of coram verify",
        "description": "What `coram verify --json` prints: a report on a lock or on deposits, or one on a fault file. \
            Made from the types of the program.",
        "oneOf": one_of,
        "$defs": generator.take_definitions(true),
    })
}

/// Validators know no format such as `uint32`, and the bounds stay; a description is not broken into lines.
fn tidy(schema: &mut Schema) {
    schema.remove("format");
    let description = schema.get("description").and_then(Value::as_str).map(|text| text.replace('\n', " "));
    if let Some(description) = description {
        schema.insert("description".to_owned(), description.into());
    }
}

/// The name of a check, in the schema.
pub(super) struct CheckName;

impl JsonSchema for CheckName {
    fn schema_name() -> Cow<'static, str> {
        "CheckId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = CheckId::ALL.iter().map(|check| check.name()).collect();
        json_schema!({ "type": "string", "description": "The stable name of a check.", "enum": names })
    }
}

macro_rules! hash_schema {
    ($name:ident, $description:literal) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $description, "pattern": "^0x[0-9a-f]{64}$" })
            }
        }
    };
}

hash_schema!(CeremonyId, "Names one attempt at one ceremony.");
hash_schema!(TranscriptRoot, "Names all Joins, Commits, Deals and Attests.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/report.schema.json");
        let schema = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &schema).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == schema, "docs/report.schema.json is not that of the types: run with UPDATE=1");
    }

    /// Whoever reads a report must notice a member that its schema does not know.
    #[test]
    fn no_object_has_other_members() {
        fn visit(value: &Value, at: &str) {
            let Some(members) = value.as_object() else {
                for item in value.as_array().into_iter().flatten() {
                    visit(item, at);
                }
                return;
            };
            if members.contains_key("properties") && !at.ends_with("oneOf") {
                let closed = ["additionalProperties", "unevaluatedProperties"];
                assert!(closed.iter().any(|name| members.get(*name) == Some(&json!(false))), "{at}");
            }
            for (name, value) in members {
                visit(value, &format!("{at}/{name}"));
            }
        }
        visit(&schema(), "");
    }
}
