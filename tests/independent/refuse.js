// node refuse.js DIR: tampered copies of what `coram sim --output DIR` left must be refused, each by the right check.
// Without this, checks that accept everything would look like a success.
import { nextKey, publicKey } from "./lib/bls.js";
import { expectEqual, fixedBytes, hex } from "./lib/bytes.js";
import { checkDepositFiles } from "./lib/deposit-files.js";
import { commonLock, dataFolders, depositFileNames, readJson } from "./lib/folder.js";
import { configHash, definitionHash, lockHash } from "./lib/hashes.js";
import { checkRecombination, openShare, readKeystore } from "./lib/keystores.js";
import { checkLock } from "./lib/lock-checks.js";
import { directoryArgument, report } from "./lib/report.js";

const folders = dataFolders(directoryArgument());
const original = commonLock(folders);
const { threshold } = original.cluster_definition;
const { check, finish } = report();

/** What goes with a changed lock when its hashes are written anew: all that was signed over them. */
const SIGNED_LOCK = ["lock aggregate", "node signatures"];
const SIGNED_CONFIG = ["creator signature", "operator signatures"];

/**
 * One tampered lock: `tamper` changes a copy; `fails` has every check that must then fail, and no other may.
 * `rehash` writes the hashes of the copy anew, as a careful forger would.
 */
const LOCKS = [
  {
    name: "the cluster has another name",
    tamper: ({ cluster_definition: definition }) => (definition.name = "another name"),
    fails: ["config hash", "definition hash", "lock hash"],
  },
  {
    name: "withdrawals go elsewhere, hashes made anew",
    tamper: ({ cluster_definition: { validators } }) => (validators[0].withdrawal_address = `0x${"11".repeat(20)}`),
    rehash: true,
    fails: [...SIGNED_CONFIG, ...SIGNED_LOCK, "deposits"],
  },
  {
    name: "the threshold is lower, hashes made anew",
    tamper: ({ cluster_definition: definition }) => (definition.threshold -= 1),
    rehash: true,
    fails: [...SIGNED_CONFIG, ...SIGNED_LOCK, "share reconstruction"],
  },
  {
    name: "the threshold is higher, hashes made anew",
    tamper: ({ cluster_definition: definition }) => (definition.threshold += 1),
    rehash: true,
    fails: [...SIGNED_CONFIG, ...SIGNED_LOCK, "share reconstruction"],
  },
  {
    name: "two operators change records, hashes made anew",
    tamper: ({ cluster_definition: { operators } }) => swap(operators[0], operators[1], "enr"),
    rehash: true,
    fails: ["operator signatures", ...SIGNED_LOCK],
  },
  {
    name: "a record's own signature is changed",
    tamper: ({ cluster_definition: { operators } }) => (operators[2].enr = changeRecord(operators[2].enr)),
    fails: ["node records", "definition hash", "lock hash", "operator signatures", "node signatures"],
  },
  {
    name: "the creator's signature is one for another statement",
    tamper: ({ cluster_definition: { creator, operators } }) =>
      (creator.config_signature = operators[0].config_signature),
    fails: ["creator signature", "definition hash", "lock hash"],
  },
  {
    name: "a deposit has the signature of another amount",
    tamper: ({ distributed_validators: [{ partial_deposit_data: deposits }] }) =>
      (deposits[0].signature = deposits[1].signature),
    fails: ["deposits", "lock hash"],
  },
  {
    name: "a deposit is for another validator's key",
    tamper: ({ distributed_validators: [first, second] }) =>
      (first.partial_deposit_data = second.partial_deposit_data),
    fails: ["deposits", "lock hash"],
  },
  {
    name: "a deposit is missing",
    tamper: ({ distributed_validators: [{ partial_deposit_data: deposits }] }) => deposits.pop(),
    fails: ["deposits", "lock hash"],
  },
  {
    name: "a registration asks for another gas limit",
    tamper: ({ distributed_validators: [{ builder_registration: registration }] }) =>
      (registration.message.gas_limit += 1),
    fails: ["registrations", "lock hash"],
  },
  {
    name: "a public share is another point, hashes made anew",
    tamper: ({ distributed_validators: [{ public_shares: shares }] }) => (shares[3] = another(shares[3])),
    rehash: true,
    fails: ["share reconstruction", ...SIGNED_LOCK],
  },
  {
    name: "two public shares change places, hashes made anew",
    tamper: ({ distributed_validators: [{ public_shares: shares }] }) => swap(shares, shares, 0, 1),
    rehash: true,
    fails: ["share reconstruction", ...SIGNED_LOCK],
  },
  {
    name: "all public shares are moved by a constant, the validator key is not",
    tamper: ({ distributed_validators: [validator] }) =>
      (validator.public_shares = validator.public_shares.map(another)),
    fails: ["share reconstruction", "lock aggregate", "lock hash"],
  },
  {
    name: "a public share is the identity",
    tamper: ({ distributed_validators: [{ public_shares: shares }] }) => (shares[0] = `0xc0${"00".repeat(47)}`),
    fails: ["keys", "share reconstruction", "lock aggregate", "lock hash"],
  },
  {
    name: "the aggregate is a signature over something else",
    tamper: (lock) =>
      (lock.signature_aggregate = lock.distributed_validators[0].partial_deposit_data[0].signature),
    fails: ["lock aggregate"],
  },
  {
    name: "one node signed for another",
    tamper: ({ node_signatures: signatures }) => (signatures[1] = signatures[0]),
    fails: ["node signatures"],
  },
  {
    name: "a node signature is missing",
    tamper: ({ node_signatures: signatures }) => signatures.pop(),
    fails: ["shape", "node signatures"],
  },
];

