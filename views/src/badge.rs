//! The verdict as a picture to put beside a cluster's name. It is made from a report and says what the report says; it proves
//! nothing to whoever did not make it.

use coram_ceremony::verify::Report;
use coram_ceremony::verify::report::Subject;
use maud::html;

use crate::glance::has_transcript;
use crate::outcome::Tone;
use crate::parts::{count, short};
use crate::plain::{Plain, cut};

/// The measures of the picture, in its own units.
const WIDTH: usize = 560;
const SIDE: usize = 152;
const LINE: usize = 20;
/// How many characters a line has room for.
const CHARACTERS: usize = 52;

/// The report as a picture, in SVG.
#[must_use]
pub fn badge(report: &Report) -> String {
    let tone = Tone::of_report(report);
    let lines = lines(report);
    let height = (lines.len() + 1) * LINE + 8;
    let name = report.verdict.name();
    let middle = SIDE / 2;
    let said: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(height) viewBox={ "0 0 " (WIDTH) " " (height) }
            role="img" aria-labelledby="title description" font-family="DejaVu Sans,Verdana,Segoe UI,sans-serif" {
            title id="title" { "Coram: " (name) }
            desc id="description" { (Plain(&said.join("; ").replace(",;", ",")).to_string()) }
            rect x="0.5" y="0.5" width=(WIDTH - 1) height=(height - 1) rx="6" fill="#fbfaf7" stroke=(colour(tone)) {}
            path d={ "M6.5.5H" (SIDE) "V" (height - 1) ".5H6.5A6 6 0 0 1 .5 " (height - 7) ".5V6.5A6 6 0 0 1 6.5.5Z" } fill=(colour(tone)) {}
            g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" {
                path transform={ "translate(" (middle - 16) " " (height / 2 - 38) ") scale(2)" } d=(tone.stroke()) {}
            }
            g fill="#fff" text-anchor="middle" {
                text x=(middle) y=(height / 2 + 22) font-size="14" font-weight="700" { (name) }
                text x=(middle) y=(height / 2 + 40) font-size="10" { "by " (report.verifier) }
            }
            @for (place, (weight, line)) in lines.iter().enumerate() {
                text x=(SIDE + 18) y=((place + 1) * LINE + 7) font-size="12" font-weight=(weight.number()) fill=(weight.colour()) {
                    (Plain(line).to_string())
                }
            }
        }
    };
    picture.into_string() + "\n"
}

/// How a line is set.
#[derive(Clone, Copy)]
enum Weight {
    Strong,
    Plain,
    Warning,
}

impl Weight {
    const fn number(self) -> &'static str {
        match self {
            Self::Strong | Self::Warning => "700",
            Self::Plain => "400",
        }
    }

    const fn colour(self) -> &'static str {
        match self {
            Self::Strong | Self::Plain => "#1c1b18",
            Self::Warning => "#7a4f00",
        }
    }
}

fn lines(report: &Report) -> Vec<(Weight, String)> {
    let mut lines = Vec::new();
    match &report.cluster {
        None if report.subject == Subject::DepositData => {
            lines.push((
                Weight::Strong,
                format!("deposits for {}", count(report.validators.len(), "validator")),
            ));
            lines.push((Weight::Plain, "nothing of who holds the keys".to_owned()));
        }
        None => lines.push((Weight::Strong, "no cluster could be read".to_owned())),
        Some(cluster) => {
            let of = count(cluster.operators, "operator");
            lines.push((Weight::Strong, format!("{of}, any {} of them can sign", cluster.threshold)));
            let network = cluster.network.as_deref().unwrap_or("an unknown network");
            let (network, _) = cut(network, CHARACTERS / 2);
            lines.push((Weight::Plain, format!("{} on {network}", count(cluster.validators, "validator"))));
            lines.push((Weight::Plain, format!("lock {}", short(&cluster.lock_hash))));
        }
    }
    if report.subject == Subject::Lock {
        lines.push((Weight::Plain, transcript(report)));
    }
    let not_anchored: Vec<&str> = report.not_anchored.iter().map(|anchor| anchor.name()).collect();
    warn(&mut lines, "not anchored: ", &not_anchored);
    warn(&mut lines, "accepted without passing: ", &report.accepted);
    lines
}

fn transcript(report: &Report) -> String {
    match report.ceremony.as_ref().and_then(|ceremony| ceremony.transcript_root) {
        Some(root) => format!("transcript {}", short(&root.to_string())),
        None if has_transcript(report) => "a transcript without a root".to_owned(),
        None => "no transcript".to_owned(),
    }
}

/// A warning in as many lines as it needs, but not more than fit under the verdict of anything real.
fn warn(lines: &mut Vec<(Weight, String)>, what: &str, names: &[&str]) {
    const LINES: usize = 4;
    if names.is_empty() {
        return;
    }
    let mut wrapped = vec![what.to_owned()];
    for (place, name) in names.iter().enumerate() {
        let word = if place + 1 < names.len() { format!("{name}, ") } else { (*name).to_owned() };
        let is_full = wrapped.len() == LINES;
        match wrapped.last_mut() {
            Some(line) if line.len() + word.len() <= CHARACTERS + 1 => line.push_str(&word),
            _ if is_full => {
                wrapped.push(format!("and {} more", names.len() - place));
                break;
            }
            _ => wrapped.push(word),
        }
    }
    lines.extend(wrapped.into_iter().map(|line| (Weight::Warning, line.trim_end().to_owned())));
}

const fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "#17633a",
        Tone::Bad => "#a11d19",
        Tone::Open | Tone::Accepted => "#7a4f00",
        Tone::None => "#5b584f",
    }
}
