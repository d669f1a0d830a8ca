// node golden.js DIR: the checks themselves, tried on files that Charon's developers published (DIR holds them).
// An expectation of Coram's that were wrong, and shared by these checks, would show here.
import bls from "@chainsafe/bls-keystore";

import { expectEqual, hex } from "./lib/bytes.js";
import { checkEntry } from "./lib/deposit-files.js";
import {
  CREATOR_STATEMENT,
  OPERATOR_STATEMENT,
  RECORD_STATEMENT,
  expectAccountSignature,
  networkOf,
  recordKey,
} from "./lib/ethereum.js";
import { readJson, readText } from "./lib/folder.js";
import { configHash, definitionHash, lockHash } from "./lib/hashes.js";
import { publicKeyOf, scalar } from "./lib/bls.js";
import { directoryArgument, report } from "./lib/report.js";

const directory = directoryArgument();
const { check, finish } = report();

for (const name of ["cluster_definition_v1_10_0.json", "example-definition-006.json"]) {
  await check(`hashes of ${name}`, () => expectHashes(readJson(directory, name)));
}

await check("hashes of cluster_lock_v1_10_0.json", () => {
  const lock = readJson(directory, "cluster_lock_v1_10_0.json");
  expectHashes(lock.cluster_definition);
  expectEqual(hex(lockHash(lock)), lock.lock_hash, "lock hash");
});

await check("records of example-definition-006.json", () => {
  const { operators } = readJson(directory, "example-definition-006.json");
  expectEqual(new Set(operators.map(({ enr }) => recordKey(enr, "record"))).size, 4, "distinct keys");
});

for (const name of ["example-definition-001.json", "example-definition-002.json", "example-definition-003.json"]) {
  await check(`creator's signature of ${name}`, () => {
    const { creator, ...definition } = readJson(directory, name);
    const { chainId } = networkOf(definition);
    expectAccountSignature(
      CREATOR_STATEMENT, definition.config_hash, chainId, creator.address, creator.config_signature, "creator",
    );
  });
}

await check("operators' signatures of example-definition-001.json", () => {
  const definition = readJson(directory, "example-definition-001.json");
  const { chainId } = networkOf(definition);
  for (const { address, enr, config_signature: config, enr_signature: record } of definition.operators) {
    expectAccountSignature(OPERATOR_STATEMENT, definition.config_hash, chainId, address, config, "config");
    expectAccountSignature(RECORD_STATEMENT, enr, chainId, address, record, "record");
  }
});

await check("roots and signatures of deposit-data.json", () => {
  const entries = readJson(directory, "deposit-data.json");
  expectEqual(entries.length, 4, "entries");
  entries.forEach((entry, i) => checkEntry(entry, `entry ${i + 1}`));
});

await check("secret of keystore-scrypt.json", async () => {
  const keystore = readJson(directory, "keystore-scrypt.json");
  const secret = scalar(await bls.decrypt(keystore, readText(directory, "keystore-scrypt.txt")), "secret");
  expectEqual(hex(publicKeyOf(secret).toBytes(true)), `0x${keystore.pubkey}`, "public key");
});

finish();

function expectHashes(definition) {
  expectEqual(hex(configHash(definition)), definition.config_hash, "config hash");
  expectEqual(hex(definitionHash(definition)), definition.definition_hash, "definition hash");
}
