//! Operators on one local network find each other without knowing any address.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::net::Net;

/// The address of a network that only this test is on.
const PLACE: &str = "10.171.0.1:0";

/// Starts a command in a namespace with a network of its own, on which the commands given as arguments run side by side.
const SCRIPT: &str = r#"
ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 10.171.0.1/24 dev v0 || exit 77
ip link set v0 up multicast on && ip link set v1 up && ip route add 224.0.0.0/4 dev v0 || exit 77
[ $# -gt 0 ] || exit 0
program=$1; definition=$2; shift 2
for folder; do
  "$program" dkg --data-dir "$folder" --definition-file "$definition" --mdns --p2p-tcp-address "$PLACE" --timeout 120 &
done
for job in $(jobs -p); do wait "$job" || exit 1; done
"#;

fn in_a_network_of_its_own() -> Command {
    let mut command = Command::new("unshare");
    command
        .args([
            "--user",
            "--map-root-user",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--",
            "bash",
            "-c",
            SCRIPT,
            "bash",
        ])
        .env("PLACE", PLACE);
    command
}

#[test]
fn operators_on_a_local_network_find_each_other() {
    let can_be_had =
        in_a_network_of_its_own().stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !can_be_had {
        let required = env::var_os("CORAM_REQUIRE_NAMESPACES").is_some_and(|value| value == "1");
        assert!(!required, "required, but there are no network namespaces for this user");
        println!("left out: there are no network namespaces for this user");
        return;
    }
    let net = Net::of_four();
    let mut command = in_a_network_of_its_own();
    command.arg(env!("CARGO_BIN_EXE_coram")).arg(net.cluster.definition());
    command.args(net.nodes().map(|node| net.cluster.node(node)));
    let all = net.spawn("all", &mut command);
    assert_eq!(net.exit_code(all, Duration::from_secs(150)), Some(0), "{}", net.logs());
    net.check_locks();
}
