//! The network: virtual time, and links that delay, reorder, duplicate, drop and are cut.
//!
//! Nothing here reads a clock. What happens next is what stands first on the timeline; two things at one time happen in
//! the order in which they were put there.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// Virtual milliseconds since the start of a run.
pub type Time = u64;

/// What will happen, by time.
#[derive(Debug)]
pub struct Timeline<E> {
    now: Time,
    added: u64,
    events: BTreeMap<(Time, u64), E>,
}

impl<E> Default for Timeline<E> {
    fn default() -> Self {
        Self { now: 0, added: 0, events: BTreeMap::new() }
    }
}

impl<E> Timeline<E> {
    /// The time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Lets something happen at a time, or now if that has passed.
    pub fn add(&mut self, at: Time, event: E) {
        self.added += 1;
        self.events.insert((at.max(self.now), self.added), event);
    }

    /// What happens next; time goes on to it.
    pub fn pop(&mut self) -> Option<E> {
        let ((at, _), event) = self.events.pop_first()?;
        self.now = at;
        Some(event)
    }

    /// What is still to come.
    pub fn pending(&self) -> impl Iterator<Item = &E> {
        self.events.values()
    }
}

/// A time in which two groups of operators cannot reach each other.
#[derive(Clone, Debug)]
struct Partition {
    from: Time,
    until: Time,
    side: BTreeSet<u16>,
}

impl Partition {
    fn separates(&self, now: Time, a: u16, b: u16) -> bool {
        (self.from..self.until).contains(&now) && self.side.contains(&a) != self.side.contains(&b)
    }
}

/// How a network treats what is sent over it in one run. Drawn from the run's seed.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// Longest delay of each link, in ms.
    delays: BTreeMap<(u16, u16), Time>,
    /// Of a hundred packets, so many arrive twice.
    duplicated: u64,
    /// Of a hundred packets, so many do not arrive.
    dropped: u64,
    partitions: Vec<Partition>,
}

/// The longest delay of a slow link, in ms.
const SLOW: Time = 3_000;
/// The longest time that a partition lasts, in ms.
const LONGEST_PARTITION: Time = 30_000;

impl Conditions {
    /// Some conditions: in every other run the links are good, in others they are slow, lossy or cut for a while.
    pub fn draw(operators: u16, random: &mut Random) -> Self {
        let slow = random.chance(50);
        let mut delays = BTreeMap::new();
        for from in 1..=operators {
            for to in 1..=operators {
                let longest = if slow { random.between(5, SLOW) } else { random.between(5, 100) };
                delays.insert((from, to), longest);
            }
        }
        let lossy = random.chance(40);
        let duplicated = if lossy { random.between(0, 40) } else { 0 };
        let dropped = if lossy { random.between(0, 40) } else { 0 };
        let count = if random.chance(40) { random.between(1, 3) } else { 0 };
        let partitions = (0..count).map(|_| {
            let from = random.between(0, 2 * LONGEST_PARTITION);
            let side = (1..=operators).filter(|_| random.chance(50)).collect();
            Partition { from, until: from + random.between(1_000, LONGEST_PARTITION), side }
        });
        let partitions = partitions.collect();
        Self { delays, duplicated, dropped, partitions }
    }

    /// When a packet that is sent now arrives: not at all, once or twice, in any order with others.
    pub fn arrivals(&self, now: Time, from: u16, to: u16, random: &mut Random) -> Vec<Time> {
        let is_cut = self.partitions.iter().any(|partition| partition.separates(now, from, to));
        if is_cut || random.chance(self.dropped) {
            return Vec::new();
        }
        let copies = if random.chance(self.duplicated) { 2 } else { 1 };
        (0..copies).map(|_| now + self.delay(from, to, random)).collect()
    }

    /// When a packet arrives that its sender repeats until it does.
    pub fn arrival(&self, now: Time, from: u16, to: u16, random: &mut Random) -> Time {
        let cuts = self.partitions.iter().filter(|partition| partition.separates(now, from, to));
        let healed = cuts.map(|partition| partition.until).max().unwrap_or(now);
        healed + self.delay(from, to, random)
    }

    fn delay(&self, from: u16, to: u16, random: &mut Random) -> Time {
        random.between(1, self.delays.get(&(from, to)).copied().unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_in_order() {
        let mut timeline = Timeline::default();
        for (at, name) in [(5, 'c'), (2, 'a'), (5, 'd'), (3, 'b')] {
            timeline.add(at, name);
        }
        let order: String = std::iter::from_fn(|| timeline.pop()).collect();
        assert_eq!((order.as_str(), timeline.now()), ("abcd", 5));
        timeline.add(1, 'e');
        assert_eq!((timeline.pop(), timeline.now()), (Some('e'), 5));
    }

    #[test]
    fn a_partition_stops_what_crosses_it_until_it_heals() {
        let mut random = Random::new(1, "test");
        let side = BTreeSet::from([1, 2]);
        let conditions = Conditions {
            delays: BTreeMap::new(),
            duplicated: 0,
            dropped: 0,
            partitions: vec![Partition { from: 10, until: 20, side }],
        };
        assert!(conditions.arrivals(15, 1, 3, &mut random).is_empty());
        assert_eq!(conditions.arrivals(15, 1, 2, &mut random), [16]);
        assert_eq!(conditions.arrivals(20, 1, 3, &mut random), [21]);
        assert_eq!(conditions.arrival(15, 1, 3, &mut random), 21);
    }
}
