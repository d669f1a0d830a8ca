//! What is said about a keymanager on the command line.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::common::{Cluster, coram, fails, run, text};
use crate::server::{Answer, Server};
use crate::{TOKEN, dkg};

#[test]
fn address_and_token_go_together() {
    let cluster = Cluster::new(3, 2, 1);
    fails(cluster.dkg(0).args(["--keymanager-address", "http://127.0.0.1:1"]), 2, "keymanager.options");
    fails(cluster.dkg(0).args(["--keymanager-auth-token", TOKEN]), 2, "keymanager.options");
    let file = cluster.path("token");
    fs::write(&file, format!("{TOKEN}\n")).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let mut twice = dkg(&cluster, "http://127.0.0.1:1");
    fails(twice.arg("--keymanager-auth-token-file").arg(&file), 2, "keymanager.options");
    fails(&mut dkg(&cluster, "127.0.0.1:5062"), 2, "keymanager.address");
    let output = fails(&mut dkg(&cluster, "http://me:secret@127.0.0.1:1"), 2, "keymanager.address");
    assert!(!text(&output.stderr).contains("secret"), "{}", text(&output.stderr));
    fails(
        dkg(&cluster, "http://127.0.0.1:1").env("CORAM_KEYMANAGER_AUTH_TOKEN", "a\nb"),
        2,
        "keymanager.token",
    );

    let mut by_file = cluster.dkg(0);
    by_file.args(["--keymanager-address", "http://127.0.0.1:1", "--keymanager-auth-token-file"]).arg(&file);
    fails(&mut by_file, 7, "keymanager.unreachable");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    fails(&mut by_file, 7, "key.permissions");
    assert!(cluster.published("join", 1).is_empty());
}

#[test]
fn what_is_empty_is_not_given() {
    let cluster = Cluster::new(3, 2, 1);
    let mut command = cluster.dkg(0);
    command.env("CORAM_KEYMANAGER_ADDRESS", "").env("CORAM_KEYMANAGER_AUTH_TOKEN", "");
    fails(command.args(["--timeout", "0"]), 5, "ceremony.timeout");
}

#[test]
fn keys_do_not_travel_in_the_clear_unless_that_is_accepted() {
    let cluster = Cluster::new(3, 2, 1);
    // An address for documentation, where nobody is: it is refused before anybody is asked.
    let output = fails(&mut dkg(&cluster, "http://192.0.2.1:1"), 7, "keymanager.plain-http");
    assert!(text(&output.stderr).contains("--accept keymanager.plain-http"), "{}", text(&output.stderr));
    fails(
        dkg(&cluster, "http://0.0.0.0:1").args(["--accept", "keymanager.plain-http"]),
        7,
        "keymanager.unreachable",
    );
}

#[test]
fn a_token_is_sent_as_it_is_and_shown_nowhere() {
    let cluster = Cluster::new(3, 2, 1);
    let server = Server::start();
    server.answer(Answer::Text(401, String::new()), Answer::Well);
    let output = fails(&mut dkg(&cluster, &server.address()), 7, "keymanager.token");
    assert!(!text(&output.stderr).contains("process"), "{}", text(&output.stderr));
    let mut spoken = cluster.dkg(0);
    spoken.args(["--keymanager-address", &server.address(), "--keymanager-auth-token", TOKEN]);
    let output = fails(&mut spoken, 7, "keymanager.token");
    assert!(text(&output.stderr).contains("in the list of processes"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains(TOKEN));
    let help = run(coram().args(["dkg", "--help"]).env("CORAM_KEYMANAGER_AUTH_TOKEN", TOKEN));
    assert!(help.contains("CORAM_KEYMANAGER_AUTH_TOKEN") && !help.contains(TOKEN), "{help}");
}

#[test]
fn proxies_get_nothing() {
    let cluster = Cluster::new(3, 2, 1);
    let (server, proxy) = (Server::start(), Server::start());
    server.answer(Answer::Text(401, String::new()), Answer::Well);
    let mut command = dkg(&cluster, &server.address());
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, proxy.address());
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    fails(&mut command, 7, "keymanager.token");
    assert_eq!((server.requests(), proxy.requests()), (1, 0));
}
