//! Requests and answers about boards.

use std::time::Instant;

use coram_ceremony::board::Disagreement;
use coram_ceremony::frame::{Answer, Request};
use coram_ceremony::id::CeremonyId;
use coram_ceremony::message::{Join, Rejection};
use coram_ceremony::{Inserted, Message};
use libp2p::PeerId;
use libp2p::request_response::{Event as BoardEvent, Message as Exchange, OutboundFailure, ResponseChannel};

use super::{Service, lacking};
use crate::event::{Event, Party};
use crate::network::codec::Received;
use crate::network::rate::Allowance;
use crate::network::replica::Taken;
use crate::network::session::Session;
use crate::network::{Incoming, Objection};

impl Service {
    pub(super) fn on_board_event(&mut self, event: BoardEvent<Received, Answer>) {
        match event {
            BoardEvent::Message { peer, message: Exchange::Request { request, channel, .. }, .. } => {
                match request {
                    Ok(request) => self.on_request(peer, request, channel),
                    Err(what) => self.drop_peer(peer, format!("its request is {what}")),
                }
            }
            BoardEvent::Message { peer, message: Exchange::Response { request_id, response }, .. } => {
                if self.asked.remove(&request_id).is_some() {
                    self.on_answer(peer, response);
                }
            }
            BoardEvent::OutboundFailure { peer, request_id, error, .. } => {
                self.asked.remove(&request_id);
                self.on_no_answer(peer, &error);
            }
            // Who has no answer asks again.
            BoardEvent::InboundFailure { .. } | BoardEvent::ResponseSent { .. } => {}
        }
    }

    fn on_request(&mut self, peer: PeerId, request: Request, channel: ResponseChannel<Answer>) {
        let now = Instant::now();
        let operators = self.replica.board().ceremony().operators();
        let messages = if let Request::Push { messages, .. } = &request { messages.len() } else { 0 };
        let allowance = self.allowances.entry(peer).or_insert_with(|| Allowance::new(operators, now));
        if !allowance.take(messages, now) {
            self.drop_peer(peer, "it asks more often than any ceremony needs".to_owned());
            return;
        }
        self.reporter.tell(Event::Seen { peer: self.party(&peer) });
        let answer = match request {
            Request::Sync { ceremony, have } if self.is_ours(ceremony) => self.on_sync(peer, have),
            Request::Offer { ceremony, ids } if self.is_ours(ceremony) => {
                let lacks = lacking(&self.replica, &ids);
                self.session(peer, now).shows(ids);
                let wanted = self.claims.grant(peer, &lacks, now);
                Answer::Want { lacks, now: wanted }
            }
            Request::Push { ceremony, messages } if self.is_ours(ceremony) => {
                for bytes in &messages {
                    self.take(bytes, Some(peer));
                    if self.failure.is_some() || self.banned.contains_key(&peer) {
                        // Nothing was taken of what nobody is told was taken.
                        return;
                    }
                }
                Answer::Took
            }
            Request::Open { ceremony, .. } if self.is_ours(ceremony) => Answer::Took,
            _ => self.other(),
        };
        // A peer that is gone needs no answer.
        let _ = self.swarm.behaviour_mut().boards.send_response(channel, answer);
    }

    fn is_ours(&self, ceremony: CeremonyId) -> bool {
        ceremony == self.replica.board().ceremony().id()
    }

    fn on_sync(&mut self, peer: PeerId, have: Vec<coram_ceremony::id::MessageId>) -> Answer {
        self.session(peer, Instant::now()).lists(have);
        self.agrees(&peer);
        Answer::Have { ids: self.replica.board().have() }
    }

    fn session(&mut self, peer: PeerId, now: Instant) -> &mut Session {
        self.sessions.entry(peer).or_insert_with(|| Session::new(now))
    }

    /// Which ceremony we are in, with our signed Join for it.
    fn other(&self) -> Answer {
        let board = self.replica.board();
        let join = board.get::<Join>(self.me).cloned().map(|join| Message::Join(join).to_bytes());
        Answer::Other { ceremony: board.ceremony().id(), join: join.unwrap_or_default() }
    }

