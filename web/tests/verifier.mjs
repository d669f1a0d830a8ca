// The WebAssembly that web/build made, called without a browser.
//
//   import { loadVerifier } from "…/web/tests/verifier.mjs";
//   const verifier = await loadVerifier();
//   const report = await verifier.verify(bytes, { transcript, deposits, accept, expect, name });
//
// `report` is what `coram verify --json` prints for the same file. A fault in the verifier, and a request that it refuses, are errors.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

import { openVerifier } from "../page/verifier.js";

/** Where web/build leaves it. */
const built = () => join(process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url)), "web/verifier.wasm");

/** Compiles the verifier once; each verification runs in memory of its own. */
export async function loadVerifier(path = built()) {
  const module = await WebAssembly.compile(await readFile(path));

  /** All events of a request, and the memory that it came to use. */
  const events = async (files, options) => {
    const told = [];
    const verifier = await openVerifier(module, (event) => told.push(event));
    verifier.verify(files, options);
    return { told, memory: verifier.memory() };
  };

  return {
    events,
    /** The report on a lock, or on what `role` says: `lock`, `deposit_data` or `fault`. */
    async verify(bytes, { name, role = "lock", transcript, deposits = [], accept = [], expect = {} } = {}) {
      const beside = deposits.map((deposit) => ({ ...deposit, role: "deposit_data" }));
      if (transcript) beside.push({ bytes: transcript, role: "transcript" });
      const { told } = await events([{ name, role, bytes }, ...beside], { accept, expect });
      const last = told.at(-1);
      if (last?.event !== "report") throw new Error(last?.what ?? "the verifier said nothing");
      return JSON.parse(last.json);
    },
  };
}
