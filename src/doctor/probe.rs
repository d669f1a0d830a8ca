//! One try to connect everybody, with our own identity, within a few seconds.
//!
//! Listens nowhere, except through relays, to see whether they let us. Whoever asks us for messages is told who we are and why it gets
//! none, so that nobody takes us for an operator that disagrees.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use coram_ceremony::frame::Answer;
use futures::StreamExt as _;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::{Multiaddr, Protocol};
use libp2p::request_response::{Event as BoardEvent, Message as Exchange, OutboundFailure};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, DialError, Swarm, SwarmEvent};
use libp2p::{PeerId, identify, mdns};

use super::swarm::{Behaviour, BehaviourEvent, swarm};
use super::tries::{Contact, Plan, Results, Tried, Way};
use crate::failure::{Exit, Failure};
use crate::network::codec::Received;
use crate::network::reasons::{dial_error, root_cause};

/// How long everything may take together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long operators are looked for on the local network.
const SEARCH: Duration = Duration::from_secs(3);
/// How often an operator is asked whose connection closes: of two, it keeps the better one.
const QUESTIONS: u8 = 3;
/// What whoever asks us is told.
const EXCUSE: &str = "this is coram doctor, which only looks whether you can be reached";

/// Tries everything at the same time.
///
/// # Errors
///
/// Where the system has no network.
pub fn probe(plan: Plan) -> Result<Results, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Internal, "network.runtime", error.to_string()))?;
    let results = runtime.block_on(async {
        let mut probe = Probe::new(plan)?;
        // What is not settled by then is left as it is.
        let _ = tokio::time::timeout(PATIENCE, probe.run()).await;
        Ok(probe.results)
    });
    // Name look-ups may still be under way; nobody waits for them.
    runtime.shutdown_background();
    results
}

struct Probe {
    swarm: Swarm<Behaviour>,
    plan: Plan,
    started: Instant,
    /// The ways that are being tried, by their place.
    dials: BTreeMap<ConnectionId, usize>,
    /// The ways through relays that are not connected yet. Dialled sooner, each would dial the relay by itself, and fail.
    waiting: Vec<(usize, Way)>,
    reservations: Vec<(ListenerId, PeerId)>,
    results: Results,
}

impl Probe {
    fn new(plan: Plan) -> Result<Self, Failure> {
        let swarm = swarm(plan.key.clone(), &plan.profile)?;
        let results = Results { ways: vec![Tried::Silent; plan.ways.len()], ..Results::default() };
        let ways = plan.ways.clone().into_iter().enumerate();
        let (waiting, ready): (Vec<_>, Vec<_>) = ways.partition(|(_, way)| way.through.is_some());
        let (started, dials, reservations) = (Instant::now(), BTreeMap::new(), Vec::new());
        let mut probe = Self { swarm, plan, started, dials, waiting, reservations, results };
        for (index, way) in ready {
            probe.dial(index, way);
        }
        Ok(probe)
    }

    fn dial(&mut self, index: usize, way: Way) {
        let Way { peer, addresses, .. } = way;
        let dials: Vec<DialOpts> = match peer {
            Some(peer) => {
                vec![DialOpts::peer_id(peer).addresses(addresses).condition(PeerCondition::Always).build()]
            }
            None => addresses
                .into_iter()
                .map(|address| DialOpts::unknown_peer_id().address(address).build())
                .collect(),
        };
        for dial in dials {
            let connection = dial.connection_id();
            self.dials.insert(connection, index);
            if let Err(error) = self.swarm.dial(dial) {
                self.failed(connection, &error);
                self.give_up(peer);
            }
        }
    }

    async fn run(&mut self) {
        while !self.is_settled() {
            // The end of the search for local operators is no event.
            let event = tokio::time::timeout(SEARCH, self.swarm.select_next_some()).await;
            if let Ok(event) = event {
                self.on_event(event);
            }
        }
    }

    /// Whether nothing more is to be expected.
    fn is_settled(&self) -> bool {
        let searching = self.plan.profile.mdns && self.started.elapsed() < SEARCH;
        let told = |(peer, contact): (&PeerId, &Contact)| {
            let asked_relay = self.plan.relays.contains_key(peer);
            let asked_operator = self.plan.operators.contains(peer);
            contact.closed
                || (contact.agent.is_some()
                    && (!asked_relay || contact.reservation.is_some())
                    && (!asked_operator || contact.answer.is_some()))
        };
        !searching
            && self.dials.is_empty()
            && self.waiting.is_empty()
            && self.results.contacts.iter().all(told)
    }

    fn failed(&mut self, connection: ConnectionId, error: &DialError) {
        let outcome = match error {
            DialError::WrongPeerId { obtained, .. } => Tried::Other(*obtained),
            error => Tried::Failed(dial_error(error)),
        };
        let way = self.dials.remove(&connection).and_then(|index| self.results.ways.get_mut(index));
        if let Some(tried) = way.filter(|tried| matches!(tried, Tried::Silent)) {
            *tried = outcome;
        }
    }

    /// The ways through a relay that is connected now, or never will be.
    fn take_waiting(&mut self, relay: Option<PeerId>) -> Vec<(usize, Way)> {
        let all = std::mem::take(&mut self.waiting);
        let (taken, left) =
            all.into_iter().partition(|(_, way)| way.through.is_some() && way.through == relay);
        self.waiting = left;
        taken
    }

