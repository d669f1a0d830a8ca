/** The checks of a lock, each by itself: a function that throws the reason why the lock is refused. */
import { depositAmounts, withdrawalCredentials } from "./amounts.js";
import { expectSignature, interpolateKeys, publicKey, sumOfKeys } from "./bls.js";
import { expectEqual, fixedBytes, hex } from "./bytes.js";
import {
  CREATOR_STATEMENT,
  OPERATOR_STATEMENT,
  RECORD_STATEMENT,
  expectAccountSignature,
  expectNodeSignature,
  networkOf,
  recordKey,
} from "./ethereum.js";
import { configHash, definitionHash, lockHash } from "./hashes.js";
import { depositSigningRoot, registrationSigningRoot } from "./signing-roots.js";

/**
 * Signatures are checked over the hashes that stand in the file, and the hashes are recomputed by checks of their own:
 * what a changed file breaks then says what was changed.
 */
export const LOCK_CHECKS = {
  "shape": checkShape,
  "config hash": ({ cluster_definition: definition }) =>
    expectEqual(definition.config_hash, hex(configHash(definition)), "config hash"),
  "definition hash": ({ cluster_definition: definition }) =>
    expectEqual(definition.definition_hash, hex(definitionHash(definition)), "definition hash"),
  "lock hash": (lock) => expectEqual(lock.lock_hash, hex(lockHash(lock)), "lock hash"),
  "node records": checkRecords,
  "creator signature": checkCreatorSignature,
  "operator signatures": checkOperatorSignatures,
  "keys": checkKeys,
  "share reconstruction": checkReconstruction,
  "lock aggregate": checkAggregate,
  "node signatures": checkNodeSignatures,
  "deposits": checkDeposits,
  "registrations": checkRegistrations,
};

/** @returns {Map<string, string | null>} by name: null, or the reason of the refusal */
export function checkLock(lock) {
  return new Map(Object.entries(LOCK_CHECKS).map(([name, check]) => [name, reasonOf(() => check(lock))]));
}

function reasonOf(check) {
  try {
    check();
    return null;
  } catch (error) {
    return error.message;
  }
}

function checkShape(lock) {
  const definition = lock.cluster_definition;
  const operators = definition.operators.length;
  expectEqual(definition.version, "v1.10.0", "version");
  expectEqual(definition.validators.length, definition.num_validators, "pairs of addresses");
  expectEqual(lock.distributed_validators.length, definition.num_validators, "distributed validators");
  expectEqual(lock.node_signatures.length, operators, "node signatures");
  if (definition.threshold < 2 || definition.threshold > operators) {
    throw new Error(`threshold ${definition.threshold} with ${operators} operators`);
  }
  for (const validator of lock.distributed_validators) {
    expectEqual(validator.public_shares.length, operators, "public shares");
  }
}

function checkRecords({ cluster_definition: { operators } }) {
  const keys = operators.map(({ enr }, i) => recordKey(enr, `record of operator ${i + 1}`));
  expectEqual(new Set(keys).size, operators.length, "distinct record keys");
}

function checkCreatorSignature({ cluster_definition: definition }) {
  const { address, config_signature: signature } = definition.creator;
  const { chainId } = networkOf(definition);
  expectAccountSignature(CREATOR_STATEMENT, definition.config_hash, chainId, address, signature, "creator");
}

function checkOperatorSignatures({ cluster_definition: definition }) {
  const { chainId } = networkOf(definition);
  for (const [i, operator] of definition.operators.entries()) {
    const { address, enr, config_signature: config, enr_signature: record } = operator;
    const who = `operator ${i + 1}`;
    expectAccountSignature(OPERATOR_STATEMENT, definition.config_hash, chainId, address, config, `${who}, config`);
    expectAccountSignature(RECORD_STATEMENT, enr, chainId, address, record, `${who}, record`);
  }
}

function checkKeys({ distributed_validators: validators }) {
  const validatorKeys = validators.map((validator) => validator.distributed_public_key);
  expectEqual(new Set(validatorKeys).size, validators.length, "distinct validator keys");
  for (const [j, validator] of validators.entries()) {
    keyOf(validator.distributed_public_key, `key of validator ${j + 1}`);
    sharesOf(validator, j);
    const distinct = new Set(validator.public_shares).size;
    expectEqual(distinct, validator.public_shares.length, `distinct shares of validator ${j + 1}`);
  }
}

function keyOf(text, what) {
  return publicKey(fixedBytes(text, 48, what), what);
}

