//! Definitions that Charon wrote: read, hashed and written again.

mod vectors;

use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, Shape, SignatureStatus, SignatureVerdict, Signer};
use coram_cluster::network::Network;
use coram_cluster::version::Version;

// Version, config hash, definition hash.
const GOLDEN: [(&str, &str, &str); 6] = [
    (
        "v1_6_0",
        "71a0519d13c40b390aec9e8d0e291cab9105dde5b08f7038163110332c59e9c7",
        "e665fa83fa98c4769a99319e8bcb256984b7de196ca50821e51ddcc95041a6fe",
    ),
    (
        "v1_7_0",
        "552b6831cb8c45a46bc9e7c564636952e41c299a6a22c24d1775a9ee7fa9090e",
        "c0d498eca660af9a0f562683fe9e7746a48a29e676fd017febaa65135336b971",
    ),
    (
        "v1_8_0",
        "be27726f562e31025947b013115e3e33cc1e832f57bea9ccff3bde4bde51bfa0",
        "43424dc5bc7748f41b6d68a0a8752d8ae8008913471068769be8887ecc485258",
    ),
    (
        "v1_9_0",
        "106b5056b1f4ec7fa61fa5d5c62d555cada57d238f076b1f2b605ee192ca3249",
        "6ffb319725adc05b8bfce2b1fed2f98868ef2a4e67f3d32b9b11151014bc6b26",
    ),
    (
        "v1_10_0",
        "225c67b648abd8b459265cd84b18b86265e2c5da8e352c488ac6f0e63b2422bc",
        "77084e268288dd34970af16f55b8dcbbe26dce196e0e91be193450f24726e76e",
    ),
    (
        "v1_11_0",
        "9f889a6e78ca1f4637fab903ccaef6919e70ff35bcc43022512dbb843232d575",
        "1d3f0ecd993b4dc1083fe39b3a5970f3f3824b82a63791a16e9d3e4e289ed9e4",
    ),
];

const EXAMPLES: [(&str, Version); 5] = [
    ("example-definition-001.json", Version::V1_4),
    ("example-definition-002.json", Version::V1_4),
    ("example-definition-003.json", Version::V1_5),
    ("example-definition-004.json", Version::V1_7),
    ("example-definition-006.json", Version::V1_10),
];

#[test]
fn golden_files_have_their_published_hashes_and_are_written_byte_for_byte() {
    for (version, config_hash, definition_hash) in GOLDEN {
        let Some(bytes) = vectors::file(&format!("cluster_definition_{version}.json")) else { return };
        let definition = Definition::parse(&bytes).unwrap();
        assert_eq!(hex::encode(definition.config_hash()), config_hash, "{version}");
        assert_eq!(hex::encode(definition.definition_hash()), definition_hash, "{version}");
        assert_eq!(definition.to_json().unwrap(), bytes, "{version}");
        assert!(definition.version().supports_ceremony());
    }
}

#[test]
fn real_definitions_hash_to_what_they_state_and_keep_every_member() {
    for (name, version) in EXAMPLES {
        let Some(bytes) = vectors::file(name) else { return };
        let definition = Definition::parse(&bytes).unwrap();
        assert_eq!(definition.version(), version);
        let written = definition.to_json().unwrap();
        assert_eq!(Definition::parse(&written), Ok(definition), "{name}");
        let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        assert_eq!(read(&written), read(&bytes), "{name}");
        // These were indented by hand, and not all members are in the order of their version.
        let lines = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lines(&written), lines(&bytes), "{name}");
    }
}

#[test]
fn real_signatures_verify_in_all_three_shapes() {
    let shapes = [Shape::Group, Shape::Solo, Shape::Solo, Shape::Unsigned, Shape::Unsigned];
    let present = [5, 1, 1, 0, 0];
    for (((name, _), shape), present) in EXAMPLES.into_iter().zip(shapes).zip(present) {
        let Some(bytes) = vectors::file(name) else { return };
        let definition = Definition::parse(&bytes).unwrap();
        let report = definition.verify_signatures(&definition.network().unwrap()).unwrap();
        assert_eq!((report.shape, report.verdict()), (shape, SignatureVerdict::Verified), "{name}");
        let verified = report.checks.iter().filter(|check| check.status == SignatureStatus::Verified);
        assert_eq!(verified.count(), present, "{name}");
        let absent = report.checks.iter().filter(|check| check.status == SignatureStatus::Absent);
        assert_eq!(absent.count(), report.checks.len() - present, "{name}");
    }
}

#[test]
fn signatures_are_bound_to_their_network() {
    let Some(bytes) = vectors::file("example-definition-001.json") else { return };
    let definition = Definition::parse(&bytes).unwrap();
    let mainnet = Network::by_name("mainnet").unwrap();
    assert!(matches!(definition.verify_signatures(&mainnet), Err(ClusterError::Network(_))));
}

#[test]
fn random_signatures_are_neither_a_pass_nor_a_failure() {
    for (version, ..) in GOLDEN {
        let Some(bytes) = vectors::file(&format!("cluster_definition_{version}.json")) else { return };
        let definition = Definition::parse(&bytes).unwrap();
        let report = definition.verify_signatures(&definition.network().unwrap()).unwrap();
        assert_eq!(report.verdict(), SignatureVerdict::NeedsExecutionClient, "{version}");
        let signers = [
            Signer::Creator,
            Signer::OperatorConfig(1),
            Signer::OperatorEnr(1),
            Signer::OperatorConfig(2),
            Signer::OperatorEnr(2),
        ];
        assert_eq!(report.needs_execution_client(), signers, "{version}");
        assert_eq!(report.malformed(), []);
    }
}

#[test]
fn records_of_real_definitions_name_their_peers() {
    for name in ["example-definition-004.json", "example-definition-006.json"] {
        let Some(bytes) = vectors::file(name) else { return };
        let definition = Definition::parse(&bytes).unwrap();
        let enrs = definition.check_for_ceremony(&definition.network().unwrap()).unwrap();
        assert_eq!(enrs.len(), 4, "{name}");
        for (enr, operator) in enrs.iter().zip(definition.operators()) {
            assert_eq!(enr.text(), operator.enr());
            assert!(enr.peer_id().starts_with("16Uiu2HA"));
        }
    }
}
