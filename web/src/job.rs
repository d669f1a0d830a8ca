//! From a request to events.

use coram_ceremony::verify::{
    Check, CheckId, Clock, ExpectedOperator, FaultReport, NamedFile, Outcome, Report, Subject, verify_fault,
    verify_observed,
};
use serde::Serialize;

use crate::request::{Part, Refused, Request, Role};
use crate::sorted::{Sorted, sort};

/// What the page is told.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The files were told apart.
    Files {
        /// What each is read as, in their order.
        roles: Vec<Role>,
        /// How many checks there are to make.
        checks: usize,
    },
    /// A check was made.
    Check {
        /// Its name.
        id: &'static str,
        /// What became of it.
        outcome: Outcome,
        /// A row that shows it.
        html: String,
    },
    /// The end.
    Report {
        /// The report, as the program prints it.
        json: String,
        /// What it says, as fragments of a page.
        html: String,
        /// The same as a page of its own.
        page: String,
        /// The verdict as a picture, if there is one of it.
        badge: Option<String>,
    },
    /// How reports name an operator.
    Operator {
        /// Its account, or its peer ID.
        name: String,
    },
    /// Nothing is judged.
    Refused(Refused),
    /// The verifier has a fault, and stops.
    Stopped {
        /// What happened, and where.
        what: String,
    },
}

/// Does what a request says, on the bytes of its files.
pub fn verify(files: &[u8], request: &[u8], clock: Clock<'_>, tell: &mut dyn FnMut(Event)) {
    let event = judge(files, request, clock, tell).unwrap_or_else(Event::Refused);
    tell(event);
}

/// Says how reports name the operator with this account or node record.
#[must_use]
pub fn identify(operator: &[u8]) -> Event {
    let parsed =
        str::from_utf8(operator).map_err(|error| Refused::new(Part::Operator, error)).and_then(|text| {
            ExpectedOperator::parse(text.trim()).map_err(|error| Refused::new(Part::Operator, error))
        });
    match parsed {
        Ok(operator) => Event::Operator { name: operator.to_string() },
        Err(refused) => Event::Refused(refused),
    }
}

fn judge(
    files: &[u8],
    request: &[u8],
    clock: Clock<'_>,
    tell: &mut dyn FnMut(Event),
) -> Result<Event, Refused> {
    let request = Request::parse(request)?;
    let mut options = request.options()?;
    let sorted = sort(&request.files, files)?;
    let roles = sorted.iter().map(|file| file.role).collect();
    tell(Event::Files { roles, checks: CheckId::ALL.len() });
    let (subject, beside) = take_subject(sorted);
    let Some(Sorted { role, file: NamedFile { name, bytes } }) = subject else {
        return Err(Refused::new(Part::Files, "there is nothing to judge"));
    };
    options.name = name;
    for Sorted { role, file } in beside {
        match role {
            Role::Transcript => options.transcript = Some(file),
            Role::DepositData => options.deposit_files.push(file),
            Role::Lock | Role::Fault | Role::LeftOut => {}
        }
    }
    let mut observer = |check: &Check| {
        let html = coram_views::check_row(check);
        tell(Event::Check { id: check.id, outcome: check.outcome, html });
    };
    let subject = match role {
        Role::Fault => return Ok(of_fault(&verify_fault(&bytes))),
        Role::DepositData => Subject::DepositData,
        Role::Lock | Role::Transcript | Role::LeftOut => Subject::Lock,
    };
    Ok(of_report(&verify_observed(subject, &bytes, &options, clock, &mut observer)))
}

/// The file that is judged, and the others: a lock or a fault file if there is one, otherwise the first file of deposits.
fn take_subject(mut files: Vec<Sorted>) -> (Option<Sorted>, Vec<Sorted>) {
    let with = |roles: &[Role]| files.iter().position(|file| roles.contains(&file.role));
    let place = with(&[Role::Lock, Role::Fault]).or_else(|| with(&[Role::DepositData]));
    (place.map(|place| files.remove(place)), files)
}

fn of_report(report: &Report) -> Event {
    Event::Report {
        json: json(report),
        html: coram_views::sections(report),
        page: coram_views::page(report),
        badge: Some(coram_views::badge(report)),
    }
}

fn of_fault(report: &FaultReport) -> Event {
    Event::Report {
        json: json(report),
        html: coram_views::fault_sections(report),
        page: coram_views::fault_page(report),
        badge: None,
    }
}

/// Reports have no maps and no numbers that JSON cannot hold.
fn json(report: &impl Serialize) -> String {
    coram_views::ascii(&serde_json::to_string_pretty(report).unwrap_or_default())
}