/** The public shares of a validator with their indices, which count from 1. */
function sharesOf(validator, j) {
  return validator.public_shares.map((text, i) => [i + 1, keyOf(text, `share ${i + 1} of validator ${j + 1}`)]);
}

/**
 * All shares lie on one polynomial of degree threshold − 1 whose value at zero is the validator's key: the first
 * threshold shares fix it, and every further share, in place of the last of them, gives the same key. One share less
 * does not give it.
 */
function checkReconstruction({ cluster_definition: { threshold }, distributed_validators: validators }) {
  for (const [j, validator] of validators.entries()) {
    const shares = sharesOf(validator, j);
    const tooFew = shares.slice(0, threshold - 1);
    for (const share of shares.slice(threshold - 1)) {
      const key = interpolateKeys([...tooFew, share]).toBytes(true);
      expectEqual(hex(key), validator.distributed_public_key, `validator ${j + 1}, from shares up to ${share[0]}`);
    }
    if (hex(interpolateKeys(tooFew).toBytes(true)) === validator.distributed_public_key) {
      throw new Error(`validator ${j + 1}: ${tooFew.length} shares give the key`);
    }
  }
}

/** Every share of every validator signed the lock hash, without a domain; the signatures are added up. */
function checkAggregate({ distributed_validators: validators, lock_hash: hash, signature_aggregate: aggregate }) {
  const shares = validators.flatMap((validator, j) => sharesOf(validator, j).map(([, key]) => key));
  const signature = fixedBytes(aggregate, 96, "aggregate");
  expectSignature(sumOfKeys(shares), fixedBytes(hash, 32, "lock hash"), signature, "aggregate");
}

function checkNodeSignatures({ cluster_definition: { operators }, lock_hash: hash, node_signatures: signatures }) {
  for (const [i, { enr }] of operators.entries()) {
    const what = `operator ${i + 1}`;
    expectNodeSignature(recordKey(enr, what), hash, signatures[i], what);
  }
}

function checkDeposits({ cluster_definition: definition, distributed_validators: validators }) {
  const forkVersion = fixedBytes(definition.fork_version, 4, "fork version");
  const amounts = depositAmounts(definition);
  for (const [j, validator] of validators.entries()) {
    const signed = validator.partial_deposit_data.map(({ amount }) => amount);
    expectEqual(signed.join(), amounts.join(), `amounts of validator ${j + 1}`);
    for (const deposit of validator.partial_deposit_data) {
      const what = `deposit of ${deposit.amount} Gwei for validator ${j + 1}`;
      expectEqual(deposit.pubkey, validator.distributed_public_key, `${what}, key`);
      expectEqual(deposit.withdrawal_credentials, withdrawalCredentials(definition, j), `${what}, credentials`);
      const message = {
        pubkey: fixedBytes(deposit.pubkey, 48, what),
        withdrawal_credentials: fixedBytes(deposit.withdrawal_credentials, 32, what),
        amount: BigInt(deposit.amount),
      };
      const signature = fixedBytes(deposit.signature, 96, what);
      const key = keyOf(validator.distributed_public_key, what);
      expectSignature(key, depositSigningRoot(message, forkVersion), signature, what);
    }
  }
}

/** The message is rebuilt from the definition and compared with the file's before its signature counts. */
function checkRegistrations({ cluster_definition: definition, distributed_validators: validators }) {
  const forkVersion = fixedBytes(definition.fork_version, 4, "fork version");
  for (const [j, validator] of validators.entries()) {
    const what = `registration of validator ${j + 1}`;
    const { message, signature } = validator.builder_registration;
    const feeRecipient = definition.validators[j].fee_recipient_address.toLowerCase();
    expectEqual(message.fee_recipient, feeRecipient, `${what}, fee recipient`);
    expectEqual(message.pubkey, validator.distributed_public_key, `${what}, key`);
    expectEqual(message.gas_limit, definition.target_gas_limit, `${what}, gas limit`);
    expectEqual(message.timestamp, networkOf(definition).genesisTime, `${what}, timestamp`);
    const root = registrationSigningRoot(
      {
        fee_recipient: fixedBytes(feeRecipient, 20, what),
        gas_limit: BigInt(definition.target_gas_limit),
        timestamp: BigInt(message.timestamp),
        pubkey: fixedBytes(message.pubkey, 48, what),
      },
      forkVersion,
    );
    const key = keyOf(validator.distributed_public_key, what);
    expectSignature(key, root, fixedBytes(signature, 96, what), what);
  }
}
