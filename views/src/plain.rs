//! Text that strangers wrote, made fit for people to read.

use std::fmt::{self, Write as _};

use maud::{Markup, Render, html};

/// How many characters of one text are shown.
const SHOWN: usize = 1000;

/// Shows a text that somebody else wrote. What a terminal or a page would obey (control characters, escape sequences), show
/// out of order (marks of writing direction) or not at all (characters without width) is spelled out.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if is_harmless(c) {
                f.write_char(c)?;
            } else {
                write!(f, "{}", c.escape_default())?;
            }
        }
        Ok(())
    }
}

/// The same on a page: isolated from what stands around it, and not longer than a reader would read.
impl Render for Plain<'_> {
    fn render(&self) -> Markup {
        let (shown, more) = cut(self.0, SHOWN);
        html! {
            bdi.said { (Plain(shown).to_string()) @if more > 0 { "… (" (more) " more characters)" } }
        }
    }
}

/// A sentence with names of members and checks between backticks, which stand there as code.
pub(crate) fn words(text: &str) -> Markup {
    html! {
        @for (place, part) in cut(text, SHOWN).0.split('`').enumerate() {
            @if place % 2 == 1 { code { (Plain(part)) } } @else if !part.is_empty() { (Plain(part)) }
        }
        @let (_, more) = cut(text, SHOWN);
        @if more > 0 { "… (" (more) " more characters)" }
    }
}

/// The start of a text, and how many characters were left off.
pub(crate) fn cut(text: &str, shown: usize) -> (&str, usize) {
    match text.char_indices().nth(shown) {
        None => (text, 0),
        Some((end, _)) => {
            let (start, rest) = text.split_at(end);
            (start, rest.chars().count())
        }
    }
}

/// JSON that cannot steer the terminal that it may be shown on: whatever is not plain ASCII is escaped, as JSON allows.
#[must_use]
pub fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // A line ends only outside of strings.
        if matches!(c, ' '..='~' | '\n') {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

fn is_harmless(c: char) -> bool {
    let steers = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
    );
    let hides = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    );
    !c.is_control() && !steers && !hides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_hides_is_spelled_out() {
        assert_eq!(Plain("Zürich 4 of 7").to_string(), "Zürich 4 of 7");
        assert_eq!(Plain("a\u{1b}[2Jb\r\nc\u{9b}").to_string(), r"a\u{1b}[2Jb\r\nc\u{9b}");
        assert_eq!(Plain("0x12\u{202e}34").to_string(), r"0x12\u{202e}34");
        assert_eq!(Plain("pay\u{200b}pal\u{61c}\u{e0041}").to_string(), r"pay\u{200b}pal\u{61c}\u{e0041}");
    }

    #[test]
    fn a_text_on_a_page_is_escaped_isolated_and_bounded() {
        let page = |text| Plain(text).render().into_string();
        assert_eq!(page("<b>&\""), r#"<bdi class="said">&lt;b&gt;&amp;&quot;</bdi>"#);
        assert!(page("\u{202e}").contains(r"\u{202e}"));
        let long = page(&"ä".repeat(SHOWN + 5));
        assert_eq!(long.matches('ä').count(), SHOWN);
        assert!(long.ends_with("… (5 more characters)</bdi>"));
    }
}
