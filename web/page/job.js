// Work for the verifier, each piece on a thread of its own that ends with it.
import { byId } from "./document.js";

let workerAddress;
let compiled;

/** The verifier's code, compiled once. */
function verifierModule() {
  compiled ??= WebAssembly.compile(verifierBytes());
  return compiled;
}

/** The bytes of the verifier that stand in this page. */
export function verifierBytes() {
  return Uint8Array.from(atob(byId("verifier-wasm").textContent.trim()), (character) => character.charCodeAt(0));
}

/**
 * Starts a piece of work: `{ files, options }` to verify, `{ operator }` to identify. `on` is given each event; the last one is
 * `done` or `stopped`. Returns what cancels it.
 */
export function startJob(work, on) {
  workerAddress ??= URL.createObjectURL(new Blob([byId("worker-code").textContent], { type: "text/javascript" }));
  const worker = new Worker(workerAddress);
  let ended = false;
  const end = () => {
    ended = true;
    worker.terminate();
  };
  const receive = (event) => {
    if (ended) return;
    if (event.event === "done" || event.event === "stopped") end();
    on(event);
  };
  const stop = (error) => receive({ event: "stopped", what: error?.message ?? "the thread of the verifier could not be run" });
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = stop;
  worker.onmessageerror = stop;
  verifierModule().then((module) => ended || worker.postMessage({ module, ...work }), stop);
  return end;
}
