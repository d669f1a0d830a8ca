/** BLS signatures as Ethereum uses them (keys in G1, signatures in G2), and interpolation at zero. */
import { bls12_381 } from "@noble/curves/bls12-381.js";

const { G1, G2, fields, longSignatures } = bls12_381;
const { Fr } = fields;
const DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/** A key of prime order that is not the identity. */
export function publicKey(bytes, what) {
  return pointOf(G1.Point, bytes, what);
}

function signaturePoint(bytes, what) {
  return pointOf(G2.Point, bytes, what);
}

/** `fromBytes` refuses what is off the curve or outside the subgroup; the identity has to be refused here. */
function pointOf(Point, bytes, what) {
  let point;
  try {
    point = Point.fromBytes(bytes);
  } catch (error) {
    throw new Error(`${what}: ${error.message}`);
  }
  if (point.is0()) {
    throw new Error(`${what}: the identity`);
  }
  return point;
}

/** Throws unless `signature` (96 bytes) is `key`'s over the 32-byte `root`. */
export function expectSignature(key, root, signature, what) {
  const point = signaturePoint(signature, what);
  if (!longSignatures.verify(point, longSignatures.hash(root, DST), key)) {
    throw new Error(`${what}: not a signature by this key`);
  }
}

export const sumOfKeys = (keys) => longSignatures.aggregatePublicKeys(keys);

/** λ_i = ∏_{j≠i} x_j / (x_j − x_i): the weights with which values at `indices` give the value at zero. */
function lagrangeWeights(indices) {
  return indices.map((own, i) => {
    const others = indices.filter((_, j) => j !== i);
    const numerator = others.reduce((product, x) => Fr.mul(product, BigInt(x)), Fr.ONE);
    const denominator = others.reduce((product, x) => Fr.mul(product, Fr.sub(BigInt(x), BigInt(own))), Fr.ONE);
    return Fr.div(numerator, denominator);
  });
}

/** The key at zero of `[index, public share]` pairs; indices count from 1. */
export function interpolateKeys(shares) {
  const weights = lagrangeWeights(shares.map(([index]) => index));
  return shares.reduce((sum, [, key], i) => sum.add(key.multiply(weights[i])), G1.Point.ZERO);
}

/** The scalar at zero of `[index, secret share]` pairs; indices count from 1. */
export function interpolateScalars(shares) {
  const weights = lagrangeWeights(shares.map(([index]) => index));
  return shares.reduce((sum, [, share], i) => Fr.add(sum, Fr.mul(share, weights[i])), Fr.ZERO);
}

/** A secret share from its 32 bytes, big-endian. */
export function scalar(bytes, what) {
  const value = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  if (bytes.length !== 32 || value === 0n || value >= Fr.ORDER) {
    throw new Error(`${what}: not a scalar of the curve`);
  }
  return value;
}

export const publicKeyOf = (secret) => G1.Point.BASE.multiply(secret);

/** Another valid key, for copies that must be refused. */
export const nextKey = (key) => key.add(G1.Point.BASE);
