//! What the machine gives to a process.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use rustix::process::{Resource, getrlimit};
use rustix::rand::{GetRandomFlags, getrandom};

use super::folder::mebibytes;
use super::report::Finding;
use super::{Facts, Found, found};
use crate::failure::{Exit, Failure};

/// Memory that the process takes in any case, in bytes.
const BASE_MEMORY: u64 = 48 << 20;
/// Memory for each share of the ceremony (operators times validators), in bytes; measured, and rounded up.
const SHARE_MEMORY: u64 = 256 << 10;
/// Files that the process has open in any case.
const BASE_FILES: u64 = 64;
/// Connections to one peer at a time, through relays and directly, over TCP and QUIC.
const PEER_FILES: u64 = 8;
/// A clock that shows less is wrong: this program did not exist then.
const RELEASED: &str = "2026-01-01T00:00:00Z";
/// How far the definition's timestamp may lie ahead: its creator's clock may be a little fast.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

/// `machine.random`.
pub fn random() -> Found {
    let mut bytes = [0; 32];
    // A system that has just started, and has no entropy yet, would let `coram dkg` wait.
    let filled = getrandom(bytes.as_mut_slice(), GetRandomFlags::NONBLOCK);
    found(
        match filled {
            Ok(32) => Ok(Finding::pass("32 random bytes were had at once")),
            Ok(_) => Err("it gives fewer than were asked for".to_owned()),
            Err(error) => Err(error.to_string()),
        }
        .map_err(|error| {
            Failure::new(Exit::Internal, "random", format!("the system gives no random bytes: {error}")).help(
                "wait until the system has gathered entropy; a virtual machine needs a random number device",
            )
        }),
    )
}

/// `machine.memory`.
pub fn memory(facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let shares = u64::from(ceremony.operators()) * u64::from(ceremony.validators());
    let needed = BASE_MEMORY + SHARE_MEMORY * shares;
    let Some(available) = available_memory() else {
        return found(Ok(Finding::skipped("this system does not say how much memory is available")));
    };
    let text = format!("{} are available, about {} are needed", mebibytes(available), mebibytes(needed));
    let finding = if available < needed {
        Finding::warn(text, "end other programs, add memory or swap space, or use another machine")
    } else {
        Finding::pass(text)
    };
    found(Ok(finding.value("available_bytes", available).value("needed_bytes", needed)))
}

/// What the kernel takes for available, swap space included, within the limit of this process's control group.
fn available_memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let kibibytes = |name: &str| -> Option<u64> {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let system = (kibibytes("MemAvailable")? + kibibytes("SwapFree").unwrap_or(0)) << 10;
    let bytes = |path: &str| -> Option<u64> { fs::read_to_string(path).ok()?.trim().parse().ok() };
    // As a container sees its own group.
    let group = bytes("/sys/fs/cgroup/memory.max")
        .map(|limit| limit.saturating_sub(bytes("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    Some(group.map_or(system, |group| system.min(group)))
}

/// `machine.files`.
pub fn files(facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let needed = BASE_FILES + PEER_FILES * u64::from(ceremony.operators());
    let Some(limit) = getrlimit(Resource::Nofile).current else {
        return found(Ok(Finding::pass("there is no limit")));
    };
    let text = format!("{limit} can be open at a time, about {needed} are needed");
    let finding = if limit < needed {
        Finding::warn(text, format!("run `ulimit -n {}` first", needed.next_power_of_two()))
    } else {
        Finding::pass(text)
    };
    found(Ok(finding.value("limit", limit).value("needed", needed)))
}

/// `clock.sane`.
pub fn clock(facts: &Facts) -> Found {
    let now = Timestamp::now();
    let created = facts.definition.as_ref().map(|definition| definition.timestamp().to_owned());
    found(Ok(judge_clock(now, created.as_deref()).value("now", now.to_string())))
}

fn judge_clock(now: Timestamp, created: Option<&str>) -> Finding {
    const HELP: &str = "set the clock, and let it be kept by NTP";
    let now_text = format!("{now:.0}");
    if RELEASED.parse().is_ok_and(|released: Timestamp| now < released) {
        return Finding::warn(format!("it is {now_text} here, before there was this program"), HELP);
    }
    let Some(text) = created else { return Finding::pass(format!("it is {now_text} here")) };
    let Ok(created) = text.parse::<Timestamp>() else {
        return Finding::pass(format!("it is {now_text} here; the definition does not say when it was made"));
    };
    if created.duration_since(now) > AHEAD {
        let found = format!("it is {now_text} here, but the definition was made at {text}");
        return Finding::warn(
            found,
            "one of the two clocks is wrong; set this one, and let it be kept by NTP",
        );
    }
    Finding::pass(format!("it is {now_text} here; the definition was made at {text}"))
}

#[cfg(test)]
mod tests {
    use super::super::report::Outcome;
    use super::*;

    #[test]
    fn a_clock_in_the_past_is_noticed() {
        let judge = |now: &str, created: Option<&str>| judge_clock(now.parse().unwrap(), created).result;
        assert_eq!(judge("1970-01-01T00:00:00Z", None), Outcome::Warn);
        assert_eq!(judge("2027-01-01T00:00:00Z", None), Outcome::Pass);
        assert_eq!(judge("2027-01-01T00:00:00Z", Some("2027-01-01T00:00:30Z")), Outcome::Pass);
        assert_eq!(judge("2027-01-01T00:00:00Z", Some("2027-01-01T02:01:01+02:00")), Outcome::Warn);
        assert_eq!(judge("2027-01-01T00:00:00Z", Some("yesterday")), Outcome::Pass);
    }

    #[test]
    fn this_machine_says_what_it_has() {
        assert_eq!(random().unwrap()[0].result, Outcome::Pass);
        if std::path::Path::new("/proc/meminfo").exists() {
            assert!(available_memory().unwrap() > 1 << 20);
        }
    }
}
