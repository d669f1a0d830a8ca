//! The reference strings, where dealings are proved with some.

use super::report::Finding;
use super::{Facts, Found, Subject};
use crate::cli::terms::judge_setups;
use crate::failure::Failure;
use crate::setup::contributors::{Operators, hex0x, short};

/// `setup.anchored`.
pub fn anchored(subject: &Subject<'_>, facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let judge = || -> Result<Vec<Finding>, Failure> {
        let Some(references) = subject.terms.references()? else {
            return Ok(vec![Finding::skipped("the transparent proof system needs none")]);
        };
        judge_setups(ceremony, &references, subject.accept)?;
        let operators = Operators::of(ceremony.definition())?;
        let warn = |(phase, missing): (_, Vec<u16>)| {
            let what = format!("no contribution to the {} by {}", short(phase), operators.names(&missing));
            let help = "tell whoever verifies the lock to expect this setup (--expect-setup)";
            Finding::warn(what, help).value("phase", short(phase)).value("operators", missing)
        };
        let mut findings: Vec<Finding> = references.missing(&operators).into_iter().map(warn).collect();
        if findings.is_empty() {
            let digests: Vec<String> = references.setups().map(|setup| hex0x(&setup.digest())).collect();
            let what =
                format!("every operator has contributed to both phases of setup {}", digests.join(", "));
            findings.push(Finding::pass(what).value("setups", digests));
        }
        Ok(findings)
    };
    Some(judge().unwrap_or_else(|failure| vec![failure.into()]))
}
