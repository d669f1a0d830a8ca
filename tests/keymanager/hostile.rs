//! Servers that do not answer as a keymanager should.

use std::time::{Duration, Instant};

use crate::common::{Cluster, fails, run, text};
use crate::server::{Answer, Server};
use crate::{assert_kept, assert_no_keystores, dkg, start_others};

fn strange_answers(elsewhere: &Server) -> Vec<(Answer, &'static str)> {
    let answer = |status, body: &str| Answer::Text(status, body.to_owned());
    vec![
        (answer(401, "{}"), "keymanager.token"),
        (answer(403, "{}"), "keymanager.token"),
        (answer(500, "no"), "keymanager.answer"),
        (answer(404, "{}"), "keymanager.answer"),
        (answer(200, "<html>welcome</html>"), "keymanager.answer"),
        (answer(200, ""), "keymanager.answer"),
        (answer(200, "{\"data\":7}"), "keymanager.answer"),
        (Answer::Endless, "keymanager.answer"),
        (Answer::EndlessHeaders, "keymanager.answer"),
        (Answer::Nothing, "keymanager.unreachable"),
        (Answer::Redirect(format!("{}/eth/v1/keystores", elsewhere.address())), "keymanager.answer"),
    ]
}

#[test]
fn what_does_not_work_is_found_before_anything_is_signed() {
    let cluster = Cluster::new(3, 2, 1);
    let (server, elsewhere) = (Server::start(), Server::start());
    for (answer, code) in strange_answers(&elsewhere) {
        println!("{answer:?}");
        server.answer(answer, Answer::Well);
        let started = Instant::now();
        fails(&mut dkg(&cluster, &server.address()), 7, code);
        assert!(started.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(elsewhere.requests(), 0, "the token goes to the address that was named, alone");
    fails(&mut dkg(&cluster, "http://127.0.0.1:1"), 7, "keymanager.unreachable");
    assert!(cluster.published("join", 1).is_empty());
    assert_eq!(std::fs::read_dir(cluster.attempt(0).join("board")).unwrap().count(), 0);
}

#[test]
fn whatever_it_answers_the_keys_are_not_lost() {
    let cluster = Cluster::new(3, 2, 2);
    let (server, elsewhere) = (Server::start(), Server::start());
    let others = start_others(&cluster);
    let mut answers = strange_answers(&elsewhere);
    answers.extend([
        (Answer::Text(200, r#"{"data":[{"status":"imported"}]}"#.to_owned()), "keymanager.answer"),
        (Answer::Echo(400), "keymanager.answer"),
        (Answer::Echo(200), "keymanager.answer"),
        (Answer::TellPassword, "keymanager.import"),
        (Answer::Lie, "keymanager.import"),
    ]);
    for (answer, code) in answers {
        println!("{answer:?}");
        server.answer(Answer::Well, answer);
        let started = Instant::now();
        let output = fails(&mut dkg(&cluster, &server.address()), 7, code);
        assert!(started.elapsed() < Duration::from_secs(100));
        assert_kept(&cluster, 2);
        let said = text(&output.stderr);
        assert!(said.contains("nothing is lost"), "{said}");
        assert!(!server.passwords().iter().any(|password| said.contains(password.as_str())), "{said}");
    }
    others.into_iter().for_each(|process| process.finish());
    assert!(!server.passwords().is_empty());
    assert_eq!(elsewhere.requests(), 0, "keys go to the address that was named, alone");

    server.answer(Answer::Well, Answer::Well);
    run(&mut dkg(&cluster, &server.address()));
    assert_no_keystores(&cluster);
    cluster.common_lock();
}
