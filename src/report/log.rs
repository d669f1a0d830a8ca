//! Log lines: our own events and what libraries say, in one form, each with the ceremony that it belongs to. A program that
//! serves many ceremonies names them line by line.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

use super::json;
use super::options::{LogFormat, LogOptions};
use super::screen::{Screen, Style, locked};
use super::time;
use crate::plain::Plain;

/// What our own events are logged under.
pub const TARGET: &str = "coram";

/// Turns what is traced into lines on a screen.
pub struct Lines {
    /// Their form.
    format: LogFormat,
    /// Stands on every line, if there is one.
    ceremony: Option<String>,
    /// Where they go.
    screen: Arc<Mutex<Screen>>,
}

/// Where everything that is traced goes, after a filter.
pub fn dispatch(options: &LogOptions, ceremony: Option<String>, screen: Arc<Mutex<Screen>>) -> Dispatch {
    let lines = Lines { format: options.log_format, ceremony, screen };
    Dispatch::new(Registry::default().with(options.log_level.filter()).with(lines))
}

/// From now on, everything that is traced goes to standard error, for a program without a ceremony of its own.
pub fn start(options: &LogOptions) {
    let screen = Arc::new(Mutex::new(Screen::standard_error(false)));
    // There is one already where a test runs several programs in one process.
    let _ = tracing::dispatcher::set_global_default(dispatch(options, None, screen));
}

/// The message of an event and the fields beside it.
#[derive(Clone, Debug, Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        match field.name() {
            "message" => self.message = text(&value),
            name => self.others.push((name, value)),
        }
    }

    /// Adds what a span around says, unless it is said within already.
    fn add_outer(&mut self, outer: &Self) {
        for (name, value) in &outer.others {
            if !self.others.iter().any(|(known, _)| known == name) {
                self.others.push((name, value.clone()));
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    /// The spans that an event is in say which peer it is about.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.add_outer(outer);
            }
        }
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let entry = Entry {
            time: Timestamp::now(),
            level,
            target,
            ceremony: self.ceremony.as_deref(),
            fields: &fields,
        };
        let mut screen = locked(&self.screen);
        let line = match self.format {
            LogFormat::Console => entry.console(screen.coloured()),
            LogFormat::Json => entry.json(),
            LogFormat::Logfmt => entry.logfmt(),
        };
        screen.print(&line);
    }
}

/// One line before it has a form.
struct Entry<'a> {
    time: Timestamp,
    level: Level,
    target: &'a str,
    ceremony: Option<&'a str>,
    fields: &'a Fields,
}

impl Entry<'_> {
    /// Time, level, the beginning of the ceremony ID, the sentence, and what it does not say itself.
    fn console(&self, coloured: bool) -> String {
        let paint = |style: Style, text: &str| if coloured { style.paint(text) } else { text.to_owned() };
        let style = match self.level {
            Level::ERROR => Style::Red,
            Level::WARN => Style::Yellow,
            Level::INFO => Style::Green,
            _ => Style::Dim,
        };
        let unsaid =
            |(name, _): &&(&str, Value)| self.target != TARGET || !matches!(*name, "event" | "operator");
        let mut line = paint(Style::Dim, &time::rfc3339(self.time));
        line += &format!(" {} ", paint(style, &format!("{:5}", self.level.as_str())));
        if let Some(ceremony) = self.ceremony {
            line += &paint(Style::Dim, ceremony.get(2..10).unwrap_or(ceremony));
            line += " ";
        }
        if !is_ours(self.target) {
            line += &format!("{}: ", self.target);
        }
        line += &Plain(&self.fields.message).to_string();
        for (name, value) in self.fields.others.iter().filter(unsaid) {
            line += &paint(Style::Dim, &format!(" {name}={}", Plain(&text(value))));
        }
        line
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            time: String,
            level: String,
            target: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            ceremony: Option<&'a str>,
            message: &'a str,
            #[serde(flatten)]
            fields: Map<String, Value>,
        }
        let named = |(name, value): &(&str, Value)| {
            let taken = match *name {
                "ceremony" => self.ceremony.is_some(),
                name => matches!(name, "time" | "level" | "target" | "message"),
            };
            let name = if taken { format!("{name}_") } else { (*name).to_owned() };
            (name, value.clone())
        };
        json::of(&Line {
            time: time::rfc3339(self.time),
            level: self.level.as_str().to_lowercase(),
            target: self.target,
            ceremony: self.ceremony,
            message: &self.fields.message,
            fields: self.fields.others.iter().map(named).collect(),
        })
    }

    fn logfmt(&self) -> String {
        let mut line = format!(
            "time={} level={} target={}",
            time::rfc3339(self.time),
            self.level.as_str().to_lowercase(),
            quoted(self.target),
        );
        if let Some(ceremony) = self.ceremony {
            line += &format!(" ceremony={ceremony}");
        }
        line += &format!(" msg={}", quoted(&self.fields.message));
        for (name, value) in &self.fields.others {
            line += &format!(" {name}={}", quoted(&text(value)));
        }
        line
    }
}

/// Whether an event is our own: it is told by its sentence, and where in the program it comes from is nobody's concern.
fn is_ours(target: &str) -> bool {
    target == TARGET || target.starts_with("coram::")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A value of logfmt: in quotes, with what would end it escaped, unless it is a plain word.
fn quoted(value: &str) -> String {
    let plain = |c: char| matches!(c, '!'..='~') && !matches!(c, '"' | '=' | '\\');
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    let escaped = value.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{}\"", Plain(&escaped))
}
