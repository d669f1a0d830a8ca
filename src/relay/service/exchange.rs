//! Requests and answers about boards, between the host and [`Boards`].

use std::collections::BTreeMap;
use std::time::Instant;

use coram_ceremony::frame::Answer;
use coram_ceremony::id::CeremonyId;
use libp2p::PeerId;
use libp2p::request_response::{Event, Message, OutboundFailure, OutboundRequestId, ResponseChannel};
use libp2p::swarm::ConnectionId;

use super::Service;
use crate::network::codec::Received;
use crate::network::rate::Bucket;
use crate::plain::Plain;
use crate::relay::boards::{Boards, Reply, weight};

/// Most bytes of requests that wait for answers: operators who read nothing hold no more than that.
const MAX_UNDER_WAY: usize = 64 << 20;
/// How many drops are logged in a second, and at once: whoever makes identities does not fill the disk with their names.
const DROPS_LOGGED: (f64, f64) = (1.0, 50.0);

/// The boards, with what was asked about them.
pub struct Exchange {
    pub boards: Boards,
    asked: BTreeMap<OutboundRequestId, Asked>,
    under_way: usize,
    log: Bucket,
}

/// A request of ours.
struct Asked {
    ceremony: CeremonyId,
    weight: usize,
}

impl Exchange {
    /// Nothing was asked yet.
    pub fn new(boards: Boards) -> Self {
        let log = Bucket::new(DROPS_LOGGED.0, DROPS_LOGGED.1, Instant::now());
        Self { boards, asked: BTreeMap::new(), under_way: 0, log }
    }

    fn settle(&mut self, id: &OutboundRequestId) -> Option<Asked> {
        let asked = self.asked.remove(id)?;
        self.under_way = self.under_way.saturating_sub(asked.weight);
        Some(asked)
    }
}

impl Service {
    pub(super) fn on_board_event(&mut self, event: Event<Received, Answer>) {
        match event {
            Event::Message { peer, connection_id, message: Message::Request { request, channel, .. } } => {
                self.on_request(peer, connection_id, request, channel);
            }
            Event::Message { peer, message: Message::Response { request_id, response }, .. } => {
                self.on_answer(peer, &request_id, response);
            }
            Event::OutboundFailure { peer, request_id, error, .. } => {
                self.on_no_answer(peer, &request_id, &error);
            }
            Event::InboundFailure { .. } | Event::ResponseSent { .. } => {}
        }
        self.speak();
    }

    fn on_request(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        request: Received,
        channel: ResponseChannel<Answer>,
    ) {
        let origin = self.swarm.behaviour().limits.origin_of(connection);
        let Some(exchange) = &mut self.exchange else { return };
        let reply = match request {
            Ok(request) => exchange.boards.answer(peer, origin, request, Instant::now()),
            Err(what) => Reply::Drop(format!("its request is {what}")),
        };
        match reply {
            Reply::Answer(answer) => {
                if let Some(boards) = self.swarm.behaviour_mut().boards.as_mut() {
                    // A peer that is gone needs no answer.
                    let _ = boards.send_response(channel, answer);
                }
            }
            Reply::Drop(reason) => self.drop_peer(peer, &reason),
        }
    }

    fn on_answer(&mut self, peer: PeerId, id: &OutboundRequestId, answer: Answer) {
        let Some(exchange) = &mut self.exchange else { return };
        let Some(asked) = exchange.settle(id) else { return };
        exchange.boards.answered(peer, asked.ceremony, answer, Instant::now());
    }

    fn on_no_answer(&mut self, peer: PeerId, id: &OutboundRequestId, error: &OutboundFailure) {
        let Some(exchange) = &mut self.exchange else { return };
        let Some(asked) = exchange.settle(id) else { return };
        exchange.boards.failed(peer, asked.ceremony, Instant::now());
        if let OutboundFailure::Io(error) = error
            && error.kind() == std::io::ErrorKind::InvalidData
        {
            self.drop_peer(peer, &format!("its answer is {error}"));
        }
    }

    /// Says to connected operators what is due.
    pub(super) fn speak(&mut self) {
        let (Some(exchange), Some(host)) = (&mut self.exchange, self.swarm.behaviour_mut().boards.as_mut())
        else {
            return;
        };
        let room = MAX_UNDER_WAY.saturating_sub(exchange.under_way);
        for (ceremony, peer, request) in exchange.boards.due(Instant::now(), room) {
            let weight = weight(&request);
            exchange.under_way += weight;
            let id = host.send_request(&peer, Ok(request));
            exchange.asked.insert(id, Asked { ceremony, weight });
        }
    }

    /// A peer has no connection any more. Its requests fail by themselves, each with an event of its own.
    pub(super) fn on_disconnected(&mut self, peer: &PeerId) {
        if let Some(exchange) = &mut self.exchange {
            exchange.boards.disconnected(peer);
        }
    }

    /// Closes a peer's connections for a while: what it did, no honest peer does.
    fn drop_peer(&mut self, peer: PeerId, reason: &str) {
        let now = Instant::now();
        self.metrics.dropped.inc();
        self.swarm.behaviour_mut().limits.ban(peer, now);
        let _ = self.swarm.disconnect_peer_id(peer);
        if self.exchange.as_mut().is_some_and(|exchange| exchange.log.take(1.0, now)) {
            tracing::warn!(%peer, "dropped: {}", Plain(reason));
        }
    }
}
