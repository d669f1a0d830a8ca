// node web/tests/mutations.mjs [EVERY]: the files of tests/mutations, judged by the WebAssembly that web/build made; or, where time is
// short, every so many of each folder.
//
// The program judges the same files in tests/mutations.rs; both have to say what stands in them.
import { readFile, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

import { loadVerifier } from "./verifier.mjs";

const FOLDER = fileURLToPath(new URL("../../tests/mutations", import.meta.url));

/** The changed lock. */
async function lockOf(mutation) {
  const base = await readFile(join(FOLDER, mutation.base));
  if (mutation.text) return edited(base, mutation.text);
  const lock = JSON.parse(base);
  for (const change of mutation.change) apply(lock, change);
  return Buffer.from(JSON.stringify(lock));
}

/** Bytes taken out and put in; places are those before any change, ascending. */
function edited(base, edits) {
  const parts = [];
  let done = 0;
  for (const { at, remove, insert } of edits) {
    parts.push(base.subarray(done, at), Buffer.from(insert));
    done = at + remove;
  }
  return Buffer.concat([...parts, base.subarray(done)]);
}

/** One operation of RFC 6902, of those that the files have. */
function apply(lock, { op, path, value }) {
  const names = path.split("/").slice(1);
  const last = names.pop();
  const parent = names.reduce((at, name) => at[name], lock);
  if (op === "remove") delete parent[last];
  else parent[last] = value;
}

/** How the verifier differs from a file, if it does. */
async function disagreement(verifier, name) {
  const mutation = JSON.parse(await readFile(join(FOLDER, name)));
  const { expectations: expect, expect: expected } = mutation;
  const report = await verifier.verify(await lockOf(mutation), { expect });
  const having = (outcome) => report.checks.filter((check) => check.outcome === outcome).map((check) => check.id);
  const found = { failed: having("failed"), undecided: having("undecided"), verdict: report.verdict.toLowerCase() };
  const { failed, undecided, verdict } = expected;
  const wanted = { failed, undecided, verdict };
  return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`${name}: ${JSON.stringify(found)}`];
}

async function judgeSome(names) {
  const verifier = await loadVerifier();
  const wrong = [];
  for (const name of names) wrong.push(...(await disagreement(verifier, name)));
  return wrong;
}

/** Runs a share of the files in a thread of its own. */
function share(names) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: names });
    worker.once("message", resolve).once("error", reject);
  });
}

async function main() {
  const started = Date.now();
  const files = (await readdir(FOLDER, { recursive: true })).filter((name) => name.endsWith(".json"));
  const names = files.filter((name) => dirname(name) !== "base").sort();
  if (names.length < 500) throw new Error(`${names.length} files in ${FOLDER}`);
  const every = Number(process.argv[2] ?? 1);
  const chosen = names.filter((_, i) => i % every === 0);
  const threads = Math.min(availableParallelism(), 8);
  const shares = Array.from({ length: threads }, (_, thread) => chosen.filter((_, i) => i % threads === thread));
  const wrong = (await Promise.all(shares.map(share))).flat();
  for (const line of wrong) console.error(line);
  console.log(`${chosen.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s, ${wrong.length} judged otherwise`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (isMainThread) await main();
else parentPort.postMessage(await judgeSome(workerData));
