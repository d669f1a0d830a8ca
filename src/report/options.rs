//! How an operator wants to be told.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// Options of commands that run a ceremony.
#[derive(Clone, Debug, Args)]
pub struct ReportOptions {
    /// Print events as JSON, one object a line, instead of the path of the lock
    #[arg(long)]
    pub json_events: bool,
    #[command(flatten)]
    pub log: LogOptions,
}

/// Options of commands that write logs.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// The form of log lines; with `console`, a ceremony on a terminal shows a live table
    #[arg(long, value_name = "FORM", value_enum, default_value_t = LogFormat::Console, env = "CORAM_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// error, warn, info, debug or trace; or directives such as `info,libp2p_swarm=debug`
    #[arg(long, value_name = "LEVEL", default_value = "info", env = "CORAM_LOG_LEVEL")]
    pub log_level: LogLevel,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Console,
    /// One JSON object a line
    Json,
    /// `key=value`
    Logfmt,
}

/// Which log lines are wanted: the directives of a filter.
#[derive(Clone, Debug)]
pub struct LogLevel(String);

impl LogLevel {
    /// The filter.
    pub fn filter(&self) -> EnvFilter {
        EnvFilter::builder().parse_lossy(&self.0)
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        let directives = match text.as_str() {
            // Libraries report as errors or warnings what a network does all day.
            "error" | "warn" | "info" => format!("off,coram={text}"),
            "debug" | "trace" => text,
            // A filter would take any single word for the name of a library.
            word if !word.contains('=') => {
                return Err(
                    "neither error, warn, info, debug or trace, nor directives TARGET=LEVEL".to_owned()
                );
            }
            _ => text,
        };
        EnvFilter::builder().parse(&directives).map_err(|error| error.to_string())?;
        Ok(Self(directives))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_ours_and_directives_are_taken_as_they_are() {
        let filter = |text: &str| text.parse::<LogLevel>().unwrap().filter().to_string();
        assert_eq!(filter("info"), "coram=info,off");
        assert_eq!(filter("WARN"), "coram=warn,off");
        assert_eq!(filter("debug"), "debug");
        assert_eq!(filter("info,libp2p_swarm=debug"), "libp2p_swarm=debug,info");
        for wrong in ["", "inof", "coram=loud", "info;debug"] {
            assert!(wrong.parse::<LogLevel>().is_err(), "{wrong}");
        }
    }
}