for (const { name, tamper, rehash = false, fails } of LOCKS) {
  await check(`lock refused: ${name}`, () => {
    const lock = structuredClone(original);
    tamper(lock);
    if (rehash) writeHashes(lock);
    const failed = [...checkLock(lock)].filter(([, reason]) => reason !== null).map(([check]) => check);
    expectEqual(failed.sort().join(", "), [...fails].sort().join(", "), "failed checks");
  });
}

/** Deposit files of operator 1 with one change in the file for 32 ETH, and what the refusal must say. */
const DEPOSIT_FILES = [
  ["another amount", ([entry]) => (entry.amount += 1), /message root/],
  ["another data root", ([entry]) => (entry.deposit_data_root = entry.deposit_message_root), /data root/],
  ["another network", ([entry]) => (entry.network_name = "mainnet"), /network/],
  ["another order", (entries) => entries.reverse(), /entry 1, key/],
  ["a validator is missing", (entries) => entries.pop(), /entries/],
];

for (const [name, tamper, reason] of DEPOSIT_FILES) {
  await check(`deposit files refused: ${name}`, () => {
    const files = new Map(depositFileNames(folders[0]).map((file) => [file, readJson(folders[0], file)]));
    tamper(files.get("deposit-data.json"));
    return expectRefusal(() => checkDepositFiles(original, files), reason);
  });
}

const [{ public_shares: publicShares, distributed_public_key: validatorKey }] = original.distributed_validators;
const [first, second] = folders.map((folder) => readKeystore(folder, 0));

await check("keystore refused: the password of another", () =>
  expectRefusal(() => openShare({ ...first, password: second.password }, publicShares[0], "share"), /password/i));

await check("keystore refused: the share of another operator", () =>
  expectRefusal(() => openShare(second, publicShares[0], "share"), /key of the keystore/));

await check("keystore refused: the share of another operator under this one's public share", () => {
  const relabelled = { ...second, keystore: { ...second.keystore, pubkey: first.keystore.pubkey } };
  return expectRefusal(() => openShare(relabelled, publicShares[0], "share"), /key of the share/);
});

await check("recombination refused: one share is another's", async () => {
  const secrets = await Promise.all(
    folders.map((folder, i) => openShare(readKeystore(folder, 0), publicShares[i], "share")),
  );
  checkRecombination(secrets, threshold, validatorKey, "unchanged");
  secrets[1] = secrets[0];
  return expectRefusal(() => checkRecombination(secrets, threshold, validatorKey, "changed"), /changed, shares 1, 2/);
});

finish();

function swap(left, right, leftMember, rightMember = leftMember) {
  [left[leftMember], right[rightMember]] = [right[rightMember], left[leftMember]];
}

/** Changes a character in the middle of the record's signature. */
function changeRecord(text) {
  const at = 40;
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

/** Another valid key. */
function another(text) {
  return hex(nextKey(publicKey(fixedBytes(text, 48, "share"), "share")).toBytes(true));
}

function writeHashes(lock) {
  const definition = lock.cluster_definition;
  definition.config_hash = hex(configHash(definition));
  definition.definition_hash = hex(definitionHash(definition));
  lock.lock_hash = hex(lockHash(lock));
}

async function expectRefusal(run, reason) {
  let refusal;
  try {
    await run();
  } catch (error) {
    refusal = error;
  }
  if (refusal === undefined) throw new Error("accepted");
  if (!reason.test(refusal.message)) throw new Error(`refused for another reason: ${refusal.message}`);
}
