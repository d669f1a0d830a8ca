//! Moments and the time between them, as they are shown.

use jiff::Timestamp;

/// RFC 3339, in UTC, with milliseconds.
pub fn rfc3339(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// How long ago something was.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    if now.duration_since(then).as_secs() < 2 {
        "now".to_owned()
    } else {
        format!("{} ago", between(then, now))
    }
}

/// The time between two moments, in its largest unit. Where a clock was set back, it is none.
pub fn between(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_utc_and_ages_in_their_largest_unit() {
        let at = |seconds: i64| Timestamp::new(1_800_000_000 + seconds, 7_000_000).unwrap();
        assert_eq!(rfc3339(at(0)), "2027-01-15T08:00:00.007Z");
        assert_eq!(rfc3339(at(0)).parse::<Timestamp>().unwrap(), at(0));
        let ages = [(-5, "now"), (1, "now"), (12, "12 s ago"), (119, "119 s ago"), (150, "2 min ago")];
        for (seconds, age) in ages {
            assert_eq!(ago(at(0), at(seconds)), age);
        }
        assert_eq!(between(at(0), at(3 * 3600)), "3 h");
        assert_eq!(between(at(0), at(3 * 86_400)), "3 d");
        assert_eq!(between(at(9), at(0)), "0 s");
    }
}
