// node mutations.js DIR [LOCK…]: the files of tests/mutations (DIR), judged by the checks of a lock that Obol's SDK makes too.
//
// A check that Coram passes has to pass here, and one that it fails has to fail, but for the differences below, each with its reason.
// What Coram does not decide, because of a hash or a count that is wrong before it, may come out either way: these checks take the
// hashes that stand in the file. LOCKs are shown as they are judged.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { LOCK_CHECKS, checkLock } from "./lib/lock-checks.js";
import { directoryArgument, report } from "./lib/report.js";

/** Which checks of Coram's are one of these. "shape" is what the SDK takes for granted. */
const SAME = {
  "config hash": ["definition.config-hash"],
  "definition hash": ["definition.hash"],
  "lock hash": ["lock.hash"],
  "node records": ["definition.enrs", "definition.identities"],
  "creator signature": ["definition.creator-signature"],
  "operator signatures": ["definition.operator-signatures"],
  "keys": ["lock.public-keys", "lock.distinct-keys"],
  "share reconstruction": ["lock.reconstruction"],
  "lock aggregate": ["lock.aggregate-signature"],
  "node signatures": ["lock.node-signatures"],
  "deposits": ["deposits.public-keys", "deposits.credentials", "deposits.amounts", "deposits.signatures"],
  "registrations": ["registrations.signatures", "registrations.content", "registrations.timestamps"],
};

/** Files, the checks that come out otherwise on them, and why. */
const DIFFERENCES = [
  [/^(definition|lock)\/.*\.(twice|other-case)$|^text\//, Object.keys(SAME),
    "JSON.parse takes the last of two equal members and knows no other case: Coram refuses a file that has two readings"],
  [/^same\/lock-hash\./, ["lock hash", "lock aggregate", "node signatures"],
    "the text of a hash is read strictly here; Coram, as Charon, takes capitals and digits without 0x for the same bytes"],
  [/^form\/fee-recipient\.without-0x$/, ["config hash", "definition hash", "lock hash", "deposits", "registrations"],
    "no address is read without its prefix here; Charon reads it, and refuses it in registrations, and so does Coram"],
  [/^definition\/(creator\.config_signature|operators\.0\.(config|enr)_signature)\.removed$/,
    ["creator signature", "operator signatures"],
    "a definition that some signed and others did not is of no legal shape: Coram fails both checks of its signatures"],
  [/^ceremony\/(creator|operator)-signature-short$/, ["definition hash", "lock hash"],
    "a signature of another length is not hashed here; Coram pads it as Charon does, and fails the signature for itself"],
  [/^lock\/node_signatures\.repeated$/, ["node signatures"],
    "one signature for each operator is looked at here; Coram wants as many as there are operators"],
];

const directory = directoryArgument();
const { check, finish } = report();

function read(name) {
  return JSON.parse(readFileSync(join(directory, name), "utf8"));
}

function apply(lock, { op, path, value }) {
  const names = path.split("/").slice(1);
  const last = names.pop();
  const parent = names.reduce((at, name) => at[name], lock);
  if (op === "remove") delete parent[last];
  else parent[last] = value;
}

/** The changed lock, or null where the text is none to JSON.parse. */
function lockOf({ base, change, text }) {
  if (change) {
    const lock = read(base);
    for (const one of change) apply(lock, one);
    return lock;
  }
  let bytes = readFileSync(join(directory, base));
  for (const { at, remove, insert } of [...text].reverse()) {
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)]);
  }
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

const known = (file, name) => DIFFERENCES.some(([files, checks]) => files.test(file) && checks.includes(name));

const counts = { agree: 0, undecided: 0, known: 0 };

/** What Coram says of one of these checks. */
function ofCoram(ids, { failed, undecided }) {
  if (ids.some((id) => failed.includes(id))) return "failed";
  return ids.some((id) => undecided.includes(id)) ? "undecided" : "passed";
}

const judged = new Map();

/** What these checks say of a lock, whatever its transcript says. */
function judge(lock) {
  const { pvss_transcript: _, ...rest } = lock;
  const key = JSON.stringify(rest);
  if (!judged.has(key)) judged.set(key, checkLock(rest));
  return judged.get(key);
}

function compare(file, mutation) {
  const lock = lockOf(mutation);
  if (lock === null) return;
  const wrong = [];
  for (const [name, reason] of judge(lock)) {
    const ids = SAME[name];
    if (ids === undefined) continue;
    const coram = ofCoram(ids, mutation.expect);
    const here = reason === null ? "passed" : "failed";
    if (coram === "undecided") counts.undecided += 1;
    else if (coram === here) counts.agree += 1;
    else if (known(file, name)) counts.known += 1;
    else wrong.push(`${name}: ${here} here${reason ? ` (${reason})` : ""}, ${coram} for Coram`);
  }
  if (wrong.length > 0) throw new Error(wrong.join("; "));
}

const unknown = Object.keys(SAME).filter((name) => LOCK_CHECKS[name] === undefined);
if (unknown.length > 0) throw new Error(`no checks ${unknown}`);

// The signed definition; in the others there are no signatures to look at. Most of the transcript is nothing to the SDK.
const folders = ["definition", "lock", "elsewhere", "signature", "form", "same", "text", "sealed", "bare", "ceremony"];
for (const folder of folders) {
  for (const entry of readdirSync(join(directory, folder)).sort()) {
    const file = `${folder}/${entry.replace(/\.json$/, "")}`;
    const mutation = read(`${folder}/${entry}`);
    if (mutation.base !== "base/lock.json" || JSON.stringify(mutation).includes('"v1.11.0"')) continue;
    await check(file, () => compare(file, mutation));
  }
}
for (const path of process.argv.slice(3)) {
  for (const [name, reason] of checkLock(JSON.parse(readFileSync(path, "utf8")))) console.log(`${path}: ${name}: ${reason ?? "passed"}`);
}
console.log(`${counts.agree} checks agree, ${counts.undecided} are undecided for Coram, ${counts.known} differ for a known reason`);
finish();
