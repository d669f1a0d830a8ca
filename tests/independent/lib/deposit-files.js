/** The files for the deposit contract: one for each amount, all validators in it. */
import { depositAmounts, depositFileName } from "./amounts.js";
import { expectSignature, publicKey } from "./bls.js";
import { expectEqual, fixedBytes, hex } from "./bytes.js";
import { networkOf } from "./ethereum.js";
import { depositDataRoot, depositMessageRoot, depositSigningRoot } from "./signing-roots.js";

/**
 * Throws unless the files are the lock's deposits and good for the deposit contract.
 * @param lock the parsed lock
 * @param {Map<string, object[]>} files by name
 */
export function checkDepositFiles(lock, files) {
  const amounts = depositAmounts(lock.cluster_definition);
  expectEqual([...files.keys()].sort().join(), amounts.map(depositFileName).sort().join(), "deposit files");
  for (const amount of amounts) {
    const name = depositFileName(amount);
    const entries = files.get(name);
    const expected = lock.distributed_validators
      .map((validator) => validator.partial_deposit_data.find((deposit) => BigInt(deposit.amount) === amount))
      .sort((a, b) => (a.pubkey < b.pubkey ? -1 : 1));
    expectEqual(entries.length, expected.length, `${name}, entries`);
    entries.forEach((entry, i) => {
      checkEntry(entry, `${name}, entry ${i + 1}`);
      checkAgainstLock(entry, expected[i], lock.cluster_definition, `${name}, entry ${i + 1}`);
    });
  }
}

/** Throws unless an entry's roots and signature are right: needs nothing but the entry. */
export function checkEntry(entry, what) {
  const deposit = {
    pubkey: fixedBytes(`0x${entry.pubkey}`, 48, `${what}, key`),
    withdrawal_credentials: fixedBytes(`0x${entry.withdrawal_credentials}`, 32, `${what}, credentials`),
    amount: BigInt(entry.amount),
    signature: fixedBytes(`0x${entry.signature}`, 96, `${what}, signature`),
  };
  expectEqual(`0x${entry.deposit_message_root}`, hex(depositMessageRoot(deposit)), `${what}, message root`);
  expectEqual(`0x${entry.deposit_data_root}`, hex(depositDataRoot(deposit)), `${what}, data root`);
  const root = depositSigningRoot(deposit, fixedBytes(`0x${entry.fork_version}`, 4, `${what}, fork version`));
  expectSignature(publicKey(deposit.pubkey, what), root, deposit.signature, `${what}, signature`);
}

function checkAgainstLock(entry, deposit, definition, what) {
  expectEqual(`0x${entry.pubkey}`, deposit.pubkey, `${what}, key`);
  expectEqual(`0x${entry.withdrawal_credentials}`, deposit.withdrawal_credentials, `${what}, credentials`);
  expectEqual(entry.amount, Number(deposit.amount), `${what}, amount`);
  expectEqual(`0x${entry.signature}`, deposit.signature, `${what}, signature`);
  expectEqual(`0x${entry.fork_version}`, definition.fork_version, `${what}, fork version`);
  expectEqual(entry.network_name, networkOf(definition).name, `${what}, network`);
  expectEqual(entry.deposit_cli_version, "2.7.0", `${what}, version of the format`);
}
