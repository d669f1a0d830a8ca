//! Cluster, ceremony, operators and validators in words.

use std::fmt::{self, Write as _};

use coram_ceremony::verify::Report;
use coram_ceremony::verify::report::{
    CeremonySummary, Cluster, ContributionSummary, Contributor, SetupSummary,
};

use super::{SHOWN, View};
use crate::cli::amount::eth;
use crate::plain::Plain;

impl View {
    pub(super) fn cluster(&mut self, cluster: &Cluster) -> fmt::Result {
        let name = if cluster.name.is_empty() { "(without a name)" } else { &cluster.name };
        self.heading(&format!("Cluster {}", Plain(name)))?;
        let network = cluster.network.as_deref().unwrap_or("not known");
        self.row("network", format_args!("{network}, fork version {}", cluster.fork_version))?;
        self.row("version", cluster.version)?;
        self.row("uuid", Plain(&cluster.uuid))?;
        self.row("operators", &cluster.tolerance)?;
        let validators = cluster.validators;
        let amounts: Vec<String> = cluster.deposit_amounts.iter().map(|gwei| eth(*gwei)).collect();
        self.row("validators", format_args!("{validators}, deposits of {} each", amounts.join(", ")))?;
        let credentials =
            if cluster.compounding { "0x02, rewards compound" } else { "0x01, rewards are paid out" };
        self.row("credentials", credentials)?;
        self.row("definition hash", &cluster.definition_hash)?;
        self.row("lock hash", &cluster.lock_hash)?;
        writeln!(self.text)
    }

    pub(super) fn ceremony(&mut self, ceremony: &CeremonySummary) -> fmt::Result {
        self.heading("Ceremony")?;
        self.row("id", ceremony.id)?;
        let CeremonySummary { kind, attempt, protocol_version, .. } = ceremony;
        self.row("kind", format_args!("{kind}, protocol version {protocol_version}"))?;
        match attempt {
            0 => self.row("attempt", "0, the first")?,
            1 => self.row("attempt", "1; 1 was abandoned before it")?,
            _ => self.row("attempt", format_args!("{attempt}; {attempt} were abandoned before it"))?,
        }
        match ceremony.transcript_root {
            Some(root) => self.row("transcript root", root)?,
            None => self.row("transcript root", "cannot be computed")?,
        }
        self.row("proof system", ceremony.proof_system)?;
        if let Some(setup) = &ceremony.setup {
            self.row("setup", setup)?;
        }
        self.row("commits", if ceremony.commits { "before every dealing" } else { "none" })?;
        self.row("encryption keys", ceremony.encryption_keys)?;
        let dealers: Vec<String> = ceremony.dealers.iter().map(u16::to_string).collect();
        self.row("dealers", dealers.join(", "))?;
        let CeremonySummary { extraction, polynomials, keys_per_polynomial, .. } = ceremony;
        match *extraction {
            "sum" => self.row("extraction", extraction)?,
            _ => self.row(
                "extraction",
                format_args!(
                    "{extraction}, {keys_per_polynomial} keys a polynomial, {polynomials} from each dealer"
                ),
            )?,
        }
        ceremony.setups.iter().try_for_each(|setup| self.setup(setup))?;
        writeln!(self.text)
    }

    fn setup(&mut self, setup: &SetupSummary) -> fmt::Result {
        let SetupSummary { digest, operators, validators, powers_log, rechecked, contributions } = setup;
        writeln!(self.text, "\n  Setup for {operators} operators and chunks of {validators} validators")?;
        self.row("digest", digest)?;
        self.row("powers", format_args!("2^{powers_log}"))?;
        let string =
            if *rechecked { "rechecked here" } else { "not given; the operators say that they checked it" };
        self.row("reference string", string)?;
        let Some(contributions) = contributions else {
            return self.row("contributions", "their signatures are not verified");
        };
        for ContributionSummary { phase, number, contributor } in contributions.iter().take(2 * SHOWN) {
            let name = format!("phase {phase}, {number}");
            self.row(&name, Contribution(contributor))?;
        }
        match contributions.len().checked_sub(2 * SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(self.text, "            and {more} more; --json prints all"),
        }
    }

