/** Hex and text, read strictly. */

/**
 * The bytes of `0x…` text that must have exactly `length` of them.
 * @param {string} text
 * @param {number} length in bytes
 * @param {string} what named in the error
 * @returns {Uint8Array}
 */
export function fixedBytes(text, length, what) {
  if (typeof text !== "string" || !/^0x([0-9a-f]{2})*$/.test(text)) {
    throw new Error(`${what}: not lower-case hex with 0x: ${text}`);
  }
  const bytes = Uint8Array.from(Buffer.from(text.slice(2), "hex"));
  if (bytes.length !== length) {
    throw new Error(`${what}: ${bytes.length} bytes, not ${length}`);
  }
  return bytes;
}

/** Like `fixedBytes`, but empty text stands for zero bytes: a member that nobody filled in. */
export function fixedBytesOrZeros(text, length, what) {
  return text === "" ? new Uint8Array(length) : fixedBytes(text, length, what);
}

/** The 20 bytes of an address in any case; empty text stands for zeros. */
export function addressBytes(text, what) {
  return fixedBytesOrZeros(text.toLowerCase(), 20, what);
}

/** UTF-8; a missing member hashes like an empty one. */
export function utf8(text = "") {
  return new TextEncoder().encode(text);
}

/** `0x…`, lower case. */
export function hex(bytes) {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** Throws unless two values are the same text or number. */
export function expectEqual(actual, expected, what) {
  if (actual !== expected) {
    throw new Error(`${what}: ${actual}, expected ${expected}`);
  }
}