    /// A relay cannot be reached, and nobody through it.
    fn give_up(&mut self, relay: Option<PeerId>) {
        for (index, _) in self.take_waiting(relay) {
            if let Some(tried) = self.results.ways.get_mut(index) {
                *tried = Tried::Failed("the relay cannot be reached".to_owned());
            }
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished {
                peer_id, connection_id, endpoint, established_in, ..
            } => {
                if let Some(index) = self.dials.remove(&connection_id)
                    && let Some(tried) = self.results.ways.get_mut(index)
                {
                    let address = endpoint.get_remote_address().clone();
                    *tried = Tried::Reached { peer: peer_id, took: established_in, address };
                }
                self.meet(peer_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, peer_id, .. } => {
                self.failed(connection_id, &error);
                if peer_id.is_some_and(|peer| !self.swarm.is_connected(&peer)) {
                    self.give_up(peer_id);
                }
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => {
                if let Some(contact) = self.results.contacts.get_mut(&peer_id) {
                    contact.closed = true;
                }
            }
            SwarmEvent::NewListenAddr { listener_id, .. } => self.reserved(listener_id, Ok(())),
            SwarmEvent::ListenerError { listener_id, error } => {
                self.reserved(listener_id, Err(root_cause(&error)));
            }
            SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                let reason =
                    reason.err().map_or_else(|| "it was ended".to_owned(), |error| root_cause(&error));
                self.reserved(listener_id, Err(reason));
            }
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                info,
                ..
            })) => {
                let contact = self.results.contacts.entry(peer_id).or_default();
                contact.agent = Some(info.agent_version.chars().take(64).collect());
                contact.keeps_boards = Some(info.protocols.contains(&crate::network::codec::PROTOCOL));
            }
            SwarmEvent::Behaviour(BehaviourEvent::Boards(event)) => self.on_board_event(event),
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Discovered(found))) => {
                found.into_iter().for_each(|(peer, address)| self.discovered(peer, address));
            }
            _ => {}
        }
    }

    /// Somebody is connected: a relay is asked for a reservation, an operator for the ceremony.
    fn meet(&mut self, peer: PeerId) {
        if let Some(contact) = self.results.contacts.get_mut(&peer) {
            if std::mem::take(&mut contact.closed) {
                self.ask(peer);
            }
            return;
        }
        let mut contact = Contact::default();
        if let Some(address) = self.plan.relays.get(&peer) {
            match self.swarm.listen_on(address.clone().with(Protocol::P2pCircuit)) {
                Ok(listener) => self.reservations.push((listener, peer)),
                Err(error) => contact.reservation = Some(Err(root_cause(&error))),
            }
        }
        self.results.contacts.insert(peer, contact);
        self.ask(peer);
        for (index, way) in self.take_waiting(Some(peer)) {
            self.dial(index, way);
        }
    }

    /// Asks an operator for the ceremony; false if that was done often enough.
    fn ask(&mut self, peer: PeerId) -> bool {
        let contact = self.results.contacts.get_mut(&peer);
        let Some(contact) = contact.filter(|contact| contact.asked < QUESTIONS) else { return false };
        if !self.plan.operators.contains(&peer) {
            return false;
        }
        contact.asked += 1;
        contact.answer = None;
        self.swarm.behaviour_mut().boards.send_request(&peer, Ok(self.plan.question.clone()));
        true
    }

    fn reserved(&mut self, listener: ListenerId, result: Result<(), String>) {
        let relay = self.reservations.iter().find(|(asked, _)| *asked == listener);
        let contact = relay.and_then(|(_, relay)| self.results.contacts.get_mut(relay));
        if let Some(contact) = contact.filter(|contact| contact.reservation.is_none()) {
            contact.reservation = Some(result);
        }
    }

    fn on_board_event(&mut self, event: BoardEvent<Received, Answer>) {
        let (peer, answer) = match event {
            BoardEvent::Message { message: Exchange::Request { channel, .. }, .. } => {
                let excuse = Answer::Refused { reason: EXCUSE.to_owned() };
                // Whoever asked may have gone.
                let _ = self.swarm.behaviour_mut().boards.send_response(channel, excuse);
                return;
            }
            BoardEvent::Message { peer, message: Exchange::Response { response, .. }, .. } => {
                (peer, Ok(response))
            }
            BoardEvent::OutboundFailure { peer, error, .. } => {
                let is_lost = matches!(error, OutboundFailure::ConnectionClosed | OutboundFailure::Io(_));
                if is_lost && self.swarm.is_connected(&peer) && self.ask(peer) {
                    return;
                }
                (peer, Err(root_cause(&error)))
            }
            _ => return,
        };
        if let Some(contact) = self.results.contacts.get_mut(&peer) {
            contact.answer = Some(answer);
        }
    }

    /// Somebody is on the local network. Operators are dialled there once.
    fn discovered(&mut self, peer: PeerId, address: Multiaddr) {
        if !self.plan.operators.contains(&peer) || self.results.found.contains_key(&peer) {
            return;
        }
        self.results.found.insert(peer, address.clone());
        let way = Way { peer: Some(peer), addresses: vec![address], through: None };
        self.results.ways.push(Tried::Silent);
        self.dial(self.results.ways.len() - 1, way);
    }
}
