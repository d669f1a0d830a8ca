//! All that takes part in a run, and what happens to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use coram_ceremony::id::MessageId;
use coram_ceremony::{Engine, Message, Step};

use super::{Ended, GROUPS, Plan, Stage, corrupted};
use crate::Failure;
use crate::adversary::{Adversary, Cheaters};
use crate::cast::Cast;
use crate::forgeries::Forgeries;
use crate::hand::Hand;
use crate::network::{Conditions, Time, Timeline};
use crate::operator::{Ending, Operator};
use crate::random::Random;
use crate::trace::Trace;

/// A run in which nobody's board changed for so long has ended, in virtual ms.
const QUIET: Time = 240_000;
/// And every run ends then.
const DEADLINE: Time = 3_600_000;
/// Operators compare boards about this often.
const COMPARE: Time = 4_000;
/// Operators start within so many ms of each other.
const START: Time = 20_000;
/// Of a hundred messages that are written to disk, so many are followed by a crash before they are sent.
const CRASHES: u64 = 3;

/// What can happen.
#[derive(Debug)]
enum Event {
    /// An operator begins.
    Start(u16),
    /// Bytes arrive.
    Arrive { from: u16, to: u16, bytes: Arc<[u8]> },
    /// An operator is told what another has; it sends what that lacks, and if it lacks something itself says what it has.
    Compare { from: u16, to: u16, have: Vec<MessageId>, answer: bool },
    /// An operator compares boards with some other.
    Tick(u16),
    /// The adversary wanted to be called.
    Wake,
    /// The adversary sends something that it held back.
    Send { from: u16, to: u16, bytes: Arc<[u8]> },
}

pub(super) struct World {
    plan: Plan,
    cast: Arc<Cast>,
    random: Random,
    conditions: Conditions,
    timeline: Timeline<Event>,
    honest: BTreeMap<u16, Operator>,
    /// When each begins.
    starts: BTreeMap<u16, Time>,
    hand: Option<Hand>,
    adversary: Box<dyn Adversary>,
    forgeries: Arc<Forgeries>,
    changed: Time,
    trace: Trace,
}

impl World {
    pub(super) fn new(stage: &Stage, plan: Plan, mut trace: Trace) -> Result<Self, Failure> {
        let Plan { entry, operators, seed } = plan;
        let mut random = Random::new(seed, entry.name);
        let number = random.below(stage.casts.count());
        let cast = stage.casts.get((entry.shape)(operators), number)?;
        // Few groups for each cast: what is expensive depends on who is in it.
        let group = number as u64 * GROUPS + random.draw() % GROUPS;
        let corrupted = corrupted(entry.cheaters, &cast, &mut Random::new(group, "corrupted"));
        let cheaters: BTreeSet<u16> = match entry.cheaters {
            Cheaters::One => corrupted.iter().copied().take(1).collect(),
            _ => corrupted.iter().copied().collect(),
        };
        let conditions = Conditions::draw(operators, &mut random);
        trace.say(0, || format!("corrupted {corrupted:?}, cheating {cheaters:?}, network {conditions:?}"));

        let mut timeline = Timeline::default();
        let (mut honest, mut starts) = (BTreeMap::new(), BTreeMap::new());
        for index in (1..=operators).filter(|index| !corrupted.contains(index)) {
            honest.insert(index, Operator::new(&cast, index)?);
            let start = random.between(0, START);
            starts.insert(index, start);
            timeline.add(start, Event::Start(index));
        }
        let chance = Random::new(random.draw(), "adversary");
        let hand = Hand::new(&cast, &stage.forgeries, corrupted, cheaters, chance)?;
        let mut world = Self {
            plan,
            cast,
            random,
            conditions,
            timeline,
            honest,
            starts,
            hand: Some(hand).filter(|hand| !hand.corrupted().is_empty()),
            adversary: (entry.make)(),
            forgeries: Arc::clone(&stage.forgeries),
            changed: 0,
            trace,
        };
        world.let_adversary_act(|_, _| Ok(()))?;
        Ok(world)
    }

    /// Lets things happen until the run has ended.
    pub(super) fn go_on(&mut self) -> Result<(), Failure> {
        while self.goes_on() {
            let Some(event) = self.timeline.pop() else { break };
            self.happen(event)?;
        }
        Ok(())
    }

