//! What Charon takes on trust: each check fails alone when what it looks at was spoilt.

use super::*;

/// Spoils something that the lock hash covers, and signs the lock again.
#[track_caller]
fn spoilt(name: &str, spoil: impl Fn(&Cluster, &mut Lock)) -> ClusterError {
    let (cluster, mut lock) = USUAL.clone();
    spoil(&cluster, &mut lock);
    only(&cluster.seal(lock), name)
}

fn other(what: &'static str, stated: impl ToString, prescribed: impl ToString) -> ClusterError {
    ClusterError::Field { what, stated: stated.to_string(), prescribed: prescribed.to_string() }
}

fn field(what: &'static str, stated: impl ToString, prescribed: impl ToString) -> ClusterError {
    in_validator(1, other(what, stated, prescribed))
}

fn in_deposit(index: usize, error: ClusterError) -> ClusterError {
    in_validator(1, ClusterError::Deposit { index, error: Box::new(error) })
}

#[test]
fn deposits_that_say_something_else_are_refused() {
    let key = |number| hex::encode(secret(number).public_key().to_bytes());
    assert_eq!(
        spoilt("deposit public keys", |_, lock| {
            lock.validators[1].deposits[0].message.public_key = secret(11).public_key().to_bytes();
        }),
        in_deposit(0, other("deposit public key", key(11), key(21)))
    );
    let credentials = |prefix: &str, byte: &str| format!("{prefix}{}{}", "00".repeat(11), byte.repeat(20));
    assert_eq!(
        spoilt("deposit credentials", |_, lock| {
            lock.validators[1].deposits[1].message.withdrawal_credentials[31] = 0xbb;
        }),
        in_deposit(
            1,
            other(
                "withdrawal credentials",
                format!("{}bb", &credentials("01", "e1")[..62]),
                credentials("01", "e1")
            )
        )
    );
    assert_eq!(
        spoilt("deposit credentials", |_, lock| {
            lock.validators[1].deposits[0].message.withdrawal_credentials[0] = 2;
        }),
        in_deposit(0, other("withdrawal credentials", credentials("02", "e1"), credentials("01", "e1")))
    );
    let amounts = |stated: &[u64]| {
        let prescribed = vec![ETH, 32 * ETH];
        let stated = stated.iter().map(|amount| amount * ETH).collect();
        in_validator(1, ClusterError::DepositAmounts { stated, prescribed })
    };
    let name = "deposit amounts";
    assert_eq!(spoilt(name, |_, lock| lock.validators[1].deposits.truncate(1)), amounts(&[1]));
    assert_eq!(spoilt(name, |_, lock| lock.validators[1].deposits.clear()), amounts(&[]));
    assert_eq!(spoilt(name, |_, lock| lock.validators[1].deposits.reverse()), amounts(&[32, 1]));
    let double = |_: &Cluster, lock: &mut Lock| {
        let deposit = lock.validators[1].deposits[1].clone();
        lock.validators[1].deposits.push(deposit);
    };
    assert_eq!(spoilt(name, double), amounts(&[1, 32, 32]));
}

#[test]
fn deposits_that_are_not_signed_are_refused() {
    let wrong = in_deposit(0, ClusterError::BlsVerification);
    let swap = |_: &Cluster, lock: &mut Lock| {
        let [first, second] = lock.validators[1].deposits.as_mut_slice() else { panic!() };
        core::mem::swap(&mut first.signature, &mut second.signature);
    };
    assert_eq!(spoilt("deposit signatures", swap), wrong);
    // Signed by the key, for another address.
    let elsewhere = |_: &Cluster, lock: &mut Lock| {
        let deposit = &mut lock.validators[1].deposits[0];
        let mut message = deposit.message.clone();
        message.withdrawal_credentials[31] ^= 1;
        deposit.signature = secret(21).sign(&message.signing_root(network().fork_version())).to_bytes();
    };
    assert_eq!(spoilt("deposit signatures", elsewhere), wrong);
    // Signed by the key, for another network.
    let other_network = |_: &Cluster, lock: &mut Lock| {
        let deposit = &mut lock.validators[1].deposits[0];
        deposit.signature = secret(21).sign(&deposit.message.signing_root([0; 4])).to_bytes();
    };
    assert_eq!(spoilt("deposit signatures", other_network), wrong);
    let error = spoilt("deposit signatures", |_, lock| lock.validators[1].deposits[0].signature = [0; 96]);
    let ClusterError::Validator { index: 1, error } = error else { panic!("{error}") };
    let ClusterError::Deposit { index: 0, error } = *error else { panic!("{error}") };
    assert!(matches!(*error, ClusterError::BlsSignature { .. }));
}

/// Changes a registration and has the validator sign what it says now.
fn resigned(change: impl Fn(&mut Registration)) -> impl Fn(&Cluster, &mut Lock) {
    move |_, lock| {
        let registration = lock.validators[1].registration.as_mut().unwrap();
        change(registration);
        let root = registration.message.signing_root(network().fork_version());
        registration.signature = secret(21).sign(&root).to_bytes();
    }
}

#[test]
fn registrations_that_say_something_else_are_refused() {
    let genesis = network().genesis_time();
    assert_eq!(
        spoilt("registration gas limits", resigned(|r| r.message.gas_limit = 30_000_000)),
        field("gas limit", 30_000_000, 60_000_000)
    );
    assert_eq!(
        spoilt("registration timestamps", resigned(|r| r.message.timestamp += 1)),
        field("timestamp", genesis + 1, genesis)
    );
    // The signature is verified over the definition's fee recipient and the validator's key, whatever stands here.
    let set = |change: fn(&mut Registration)| {
        move |_: &Cluster, lock: &mut Lock| change(lock.validators[1].registration.as_mut().unwrap())
    };
    assert_eq!(
        spoilt("registration fee recipients", set(|r| r.message.fee_recipient = [7; 20])),
        field("fee recipient", "07".repeat(20), "f1".repeat(20))
    );
    let key = |number| hex::encode(secret(number).public_key().to_bytes());
    assert_eq!(
        spoilt("registration public keys", set(|r| r.message.public_key = secret(9).public_key().to_bytes())),
        field("registration public key", key(9), key(21))
    );
    let wrong = in_validator(1, ClusterError::BlsVerification);
    let foreign =
        set(|r| r.signature = secret(22).sign(&r.message.signing_root(network().fork_version())).to_bytes());
    assert_eq!(spoilt("registration signatures", foreign), wrong);
    let other_network = set(|r| r.signature = secret(21).sign(&r.message.signing_root([0; 4])).to_bytes());
    assert_eq!(spoilt("registration signatures", other_network), wrong);
}

#[test]
fn the_network_must_be_the_definitions() {
    let other = Network::by_name("mainnet").unwrap();
    assert!(matches!(
        check::content::registration_timestamps(&USUAL.1, &other),
        Err(errors) if matches!(errors[..], [ClusterError::Network(_)])
    ));
}
