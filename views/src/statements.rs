//! What follows from the checks, and what does not.

use coram_ceremony::verify::Report;
use coram_ceremony::verify::statements::{Proved, Words};
use maud::{Markup, html};

use crate::outcome::Tone;
use crate::parts::section as titled;

/// All statements, in their fixed words.
pub fn section(report: &Report) -> Markup {
    let statements = &report.statements;
    let content = html! {
        @for (title, holds) in [("Proved", true), ("Not proved, since checks did not pass", false)] {
            @if statements.proved.iter().any(|claim| claim.holds == holds) {
                h3 { (title) }
                ul.claims { @for claim in statements.proved.iter().filter(|claim| claim.holds == holds) { (proved(claim)) } }
            }
        }
        div.columns {
            (list("Asserted by the operators, not proved", &statements.asserted))
            (list(report.subject.cannot_show(), &statements.cannot_be_shown))
        }
        p.fine { "Words of version " (statements.version) "." }
    };
    titled("statements", "What is proved, and what is not", &content)
}

fn proved(claim: &Proved) -> Markup {
    let (tone, word) = if claim.holds { (Tone::Good, "proved") } else { (Tone::Bad, "not proved") };
    html! {
        li {
            (tone.tag(word))
            div {
                p { (claim.text) }
                details {
                    summary { "rests on " (claim.rests_on.len()) " checks" }
                    p.fine {
                        @for (place, check) in claim.rests_on.iter().enumerate() {
                            @if place > 0 { ", " }
                            a href={ "#check-" (check) } { (check) }
                        }
                    }
                }
            }
        }
    }
}

fn list(title: &str, words: &[Words]) -> Markup {
    html! {
        @if !words.is_empty() {
            div { h3 { (title) } ul { @for word in words { li { (word.text) } } } }
        }
    }
}
