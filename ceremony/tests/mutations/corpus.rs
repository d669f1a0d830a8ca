//! A file of `tests/mutations`: its members, where it stands, and whether the verifier agrees with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use coram_ceremony::verify::{CheckId, Expectations, Options, Outcome, verify_lock};
use serde_json::{Value, json};

use crate::base::Base;
use crate::changes::{apply, difference};
use crate::text::{Edit, edit};

/// The folder of the files.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/mutations"))
}

/// Whether the files are to be made anew.
pub fn updating() -> bool {
    std::env::var_os("UPDATE_MUTATIONS").is_some()
}

/// What differs from the base.
pub enum Change {
    /// RFC 6902.
    Json(Vec<Value>),
    /// Of the text, for what is no difference between two JSON values.
    Text(Vec<Edit>),
}

/// One file.
pub struct Mutation {
    /// `area/field`.
    pub name: String,
    pub base: Base,
    /// What an attacker might want with it, or what the change is.
    pub comment: String,
    /// The one place that differs, as a JSON pointer; none where an author changed more, signatures at least.
    pub place: Option<String>,
    pub change: Change,
    /// What it is compared with, as `--expect` reads it.
    pub expectations: Option<Value>,
    pub failed: BTreeSet<CheckId>,
    pub undecided: BTreeSet<CheckId>,
}

/// What must be said: the causes, and that whatever needs one of them is undecided.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub failed: Vec<&'static str>,
    /// Undecided for itself, not for what it needs.
    pub undecided: Vec<&'static str>,
}

