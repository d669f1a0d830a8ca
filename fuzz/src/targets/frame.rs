//! Frames between peers. A frame has one encoding, and holds no more than a board can.

use coram_ceremony::frame::{Answer, MAX_IDS, MAX_MESSAGES, MAX_REASON, Request};

pub fn run(data: &[u8]) {
    if let Ok(request) = Request::read(data) {
        assert_eq!(request.to_bytes(), data);
        let (most, found) = match &request {
            Request::Sync { have: ids, .. } | Request::Offer { ids, .. } => (MAX_IDS, ids.len()),
            Request::Push { messages, .. } => (MAX_MESSAGES, messages.len()),
            Request::Open { .. } => (0, 0),
        };
        assert!(found <= most, "{found} entries");
    }
    if let Ok(answer) = Answer::read(data) {
        assert_eq!(answer.to_bytes(), data);
        match &answer {
            Answer::Have { ids } => assert!(ids.len() <= MAX_IDS),
            Answer::Want { lacks, now } => assert!(lacks.len().max(now.len()) <= MAX_IDS),
            Answer::Refused { reason } => assert!(reason.len() <= MAX_REASON),
            Answer::Took | Answer::Other { .. } | Answer::Unknown => {}
        }
    }
}
