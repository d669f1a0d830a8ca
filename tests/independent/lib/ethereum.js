/** What Ethereum accounts and node identities sign. */
import { ENR } from "@chainsafe/enr";
import { Signature, SigningKey, TypedDataEncoder, recoverAddress } from "ethers";

import { hex } from "./bytes.js";

/** By fork version; the names stand in deposit files. */
export const NETWORKS = {
  "0x00000000": { name: "mainnet", chainId: 1, genesisTime: 1606824023 },
  "0x00001020": { name: "goerli", chainId: 5, genesisTime: 1616508000 },
  "0x90000069": { name: "sepolia", chainId: 11155111, genesisTime: 1655733600 },
  "0x10000910": { name: "hoodi", chainId: 560048, genesisTime: 1742213400 },
};

export function networkOf(definition) {
  const network = NETWORKS[definition.fork_version];
  if (network === undefined) {
    throw new Error(`fork version ${definition.fork_version} is of no network known here`);
  }
  return network;
}

/** The three statements of a definition: each type has one string member. */
export const CREATOR_STATEMENT = { type: "CreatorConfigHash", member: "creator_config_hash" };
export const OPERATOR_STATEMENT = { type: "OperatorConfigHash", member: "operator_config_hash" };
export const RECORD_STATEMENT = { type: "ENR", member: "enr" };

/** Throws unless the account `address` signed `value` as an EIP-712 `statement`. */
export function expectAccountSignature(statement, value, chainId, address, signature, what) {
  const digest = TypedDataEncoder.hash(
    { name: "Obol", version: "1", chainId },
    { [statement.type]: [{ name: statement.member, type: "string" }] },
    { [statement.member]: value },
  );
  let signer;
  try {
    signer = recoverAddress(digest, signature);
  } catch (error) {
    throw new Error(`${what}: ${error.message}`);
  }
  if (signer.toLowerCase() !== address.toLowerCase()) {
    throw new Error(`${what}: signed by ${signer}, not by ${address}`);
  }
}

/** The compressed key (`0x…`) of a node record; reading one verifies its signature. */
export function recordKey(text, what) {
  let record;
  try {
    record = ENR.decodeTxt(text);
  } catch (error) {
    throw new Error(`${what}: ${error.message}`);
  }
  if (record.encodeTxt() !== text) {
    throw new Error(`${what}: not in its canonical form`);
  }
  return hex(record.publicKey);
}

/** Throws unless the node `key` (compressed, `0x…`) signed `digest`: R, S and the recovery bit. */
export function expectNodeSignature(key, digest, signature, what) {
  let signer;
  try {
    signer = SigningKey.recoverPublicKey(digest, Signature.from(signature));
  } catch (error) {
    throw new Error(`${what}: ${error.message}`);
  }
  if (SigningKey.computePublicKey(signer, true) !== key) {
    throw new Error(`${what}: not by the key of the operator's record`);
  }
}

/** The compressed public key (`0x…`) of an identity key file's text. */
export function identityKey(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Error("the identity key file is not 64 hex characters");
  }
  return SigningKey.computePublicKey(`0x${text}`, true);
}
