// Places in a JSON text, by byte.

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\,[]{}'].map((c) => c.charCodeAt(0));
const BETWEEN = new Set([...' \n\r\t:,'].map((c) => c.charCodeAt(0)));
const ENDS = new Set([...BETWEEN, CLOSE_LIST, CLOSE_OBJECT]);

/** As deep as the verifier reads. */
const DEEPEST = 24;
/** The longest name of a member that is kept, in bytes: paths are made for every value, and must not grow with the file. */
const LONGEST = 64;

/**
 * Every text, number and word in a JSON text, with its path and its bytes. Stops where the text is no JSON any more, or is nested
 * deeper than the verifier reads.
 */
export function* scalars(bytes) {
  const decoder = new TextDecoder();
  const above = [];
  let key = null;
  let at = 0;
  const path = () => "$" + above.map((step) => (step.list ? `[${step.index}]` : `.${step.key}`)).join("");
  while (at < bytes.length) {
    const byte = bytes[at];
    const within = above.at(-1);
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (within && !within.list) within.key = key;
      above.push(byte === OPEN_LIST ? { list: true, index: 0 } : { list: false, key: null });
      if (above.length > DEEPEST) return;
      key = null;
      at += 1;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      above.pop();
      key = null;
      at += 1;
    } else if (BETWEEN.has(byte)) {
      if (byte === COMMA) {
        key = null;
        if (within?.list) within.index += 1;
      }
      at += 1;
    } else {
      const isText = byte === QUOTE;
      const start = isText ? at + 1 : at;
      const end = isText ? textEnd(bytes, start) : wordEnd(bytes, start);
      at = isText ? end + 1 : end;
      if (within && !within.list && key === null) {
        if (!isText) return;
        key = decoder.decode(bytes.subarray(start, Math.min(end, start + LONGEST))) + (end - start > LONGEST ? "…" : "");
      } else {
        if (within && !within.list) within.key = key;
        yield { path: path(), start, end };
      }
    }
  }
}

function textEnd(bytes, start) {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, bytes.length);
}

function wordEnd(bytes, start) {
  let at = start + 1;
  while (at < bytes.length && !ENDS.has(bytes[at])) at += 1;
  return at;
}

/** The values at some paths, as far as they are there, in one pass. */
export function placesOf(bytes, paths) {
  const found = new Map();
  for (const place of scalars(bytes)) {
    if (paths.includes(place.path)) found.set(place.path, place);
    if (found.size === paths.length) break;
  }
  return found;
}

/** The value that a byte belongs to, if it is in one. */
export function placeAt(bytes, offset) {
  for (const place of scalars(bytes)) {
    if (place.start > offset) return null;
    if (offset < place.end) return place;
  }
  return null;
}
