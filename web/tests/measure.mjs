// usage: node web/tests/measure.mjs LOCK…
// How long the page and its verifier take for locks, as rows of a table: the time from a dropped file to the verdict in Chromium, the
// page freshly opened; the same work called from node, and the memory of the verifier. Medians of three; the slowest in brackets.
import { readFile } from "node:fs/promises";

import { drop, launch, open, settled, verdict } from "./browser.mjs";
import { loadVerifier } from "./verifier.mjs";

const RUNS = 3;

const verifier = await loadVerifier();
const browser = await launch();
console.log("| n | m | proof system | verdict | Chromium, ms | node, ms | memory, MiB |");
console.log("|--:|--:|---|---|--:|--:|--:|");
for (const file of process.argv.slice(2)) {
  const bytes = await readFile(file);
  const inBrowser = await times(() => untilVerdict(bytes));
  const called = await times(() => fromNode(bytes));
  const { json } = called.value.told.at(-1);
  const { cluster, ceremony } = JSON.parse(json);
  const memory = Math.ceil(called.value.memory / 2 ** 20);
  const system = ceremony?.proof_system ?? "none";
  console.log(
    `| ${cluster.operators} | ${cluster.validators} | ${system} | ${inBrowser.value} | ${inBrowser.text} | ${called.text} | ${memory} |`,
  );
}
await browser.close();

/** The verdict of the page on a dropped file. Opening the page is not part of the time. */
async function untilVerdict(bytes) {
  const opened = await open(browser);
  const started = performance.now();
  await drop(opened.page, [{ name: "cluster-lock.json", bytes }]);
  await settled(opened.page);
  const took = performance.now() - started;
  const value = await verdict(opened.page);
  await opened.close();
  return { value, took };
}

async function fromNode(bytes) {
  const started = performance.now();
  const value = await verifier.events([{ name: "cluster-lock.json", bytes }], {});
  return { value, took: performance.now() - started };
}

/** Does something several times; what it came to in the end, and how long it took. */
async function times(work) {
  const taken = [];
  let value;
  for (let run = 0; run < RUNS; run++) {
    const done = await work();
    value = done.value;
    taken.push(Math.round(done.took));
  }
  taken.sort((one, other) => one - other);
  return { value, text: `${taken[Math.floor(RUNS / 2)].toLocaleString("en")} (${taken.at(-1).toLocaleString("en")})` };
}
