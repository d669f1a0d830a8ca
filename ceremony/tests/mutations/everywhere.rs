//! The changes that every place of a lock gets: another value, a member left out, one too many, one twice, one in another case;
//! an element left out, one twice, two exchanged.

use serde_json::{Value, json};

use crate::base::Base;
use crate::corpus::{Change, Mutation};
use crate::rules::{Kind, said};
use crate::setups::is_of_a_setup;
use crate::text::{Edit, Span, spans};

/// Every value but the whole: leaves, lists and objects.
pub fn places(base: Base) -> Vec<String> {
    let mut found = Vec::new();
    walk(&base.kept().lock, "", &mut |pointer, _| found.push(pointer.to_owned()));
    found.retain(|pointer| !pointer.is_empty());
    found
}

fn walk(value: &Value, at: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(at, value);
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), visit));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| walk(value, &format!("{at}/{index}"), visit));
        }
        _ => {}
    }
}

pub fn all() -> Vec<Mutation> {
    let mut made = of(Base::Lock, |_| true);
    made.extend(of(Base::Groth16, is_of_a_setup));
    made
}

fn of(base: Base, wanted: impl Fn(&str) -> bool) -> Vec<Mutation> {
    let kept = base.kept();
    let spans = spans(&kept.bytes);
    let mut made = Vec::new();
    walk(&kept.lock, "", &mut |pointer, value| {
        if !pointer.is_empty() && !wanted(pointer) {
            return;
        }
        match value {
            Value::Object(members) => {
                made.push(unknown(base, pointer, &spans[pointer]));
                // Of several objects of one form, the first stands for all.
                if is_first(pointer)
                    && let Some(name) = members.keys().next()
                {
                    let place = format!("{pointer}/{name}");
                    made.push(twice(base, &place, &kept.bytes, &spans[&place]));
                    made.push(other_case(base, &place, name, &kept.bytes, &spans[&place]));
                }
            }
            Value::Array(items) => made.extend(list(base, pointer, items)),
            leaf => made.push(changed(base, pointer, leaf)),
        }
        if !pointer.ends_with(|c: char| c.is_ascii_digit()) && !pointer.is_empty() && is_first(pointer) {
            made.push(removed(base, pointer));
        }
    });
    made
}

/// Whether it is the first of those of its form: no index but 0 on the way.
fn is_first(pointer: &str) -> bool {
    pointer
        .split('/')
        .all(|part| part.parse::<usize>().is_ok_and(|index| index == 0) || part.parse::<usize>().is_err())
}

/// `area/field.kind`.
fn name(base: Base, pointer: &str, kind: Kind) -> String {
    let field = pointer.trim_start_matches('/').replace('/', ".");
    let field = field.trim_start_matches("cluster_definition.").trim_start_matches("pvss_transcript.");
    let area = match pointer.split('/').nth(1).unwrap_or_default() {
        "cluster_definition" => "definition",
        "pvss_transcript" => "transcript",
        _ => "lock",
    };
    let field = if field.is_empty() { "whole" } else { field };
    let of_base = if base == Base::Groth16 { "groth16." } else { "" };
    format!("{area}/{of_base}{field}.{}", kind.name())
}

fn made(base: Base, pointer: &str, kind: Kind, change: Change) -> Mutation {
    let said = said(base, pointer, kind);
    Mutation::new(name(base, pointer, kind), base, kind.comment(), change, &said).at(pointer)
}

fn replace(base: Base, pointer: &str, kind: Kind, value: Value) -> Mutation {
    made(base, pointer, kind, Change::Json(vec![json!({ "op": "replace", "path": pointer, "value": value })]))
}

fn changed(base: Base, pointer: &str, leaf: &Value) -> Mutation {
    replace(base, pointer, Kind::Changed, another(pointer, leaf))
}

/// Another value of the same form.
fn another(pointer: &str, leaf: &Value) -> Value {
    match leaf {
        Value::Bool(set) => json!(!set),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) => json!(other_text(pointer, text)),
        other => panic!("{other} at {pointer}"),
    }
}

fn other_text(pointer: &str, text: &str) -> String {
    if let Some(digits) = text.strip_prefix("0x") {
        let (rest, last) = digits.split_at(digits.len() - 1);
        let last = u8::from_str_radix(last, 16).unwrap() ^ 1;
        return format!("0x{rest}{last:x}");
    }
    if let Ok(number) = text.parse::<u64>() {
        return (number + 1).to_string();
    }
    if pointer.ends_with("/enr") {
        let middle = text.len() / 2;
        let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
        return format!("{}{other}{}", &text[..middle], &text[middle + 1..]);
    }
    match text {
        "v1.10.0" => "v1.12.0".to_owned(),
        other => format!("{other}x"),
    }
}

fn removed(base: Base, pointer: &str) -> Mutation {
    let change = json!({ "op": "remove", "path": pointer });
    made(base, pointer, Kind::Removed, Change::Json(vec![change]))
}

fn unknown(base: Base, pointer: &str, span: &Span) -> Mutation {
    let at = span.value.start + 1;
    let edit = Edit { at, remove: 0, insert: "\"remark\":\"\",".to_owned() };
    made(base, pointer, Kind::Unknown, Change::Text(vec![edit]))
}

/// Behind the member, once more.
fn twice(base: Base, place: &str, bytes: &[u8], span: &Span) -> Mutation {
    let member = std::str::from_utf8(&bytes[span.member.clone()]).unwrap();
    let edit = Edit { at: span.member.end, remove: 0, insert: format!(",{member}") };
    made(base, place, Kind::Twice, Change::Text(vec![edit]))
}

/// Before the member, another whose name differs in its case.
fn other_case(base: Base, place: &str, name: &str, bytes: &[u8], span: &Span) -> Mutation {
    let value = std::str::from_utf8(&bytes[span.value.clone()]).unwrap();
    let insert = format!("\"{}\":{value},", name.to_uppercase());
    made(base, place, Kind::OtherCase, Change::Text(vec![Edit { at: span.member.start, remove: 0, insert }]))
}

fn list(base: Base, pointer: &str, items: &[Value]) -> Vec<Mutation> {
    let with = |kind, items: Vec<Value>| replace(base, pointer, kind, json!(items));
    let mut made = vec![with(Kind::Shorter, items[1..].to_vec())];
    made.push(with(Kind::Repeated, [items, &items[..1]].concat()));
    if let [first, second, rest @ ..] = items {
        let exchanged = [second, first].into_iter().chain(rest).cloned().collect();
        made.push(with(Kind::Exchanged, exchanged));
    }
    made
}