    fn on_answer(&mut self, peer: PeerId, answer: Answer) {
        let now = Instant::now();
        self.reporter.tell(Event::Seen { peer: self.party(&peer) });
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        match answer {
            Answer::Have { ids } => {
                session.synced(ids);
                self.agrees(&peer);
            }
            Answer::Want { lacks, now: wants } => session.wanted(&lacks, &wants, now),
            Answer::Took => session.took(now),
            Answer::Unknown if matches!(self.parties.get(&peer), Some(Party::Relay(_))) => session.closed(),
            Answer::Unknown => {
                session.elsewhere(now, false);
                self.objects(&peer, Objection::Ceremony);
            }
            Answer::Refused { reason } => {
                session.elsewhere(now, false);
                let who = self.party(&peer);
                self.reporter.tell(Event::Refused { peer: who, reason });
            }
            Answer::Other { ceremony, join } => {
                session.elsewhere(now, join.is_empty());
                self.on_other(peer, ceremony, &join);
            }
        }
    }

    /// A peer is in another ceremony. Its own Join says on what we disagree; anybody else's would accuse somebody who
    /// may have corrected itself long ago.
    fn on_other(&mut self, peer: PeerId, ceremony: CeremonyId, join: &[u8]) {
        if self.is_ours(ceremony) {
            return;
        }
        let author = match self.parties.get(&peer) {
            Some(Party::Operator(author)) => *author,
            _ => return,
        };
        let objection = match self.replica.board().examine(join).map_err(|inserted| *inserted) {
            Err(Inserted::Disagreement(disagreement)) if disagreement.author == author => {
                Objection::Terms(disagreement)
            }
            Err(Inserted::Rejected(Rejection::EarlierAttempt { author: by, theirs, .. })) if by == author => {
                Objection::EarlierAttempt { attempt: theirs }
            }
            _ => Objection::Ceremony,
        };
        self.objects(&peer, objection);
    }

    pub(super) fn objects(&mut self, peer: &PeerId, objection: Objection) {
        let Some(Party::Operator(operator)) = self.parties.get(peer) else { return };
        if self.objections.get(operator) == Some(&objection) {
            return;
        }
        self.objections.insert(*operator, objection.clone());
        // The engine's driver may have ended.
        let _ = self.incoming.send(Incoming::Objection { operator: *operator, objection });
    }

    fn agrees(&mut self, peer: &PeerId) {
        self.dialer.answered(peer, Instant::now());
        let Some(Party::Operator(operator)) = self.parties.get(peer) else { return };
        if self.objections.remove(operator).is_some() {
            let _ = self.incoming.send(Incoming::Agreement { operator: *operator });
        }
    }

    /// Takes in a message, from a peer or from ourselves.
    pub(super) fn take(&mut self, bytes: &[u8], from: Option<PeerId>) {
        let taken = match self.replica.take(bytes, Instant::now()) {
            Ok(taken) => taken,
            Err(failure) => {
                self.failure = Some(failure);
                return;
            }
        };
        match taken {
            Taken::New(message) => {
                self.claims.settle(&message.id());
                let Some(peer) = from else { return };
                self.session(peer, Instant::now()).shows([message.id()]);
                self.reporter.tell(Event::Received {
                    operator: message.author(),
                    kind: message.kind(),
                    from: Some(self.party(&peer)),
                });
                let _ = self.incoming.send(Incoming::Message(message));
            }
            Taken::Known => {}
            Taken::Foreign(Disagreement { author, .. }) => {
                if let Some(peer) = from {
                    self.drop_peer(peer, format!("it sent a Join of operator {author} for another ceremony"));
                }
            }
            Taken::Bad(rejection) => {
                if let Some(peer) = from {
                    self.drop_peer(peer, format!("it sent what is no message of this ceremony: {rejection}"));
                }
            }
        }
    }

    fn on_no_answer(&mut self, peer: PeerId, error: &OutboundFailure) {
        match error {
            OutboundFailure::UnsupportedProtocols => {
                let agent = self.connections.agent(&peer).unwrap_or("unknown software").to_owned();
                if matches!(self.parties.get(&peer), Some(Party::Operator(_))) {
                    self.objects(&peer, Objection::Version { agent });
                }
                if let Some(session) = self.sessions.get_mut(&peer) {
                    session.elsewhere(Instant::now(), false);
                }
                return;
            }
            OutboundFailure::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                self.drop_peer(peer, format!("its answer is {error}"));
            }
            _ => {}
        }
        if let Some(session) = self.sessions.get_mut(&peer) {
            session.failed(Instant::now());
        }
    }
}