    fn goes_on(&self) -> bool {
        let now = self.timeline.now();
        let is_quiet = now > self.changed + QUIET || self.is_settled();
        !is_quiet && now < DEADLINE
    }

    /// Whether nothing can change any more: all have the same, nothing is on its way, and the adversary plans nothing.
    fn is_settled(&self) -> bool {
        let mut boards = self.honest.values().map(Operator::have);
        let Some(first) = boards.next() else { return true };
        !first.is_empty()
            && !self.timeline.pending().any(|event| {
                matches!(event, Event::Arrive { .. } | Event::Wake | Event::Send { .. } | Event::Start(_))
            })
            && boards.all(|board| board == first)
    }

    fn has_started(&self, index: u16) -> bool {
        self.starts.get(&index).is_some_and(|&start| start <= self.timeline.now())
    }

    fn happen(&mut self, event: Event) -> Result<(), Failure> {
        let now = self.timeline.now();
        match event {
            Event::Start(index) => {
                self.trace.say(now, || format!("{index} starts"));
                self.changed = now;
                self.timeline.add(now + self.random.between(1, COMPARE), Event::Tick(index));
                self.advance(index)
            }
            Event::Arrive { from, to, bytes } => self.arrive(from, to, &bytes),
            Event::Compare { from, to, have, answer } => {
                self.compare(from, to, &have, answer);
                Ok(())
            }
            Event::Tick(index) => {
                self.timeline.add(now + self.random.between(COMPARE / 2, 2 * COMPARE), Event::Tick(index));
                let others: Vec<u16> = self.honest.keys().copied().filter(|&other| other != index).collect();
                if let Some(&other) = self.random.choose(&others) {
                    self.send_have(index, other, false);
                }
                Ok(())
            }
            Event::Wake => {
                self.changed = now;
                self.trace.say(now, || "the adversary wakes".into());
                self.let_adversary_act(|adversary, hand| adversary.wake(hand))
            }
            Event::Send { from, to, bytes } => {
                let at = self.conditions.arrival(now, from, to, &mut self.random);
                let at = at.max(self.starts.get(&to).copied().unwrap_or_default() + 1);
                self.timeline.add(at, Event::Arrive { from, to, bytes });
                Ok(())
            }
        }
    }

    fn arrive(&mut self, from: u16, to: u16, bytes: &[u8]) -> Result<(), Failure> {
        let now = self.timeline.now();
        // What arrives before an operator starts is not there when it does.
        if !self.has_started(to) {
            return Ok(());
        }
        let Some(operator) = self.honest.get_mut(&to) else { return Ok(()) };
        if !operator.receive(bytes) {
            return Ok(());
        }
        self.changed = now;
        self.trace.say(now, || format!("{to} gets from {from}: {}", describe(operator, bytes)));
        self.show_adversary(bytes)?;
        self.advance(to)
    }

    /// Lets an operator publish what it can.
    fn advance(&mut self, index: u16) -> Result<(), Failure> {
        let now = self.timeline.now();
        loop {
            let Some(operator) = self.honest.get_mut(&index) else { return Ok(()) };
            let faults = operator.faults().len();
            let published = operator.advance();
            if let Some(fault) = operator.faults().get(faults) {
                self.trace.say(now, || format!("{index} writes a fault file: {}", fault.breach()));
            }
            let mut crashed = false;
            for message in published {
                self.changed = now;
                if self.random.chance(CRASHES) {
                    self.trace.say(now, || format!("{index} writes its {} and crashes", message.kind()));
                    crashed = true;
                    continue;
                }
                self.trace.say(now, || format!("{index} publishes its {}", message.kind()));
                self.broadcast(index, &message)?;
            }
            if !crashed {
                return Ok(());
            }
            if let Some(operator) = self.honest.get_mut(&index) {
                operator.restart()?;
            }
        }
    }

    fn broadcast(&mut self, from: u16, message: &Message) -> Result<(), Failure> {
        let bytes: Arc<[u8]> = message.to_bytes().into();
        let others: Vec<u16> = self.honest.keys().copied().filter(|&other| other != from).collect();
        for to in others {
            self.send(from, to, &bytes);
        }
        self.show_adversary(&bytes)
    }

