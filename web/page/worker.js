// The thread that verifies, so that the page can be read meanwhile.
import { openVerifier } from "./verifier.js";

onmessage = async ({ data: { module, files, options, operator } }) => {
  try {
    const verifier = await openVerifier(module, (event) => postMessage(event));
    if (operator === undefined) {
      verifier.verify(files, options);
    } else {
      verifier.identify(operator);
    }
    postMessage({ event: "done", memory: verifier.memory() });
  } catch (error) {
    postMessage({ event: "stopped", what: `the verifier could not be started: ${error.message}` });
  }
};
