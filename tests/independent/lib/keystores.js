/** The operators' keystores (EIP-2335), and the validator keys that their shares make together. */
import bls from "@chainsafe/bls-keystore";

import { interpolateScalars, publicKeyOf, scalar } from "./bls.js";
import { expectEqual, hex } from "./bytes.js";
import { readJson, readText } from "./folder.js";

/** A keystore and its password: of validator `j`, counted from zero. */
export const readKeystore = (folder, j) => ({
  keystore: readJson(folder, "validator_keys", `keystore-${j}.json`),
  password: readText(folder, "validator_keys", `keystore-${j}.txt`),
});

/** The secret share in a keystore, after comparing it with the public share in the lock. */
export async function openShare({ keystore, password }, publicShare, what) {
  bls.validateKeystore(keystore);
  expectEqual(`0x${keystore.pubkey}`, publicShare, `${what}, key of the keystore`);
  let secret;
  try {
    secret = scalar(await bls.decrypt(keystore, password), what);
  } catch (error) {
    throw new Error(`${what}: ${error.message}`);
  }
  expectEqual(keyText(secret), publicShare, `${what}, key of the share`);
  return secret;
}

/**
 * Throws unless every run of `threshold` neighbours (the last operator's neighbour is the first) has the validator's
 * key, and no run of one less has it.
 * @param {bigint[]} secrets all operators' shares of one validator
 */
export function checkRecombination(secrets, threshold, validatorKey, what) {
  for (let first = 0; first < secrets.length; first++) {
    const enough = neighbours(secrets, first, threshold);
    const who = enough.map(([index]) => index).join(", ");
    expectEqual(keyText(interpolateScalars(enough)), validatorKey, `${what}, shares ${who}`);
    if (keyText(interpolateScalars(neighbours(secrets, first, threshold - 1))) === validatorKey) {
      throw new Error(`${what}: ${threshold - 1} shares give the key`);
    }
  }
}

function neighbours(secrets, first, count) {
  return Array.from({ length: count }, (_, k) => {
    const i = (first + k) % secrets.length;
    return [i + 1, secrets[i]];
  });
}

const keyText = (secret) => hex(publicKeyOf(secret).toBytes(true));
