// Verification while it goes on: a row for every check, as the verifier makes it.
import { byId, counted, fromVerifier } from "./document.js";

/** How often a screen reader is told how far it is, in milliseconds. */
const SPOKEN_EVERY = 2000;

/** Shows that something is verified. Returns what takes each check, and what ends the show. */
export function showProgress(name, cancel) {
  byId("running-name").textContent = name;
  byId("made").textContent = "The verifier starts.";
  byId("spoken").textContent = `Verifying ${name}`;
  byId("rows").replaceChildren();
  byId("cancel").onclick = cancel;
  byId("running").hidden = false;
  byId("cancel").focus();
  const tally = { passed: 0, failed: 0, undecided: 0, accepted: 0, not_applicable: 0 };
  let [made, total, spoken] = [0, 0, 0];
  byId("bar").removeAttribute("value");
  return {
    total(checks) {
      total = checks;
      byId("bar").max = checks;
    },
    check({ outcome, html }) {
      made += 1;
      tally[outcome] += 1;
      byId("rows").append(fromVerifier(html));
      byId("bar").value = made;
      byId("made").textContent = words(made, total, tally);
      if (performance.now() - spoken > SPOKEN_EVERY) {
        spoken = performance.now();
        byId("spoken").textContent = byId("made").textContent;
      }
    },
    end() {
      byId("running").hidden = true;
      byId("rows").replaceChildren();
    },
  };
}

function words(made, total, tally) {
  const open = [];
  if (tally.failed > 0) open.push(`${tally.failed} failed`);
  if (tally.undecided > 0) open.push(`${tally.undecided} undecided`);
  return `${made} of ${counted(total, "check")}${open.length > 0 ? `, ${open.join(", ")}` : ""}`;
}
