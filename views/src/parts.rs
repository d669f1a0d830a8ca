//! Sections, lists and tables.

use maud::{Markup, Render, html};

use crate::plain::{Plain, cut};

/// How many rows a table has at most; the JSON has all.
pub const ROWS: usize = 1000;

/// A section with its heading.
pub fn section(id: &str, title: &str, content: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (content)
        }
    }
}

/// A name with its value, in a list of such.
pub fn fact(name: &str, value: impl Render) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A hash, an address, a key: something to compare, digit by digit.
pub fn exact(text: &str) -> Markup {
    html! { code { (Plain(text)) } }
}

/// The same, or words where there is none.
pub fn exact_or(text: Option<&str>, otherwise: &str) -> Markup {
    match text {
        Some(text) => exact(text),
        None => html! { span.missing { (otherwise) } },
    }
}

/// A hash in groups of digits to be read to each other. Whoever copies it gets it without gaps.
pub fn grouped(hash: &str) -> Markup {
    let (prefix, digits) = hash.split_at_checked(2).unwrap_or(("", hash));
    let groups: Vec<String> =
        digits.chars().collect::<Vec<_>>().chunks(8).map(|group| group.iter().collect()).collect();
    html! {
        code.grouped { span { (prefix) } @for group in &groups { span { (group) } } }
    }
}

/// Start and end of a hash, for where it only has to be recognised.
pub fn short(hash: &str) -> String {
    let (start, more) = cut(hash, 10);
    let end: String = hash.chars().skip(hash.chars().count().saturating_sub(8)).collect();
    if more > 8 { format!("{start}…{end}") } else { hash.to_owned() }
}

/// A table of which every cell knows its column, so that rows can stand one below the other where a screen is narrow. The
/// roles say that it is a table then too.
pub fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>], all: usize) -> Markup {
    html! {
        table role="table" {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" { @for column in columns { th scope="col" role="columnheader" { (column) } } }
            }
            tbody role="rowgroup" {
                @for row in rows.iter().take(ROWS) {
                    tr role="row" {
                        @for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
                            @if place == 0 {
                                th scope="row" role="rowheader" data-column=(column) { div { (cell) } }
                            } @else {
                                td role="cell" data-column=(column) { div { (cell) } }
                            }
                        }
                    }
                }
            }
        }
        (more(all, ROWS))
    }
}

/// That a list is longer than what is shown of it.
pub fn more(all: usize, shown: usize) -> Markup {
    html! {
        @if all > shown { p.more { "… and " (all - shown) " more; the JSON report has all." } }
    }
}

/// Gwei as ETH, exactly.
pub fn eth(gwei: u64) -> String {
    const GWEI: u64 = 1_000_000_000;
    let text = format!("{}.{:09}", gwei / GWEI, gwei % GWEI);
    format!("{} ETH", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A time that was measured.
pub fn took(micros: u64) -> String {
    match micros {
        0 => "0 ms".to_owned(),
        1..100 => "< 0.1 ms".to_owned(),
        100..100_000 => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        100_000..1_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_times_are_readable() {
        assert_eq!(eth(32_000_000_000), "32 ETH");
        assert_eq!(eth(1_500_000_000), "1.5 ETH");
        assert_eq!(eth(0), "0 ETH");
        assert_eq!(
            [took(0), took(40), took(1_260), took(123_456), took(12_345_678)],
            ["0 ms", "< 0.1 ms", "1.2 ms", "123 ms", "12.3 s"]
        );
    }

    #[test]
    fn hashes_are_grouped_without_characters_between() {
        let hash = format!("0x{}", "0123456789abcdef".repeat(4));
        let text: String = grouped(&hash).into_string();
        let digits =
            text.replace("<code class=\"grouped\">", "").replace("<span>", "").replace("</span>", "");
        assert_eq!(digits.replace("</code>", ""), hash);
        assert_eq!(short(&hash), "0x01234567…89abcdef");
        assert_eq!(short("0x1234"), "0x1234");
    }
}
