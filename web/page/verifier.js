// The door to the verifier: WebAssembly with an interface of its own, described in docs/web.md. Nothing here needs a browser.

/**
 * Makes an instance for one piece of work. `tell` is given every event, already parsed, while the work goes on.
 * Each instance is used once: what it took from a file is gone with it.
 */
export async function openVerifier(module, tell) {
  const decoder = new TextDecoder();
  const text = (address, length) => decoder.decode(new Uint8Array(exports.memory.buffer, address, length));
  const { exports } = await WebAssembly.instantiate(module, {
    coram: {
      now: () => performance.now(),
      tell: (address, length) => tell(JSON.parse(text(address >>> 0, length >>> 0))),
    },
  });

  /** Copies pieces, one after another, to where the verifier reads them. */
  const pass = (pieces) => {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const address = exports.alloc(length) >>> 0;
    const memory = new Uint8Array(exports.memory.buffer, address, length);
    let offset = 0;
    for (const piece of pieces) {
      memory.set(piece, offset);
      offset += piece.length;
    }
    return [address, length];
  };

  /** A fault in the verifier is an event too: nobody waits for a report that does not come. */
  const guarded = (work) => {
    try {
      work();
    } catch (error) {
      tell({ event: "stopped", what: `the verifier stopped: ${error.message}` });
    }
  };

  return {
    /** Judges `files`, each with `bytes` and perhaps a `name` and a `role`, as `options` say. */
    verify(files, options) {
      const described = files.map(({ name, role, bytes }) => ({ name, role, bytes: bytes.length }));
      const request = new TextEncoder().encode(JSON.stringify({ ...options, files: described }));
      guarded(() => exports.verify(...pass(files.map((file) => file.bytes)), ...pass([request])));
    },
    /** Says how reports name the operator with this account or node record. */
    identify(operator) {
      guarded(() => exports.identify(...pass([new TextEncoder().encode(operator)])));
    },
    /** Bytes of memory that the verifier has come to use. */
    memory: () => exports.memory.buffer.byteLength,
  };
}
