//! After the end of a ceremony: others are served who still need messages. What is secret is gone by then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Driver;
use crate::carrier::Carrier;
use crate::event::Event;
use crate::failure::Failure;
use crate::report::Reporter;
use crate::store::attempt::Attempt;

/// What is left of an operator's part when its outputs are written: what connects it with others, and no keys.
pub struct Server {
    carrier: Box<Carrier>,
    attempt: Arc<Attempt>,
    reporter: Arc<Reporter>,
    stop: Arc<AtomicBool>,
}

impl Driver {
    /// Drops the engine, with all keys and shares.
    pub fn into_server(self) -> Box<Server> {
        let Self { carrier, attempt, reporter, stop, .. } = self;
        Box::new(Server { carrier, attempt, reporter, stop })
    }
}

impl Server {
    /// Goes on serving peers until every operator has all messages or can get them from a relay, for so long at most.
    /// Tells who still needs some.
    pub fn serve(&self, linger: Duration) -> Result<(), Failure> {
        self.serve_until_all_have_all(linger)?;
        if let Some((sent, received)) = self.carrier.traffic()? {
            self.reporter.tell(Event::Traffic { sent, received });
        }
        Ok(())
    }

    fn serve_until_all_have_all(&self, linger: Duration) -> Result<(), Failure> {
        let until = Instant::now() + linger;
        let Carrier::Network(network) = &*self.carrier else { return Ok(()) };
        loop {
            let standing = network.standing()?;
            if standing.lacking.is_empty() && !self.attempt.is_delivered() {
                self.attempt.set_delivered()?;
            }
            // A relay only says that it has everything: whoever is here gets it from us.
            let relay_serves = standing.relay_has_all && standing.connected_have_all;
            let is_served = relay_serves || self.attempt.is_delivered();
            // Whoever does not know that we have everything would wait for us when we are gone.
            if is_served && standing.all_know {
                return Ok(());
            }
            if Instant::now() >= until || self.stop.load(Ordering::Relaxed) {
                if !is_served {
                    self.reporter.tell(Event::StillNeeded { operators: standing.lacking });
                }
                return Ok(());
            }
            // What still comes is on disk, and changes nothing.
            network.next(Duration::from_millis(100))?;
        }
    }
}
