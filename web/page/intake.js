// Taking files in: chosen or dropped.
import { byId } from "./document.js";

/** The most that is read, in bytes; the program has the same bound. */
const LARGEST = 256 << 20;

/** Folders and keys that are dropped by mistake with the rest of an operator's folder. */
const SECRETS = /^(keystore-.*|.*private-key.*|.*\.key|.*\.db)$/i;

/** Reads what was chosen. Returns the files, and words on each that was left alone. */
export async function take(chosen) {
  const files = [];
  const left = [];
  for (const file of chosen) {
    if (SECRETS.test(file.name)) left.push(`${file.name} was not opened: it may hold secrets.`);
    else if (file.size > LARGEST) left.push(`${file.name} has more than 256 MiB.`);
    else {
      try {
        files.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
      } catch {
        left.push(`${file.name} could not be read; folders cannot be.`);
      }
    }
  }
  return { files, left };
}

/** Tells `on` of files that are chosen or dropped. */
export function watchFiles(on) {
  const chooser = byId("choose");
  chooser.addEventListener("change", () => {
    const chosen = [...chooser.files];
    chooser.value = "";
    if (chosen.length > 0) on(chosen);
  });
  let depth = 0;
  const over = (change) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    document.body.classList.toggle("over", depth > 0);
  };
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(0);
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length > 0) on(dropped);
  });
}
