// node check.js DIR: Obol's SDK accepts the lock in DIR/node0, and refuses it with another name or another node signature.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { validateClusterLock } from "@obolnetwork/obol-sdk";

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error("usage: node check.js DIR");
  process.exit(2);
}
const lock = JSON.parse(readFileSync(join(directory, "node0", "cluster-lock.json"), "utf8"));

const cases = [
  ["the lock as it is", true, () => {}],
  ["the lock with another name of the cluster", false, (copy) => (copy.cluster_definition.name = "another name")],
  [
    "the lock with a node's signature by another node",
    false,
    ({ node_signatures: signatures }) => (signatures[1] = signatures[0]),
  ],
];

let failed = 0;
for (const [name, expected, change] of cases) {
  const copy = structuredClone(lock);
  change(copy);
  const verdict = await validateClusterLock(copy).catch((error) => `error: ${error.message}`);
  const good = verdict === expected;
  failed += good ? 0 : 1;
  console.log(`${good ? "ok    " : "FAILED"}  validateClusterLock, ${name}: ${verdict}, expected ${expected}`);
}
process.exit(failed === 0 ? 0 : 1);
