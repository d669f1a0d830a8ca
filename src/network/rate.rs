//! How much one peer may ask of us.

use std::time::Instant;

/// A bucket that fills at a steady rate and holds a burst.
#[derive(Clone, Debug)]
pub struct Bucket {
    per_second: f64,
    burst: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(per_second: f64, burst: f64, now: Instant) -> Self {
        Self { per_second, burst, level: burst, at: now }
    }

    /// Takes `amount` out; false, and nothing is taken, if it does not hold that much.
    pub fn take(&mut self, amount: f64, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + since * self.per_second).min(self.burst);
        self.at = now;
        if amount > self.level {
            return false;
        }
        self.level -= amount;
        true
    }
}

/// What one peer may send: requests, and messages in them, each of which costs the check of a signature.
#[derive(Clone, Debug)]
pub struct Allowance {
    requests: Bucket,
    messages: Bucket,
}

impl Allowance {
    /// Many times what an honest peer needs for a ceremony of `operators`.
    pub fn new(operators: u16, now: Instant) -> Self {
        let operators = f64::from(operators);
        Self {
            requests: Bucket::new(20.0, 100.0 + 10.0 * operators, now),
            messages: Bucket::new(10.0 + operators, 50.0 * operators, now),
        }
    }

    /// Whether a request with so many messages is within the allowance.
    pub fn take(&mut self, messages: usize, now: Instant) -> bool {
        self.requests.take(1.0, now) && self.messages.take(messages as f64, now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_holds_a_burst_and_fills_again() {
        let start = Instant::now();
        let mut bucket = Bucket::new(2.0, 10.0, start);
        assert!(bucket.take(10.0, start));
        assert!(!bucket.take(1.0, start));
        assert!(bucket.take(1.0, start + Duration::from_millis(500)));
        assert!(!bucket.take(11.0, start + Duration::from_secs(100)));
        assert!(bucket.take(10.0, start + Duration::from_secs(100)));
    }

    #[test]
    fn a_whole_ceremony_is_within_the_allowance_of_one_peer_and_a_flood_is_not() {
        for operators in [4, 10, 100] {
            let start = Instant::now();
            let mut allowance = Allowance::new(operators, start);
            // Five kinds from every operator, one by one, all at once.
            assert!((0..5 * operators).all(|message| {
                allowance.take(1, start + Duration::from_millis(u64::from(message) * 20))
            }));
            assert!(!(0..10_000).all(|_| allowance.take(1, start)));
        }
    }
}
