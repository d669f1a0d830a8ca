//! Amounts for people: ETH. In files they are Gwei.

use coram_cluster::deposit::ETH;

/// Gwei as ETH, exactly.
pub use coram_views::eth;

/// Reads ETH with at most nine decimals; the result is Gwei.
pub fn parse_eth(text: &str) -> Result<u64, String> {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let gwei = || {
        let whole: u64 = whole.parse().ok()?;
        let decimals: u64 = format!("{decimals:0<9}").parse().ok()?;
        whole.checked_mul(ETH)?.checked_add(decimals)
    };
    if digits(whole) && digits(decimals) && decimals.len() <= 9 { gwei() } else { None }
        .ok_or_else(|| format!("{text:?} is not an amount in ETH, such as 32 or 1.5"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (gwei, text) in [
            (0, "0 ETH"),
            (1, "0.000000001 ETH"),
            (ETH, "1 ETH"),
            (100 * ETH, "100 ETH"),
            (1_500_000_000, "1.5 ETH"),
            (u64::MAX, "18446744073.709551615 ETH"),
        ] {
            assert_eq!(eth(gwei), text);
            assert_eq!(parse_eth(text.trim_end_matches(" ETH")), Ok(gwei));
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1e3", "0x1", "1.0000000001", "18446744074", "1 2", "1.5.0"]
        {
            assert!(parse_eth(text).is_err(), "{text}");
        }
    }
}