/// These checks fail.
pub fn fails(checks: &[&'static str]) -> Said {
    Said { failed: checks.to_vec(), undecided: Vec::new() }
}

/// Nothing fails, and these checks cannot be made.
pub fn undecided(checks: &[&'static str]) -> Said {
    Said { failed: Vec::new(), undecided: checks.to_vec() }
}

impl Said {
    /// Also undecided.
    pub fn and_undecided(mut self, checks: &[&'static str]) -> Self {
        self.undecided.extend(checks);
        self
    }

    /// Also failed.
    pub fn and_fails(mut self, checks: &[&'static str]) -> Self {
        self.failed.extend(checks);
        self
    }
}

fn named(names: &[&'static str]) -> BTreeSet<CheckId> {
    names.iter().map(|name| CheckId::by_name(name).unwrap_or_else(|| panic!("no check {name}"))).collect()
}

/// What cannot be decided where these checks failed and those are undecided for themselves.
fn undecided_by(failed: &BTreeSet<CheckId>, open: &BTreeSet<CheckId>) -> BTreeSet<CheckId> {
    let mut undecided = needing(failed.union(open).copied().collect());
    let is_open = |name: &str| open.contains(&CheckId::by_name(name).unwrap());
    if is_open("transcript.present") {
        // What is not there has no checks.
        let of_transcript = needing(named(&["transcript.present"]));
        undecided.retain(|check| open.contains(check) || !of_transcript.contains(check));
    }
    if ["json.strict", "definition.version", "lock.form"].iter().all(|name| {
        let check = CheckId::by_name(name).unwrap();
        !failed.contains(&check) && !open.contains(&check)
    }) {
        // Nothing is expected of a lock that can be read.
        undecided.retain(|check| !check.name().starts_with("expect."));
    }
    // There are no files beside the lock.
    undecided.retain(|check| !is_of_files_beside(check.name()));
    undecided.difference(failed).copied().collect()
}

/// Whether a check is of deposit-data files or keystores.
pub fn is_of_files_beside(check: &str) -> bool {
    check.starts_with("deposit-data.") || check.starts_with("keystores.")
}

/// These checks, whatever needs one of them, and whatever needs that.
fn needing(mut open: BTreeSet<CheckId>) -> BTreeSet<CheckId> {
    for check in CheckId::ALL {
        if check.entry().needs.iter().any(|need| open.contains(need)) {
            open.insert(*check);
        }
    }
    open
}

impl Mutation {
    /// A file with a change to the text or to the value.
    pub fn new(name: impl Into<String>, base: Base, comment: &str, change: Change, said: &Said) -> Self {
        let failed = named(&said.failed);
        let undecided = undecided_by(&failed, &named(&said.undecided));
        let comment = comment.to_owned();
        Self { name: name.into(), base, comment, place: None, change, expectations: None, failed, undecided }
    }

    /// A file with the difference that `tamper` makes.
    pub fn tampered(
        name: impl Into<String>,
        base: Base,
        comment: &str,
        said: &Said,
        tamper: impl FnOnce(&mut Value),
    ) -> Self {
        let kept = base.kept();
        let changes = difference(&kept.lock, &kept.changed(tamper));
        Self::new(name, base, comment, Change::Json(changes), said)
    }

    /// Also undecided for itself.
    pub fn and_undecided(mut self, checks: &[&'static str]) -> Self {
        self.undecided.extend(undecided_by(&self.failed, &named(checks)));
        self
    }

    /// The one place that differs.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    fn verdict(&self) -> &'static str {
        match (self.failed.is_empty(), self.undecided.is_empty()) {
            (false, _) => "invalid",
            (true, false) => "indeterminate",
            (true, true) => "valid",
        }
    }

    /// The check that alone rejects it, or alone keeps it from being valid.
    pub fn only_check(&self) -> Option<String> {
        let only = |checks: &BTreeSet<CheckId>| match checks.iter().collect::<Vec<_>>()[..] {
            [check] => Some(check.name().to_owned()),
            _ => None,
        };
        if self.failed.is_empty() { None } else { only(&self.failed) }
    }

    /// The file.
    pub fn to_text(&self) -> String {
        let names = |checks: &BTreeSet<CheckId>| checks.iter().map(|check| check.name()).collect::<Vec<_>>();
        let mut file = json!({ "base": self.base.file(), "comment": self.comment });
        if let Some(place) = &self.place {
            file["place"] = json!(place);
        }
        match &self.change {
            Change::Json(changes) => file["change"] = json!(changes),
            Change::Text(edits) => file["text"] = edits.iter().map(Edit::to_value).collect(),
        }
        if let Some(expectations) = &self.expectations {
            file["expectations"] = expectations.clone();
        }
        file["expect"] = json!({
            "verdict": self.verdict(),
            "failed": names(&self.failed),
            "undecided": names(&self.undecided),
        });
        serde_json::to_string_pretty(&file).unwrap() + "\n"
    }

    /// The changed lock.
    fn bytes(&self) -> Vec<u8> {
        let kept = self.base.kept();
        match &self.change {
            Change::Json(changes) => {
                let mut lock = kept.lock.clone();
                changes.iter().for_each(|change| apply(&mut lock, change));
                serde_json::to_vec(&lock).unwrap()
            }
            Change::Text(edits) => edit(&kept.bytes, edits),
        }
    }
}

/// How the verifier differs from a file, if it does.
pub fn disagreement(mutation: &Mutation) -> Option<String> {
    let expectations = mutation.expectations.as_ref().map(|expectations| expectations.to_string());
    let expectations = expectations.map(|text| Expectations::parse(text.as_bytes()).unwrap());
    let options = Options { expectations: expectations.unwrap_or_default(), ..Options::default() };
    let report = verify_lock(&mutation.bytes(), &options, &|| Duration::ZERO);
    let found = |outcome| named(&report.with(outcome));
    let (failed, undecided) = (found(Outcome::Failed), found(Outcome::Undecided));
    let verdict = report.verdict.name().to_lowercase();
    let same = failed == mutation.failed && undecided == mutation.undecided && verdict == mutation.verdict();
    let less = |a: &BTreeSet<CheckId>, b: &BTreeSet<CheckId>| {
        a.difference(b).map(|check| check.name()).collect::<Vec<_>>().join(" ")
    };
    (!same).then(|| {
        format!(
            "{}: {verdict}; fails also: {}; fails not: {}; undecided also: {}; undecided not: {}",
            mutation.name,
            less(&failed, &mutation.failed),
            less(&mutation.failed, &failed),
            less(&undecided, &mutation.undecided),
            less(&mutation.undecided, &undecided),
        )
    })
}

/// Every kept file but the bases, by its name.
pub fn read() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for area in areas() {
        for entry in fs::read_dir(&area).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().trim_end_matches(".json");
            files.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
        }
    }
    files
}

fn areas() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir() && !path.ends_with("base")).collect()
}

/// Writes all files, and removes those that are no longer made.
pub fn write(files: &BTreeMap<String, Mutation>) {
    areas().iter().for_each(|area| fs::remove_dir_all(area).unwrap());
    for (name, mutation) in files {
        let path = folder().join(format!("{name}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, mutation.to_text()).unwrap();
    }
}

/// The places at which kept files differ from a base.
pub fn places(base: Base) -> BTreeSet<String> {
    let files = read().into_values().map(|text| serde_json::from_str::<Value>(&text).unwrap());
    let of_base = files.filter(|file| file["base"] == base.file());
    of_base.filter_map(|file| file["place"].as_str().map(str::to_owned)).collect()
}