    pub(super) fn operators(&mut self, report: &Report) -> fmt::Result {
        if report.operators.is_empty() {
            return Ok(());
        }
        self.heading("Operators")?;
        for operator in &report.operators {
            let address = operator.address.as_deref().unwrap_or("no account");
            let peer = operator
                .peer_id
                .as_deref()
                .map_or_else(|| "no valid node record".to_owned(), |id| format!("peer {id}"));
            write!(self.text, "  {:>4}  {address}  {peer}", operator.index)?;
            if operator.anchored {
                write!(self.text, ", expected")?;
            }
            match operator.dealt {
                Some(true) => write!(self.text, ", dealt")?,
                Some(false) => write!(self.text, ", did not deal")?,
                None => {}
            }
            if let Some(software) = operator.software.as_deref().filter(|software| !software.is_empty()) {
                // Last, and in quotes that it cannot leave: an operator must not say of itself that it is expected.
                write!(self.text, ", says it ran \"{}\"", Plain(&software.replace('"', "'")))?;
            }
            writeln!(self.text)?;
        }
        writeln!(self.text)
    }

    pub(super) fn validators(&mut self, report: &Report) -> fmt::Result {
        if report.validators.is_empty() {
            return Ok(());
        }
        self.heading("Validators")?;
        for (index, validator) in report.validators.iter().enumerate().take(SHOWN) {
            let address = |address: &Option<String>| {
                address.clone().unwrap_or_else(|| "an address that is missing".to_owned())
            };
            writeln!(self.text, "  {index:>4}  {}", validator.public_key)?;
            let (withdrawal, fees) = (address(&validator.withdrawal), address(&validator.fee_recipient));
            writeln!(self.text, "        stake to {withdrawal}, fees to {fees}")?;
        }
        self.more(report.validators.len())?;
        writeln!(self.text)
    }
}

/// Where a contribution comes from, in words.
struct Contribution<'a>(&'a Contributor);

impl fmt::Display for Contribution<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Contributor::Operator { index, address, peer_id } => {
                let address = address.as_deref().unwrap_or("no account");
                write!(f, "operator {index}, {address}, peer {peer_id}")
            }
            Contributor::Identity { peer_id } => write!(f, "no operator, peer {peer_id}"),
            Contributor::Anonymous => f.write_str("anonymous"),
            Contributor::Beacon { value, iterations_log } => {
                write!(f, "beacon {value}, hashed 2^{iterations_log} times")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use coram_ceremony::verify::report::OperatorSummary;
    use coram_ceremony::verify::{Options, verify_lock};

    use crate::cli::verify::outputs::Shown as _;

    /// The lines on two operators, of whom the second is expected, who say that they ran this.
    fn lines(software: &str) -> Vec<String> {
        let mut report = verify_lock(b"{}", &Options::default(), &|| Duration::ZERO);
        let operator = |index| OperatorSummary {
            index,
            address: None,
            peer_id: Some("16Uiu2HAm".to_owned()),
            dealt: Some(true),
            software: Some(software.to_owned()),
            anchored: index == 2,
        };
        report.operators = vec![operator(1), operator(2)];
        let text = report.text(false);
        text.lines().filter(|line| line.contains("16Uiu2HAm")).map(str::to_owned).collect()
    }

    #[test]
    fn no_operator_says_of_itself_that_it_is_expected() {
        let marks = |line: &str| line.split('"').step_by(2).any(|part| part.contains(", expected"));
        for software in ["coram 0.1.0", "coram, expected", "coram\", expected, \"", "\u{201d}, expected"] {
            let lines = lines(software);
            assert_eq!(lines.iter().map(|line| marks(line)).collect::<Vec<_>>(), [false, true], "{lines:?}");
        }
    }
}