    fn send(&mut self, from: u16, to: u16, bytes: &Arc<[u8]>) {
        let now = self.timeline.now();
        for at in self.conditions.arrivals(now, from, to, &mut self.random) {
            self.timeline.add(at, Event::Arrive { from, to, bytes: Arc::clone(bytes) });
        }
    }

    fn send_have(&mut self, from: u16, to: u16, answer: bool) {
        let now = self.timeline.now();
        let Some(operator) = self.honest.get(&from) else { return };
        let have = operator.have();
        for at in self.conditions.arrivals(now, from, to, &mut self.random) {
            self.timeline.add(at, Event::Compare { from, to, have: have.clone(), answer });
        }
    }

    /// An operator learns what another has.
    fn compare(&mut self, from: u16, to: u16, have: &[MessageId], answer: bool) {
        if !self.has_started(to) {
            return;
        }
        let Some(operator) = self.honest.get(&to) else { return };
        let missing: Vec<Arc<[u8]>> = operator
            .board()
            .missing_from(have)
            .into_iter()
            .map(|message| message.to_bytes().into())
            .collect();
        let lacks = have.iter().any(|id| operator.board().message(id).is_none());
        for bytes in missing {
            self.send(to, from, &bytes);
        }
        if lacks && !answer {
            self.send_have(to, from, true);
        }
    }

    /// The adversary sees what is sent when it is sent.
    fn show_adversary(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(hand) = &mut self.hand else { return Ok(()) };
        let learned = hand.learn(bytes);
        self.let_adversary_act(|adversary, hand| {
            learned.map_or(Ok(()), |message| adversary.observe(hand, &message))
        })
    }

    fn let_adversary_act(
        &mut self,
        act: impl FnOnce(&mut dyn Adversary, &mut Hand) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(hand) = &mut self.hand else { return Ok(()) };
        let now = self.timeline.now();
        hand.set_now(now);
        act(self.adversary.as_mut(), hand)?;
        while let Some((author, kind)) = hand.due() {
            self.trace.say(now, || format!("a {kind} of {author} is due, which is the adversary's"));
            self.adversary.publish(hand, author, kind)?;
        }
        for alarm in hand.take_alarms() {
            self.timeline.add(now + alarm, Event::Wake);
        }
        for sent in hand.take_outgoing() {
            self.trace.say(now, || {
                format!("the adversary sends {} bytes from {} to {}", sent.bytes.len(), sent.from, sent.to)
            });
            let event = Event::Send { from: sent.from, to: sent.to, bytes: sent.bytes };
            self.timeline.add(now + sent.after, event);
        }
        Ok(())
    }

    pub(super) fn end(mut self) -> Result<Ended, Failure> {
        let took = self.timeline.now();
        let mut honest = Vec::new();
        for (_, mut operator) in self.honest {
            let ending = operator.ending().map_err(|error| format!("{}: {error}", self.plan.entry.name))?;
            self.trace.say(took, || format!("{} ends: {ending:?}", operator.index()));
            honest.push((operator, ending));
        }
        let (mut corrupted, mut cheaters, mut puppets) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        let mut accusations = Vec::new();
        if let Some(mut hand) = self.hand {
            accusations = self.adversary.accuse(&mut hand)?;
            corrupted = hand.corrupted().to_vec();
            cheaters.clone_from(hand.cheaters());
            puppets.extend(hand.puppets().filter_map(|(index, puppet)| Some((index, locked(puppet)?))));
        }
        Ok(Ended {
            cast: self.cast,
            corrupted,
            cheaters,
            honest,
            puppets,
            accusations,
            forgeries: self.forgeries,
            took,
            trace: self.trace,
        })
    }
}

fn locked(puppet: &mut Engine) -> Option<Ending> {
    match puppet.next() {
        Step::Finished(outcome) => Some(Ending::Locked(outcome)),
        _ => None,
    }
}

fn describe(operator: &Operator, bytes: &[u8]) -> String {
    match Message::read(bytes, operator.board().ceremony()) {
        Ok(message) => format!("the {} of {}, {}", message.kind(), message.author(), message.id()),
        Err(rejection) => rejection.to_string(),
    }
}
