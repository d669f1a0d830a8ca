//! A whole page in one file. It runs nothing and asks nobody: its policy forbids everything but its own style.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coram_ceremony::verify::Report;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::STYLE;
use crate::sections::all;

/// The report as a page.
#[must_use]
pub fn page(report: &Report) -> String {
    let title = format!("{}: {} verified by Coram", report.verdict.name(), report.subject.name());
    whole(&title, &all(report)).into_string()
}

/// The source of [`STYLE`] in a content security policy: a hash of its bytes.
#[must_use]
pub fn style_source() -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE)))
}

/// A page around some content.
pub fn whole(title: &str, content: &Markup) -> Markup {
    let policy =
        format!("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'", style_source());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (content) }
                footer {
                    p {
                        "Made by Coram from the file alone. This page runs nothing and asks nobody; whoever sends it could have changed "
                        "it. To be sure, verify the file yourself."
                    }
                }
            }
        }
    }
}
