// A report on the page: what the verifier made of it, and tools where they belong.
import { byId, counted, download, element, fromTemplate, fromVerifier, sha256 } from "./document.js";
import { commandFor } from "./command.js";
import { offerFinding } from "./finding.js";
import { offerBreaking } from "./breaking.js";
import { inOrder, state } from "./state.js";

const ROLES = { lock: "Lock", transcript: "Transcript", deposit_data: "Deposit data", fault: "Fault file", left_out: "Not needed" };

/** Shows the outcome of `state`. */
export function showResult() {
  const { outcome, files } = state;
  showFiles(files, outcome.report.inputs ?? []);
  const report = byId("report");
  const expectations = byId("expectations");
  byId("main").append(expectations);
  report.replaceChildren(fromVerifier(outcome.html), fromTemplate("tools-template"));
  byId("result").hidden = false;
  byId("glance")?.after(expectations);
  offerComparing(outcome.report.ceremony?.transcript_root);
  offerSearch(outcome.report.validators ?? []);
  byId("find").hidden = !offerFinding();
  offerBreaking();
  offerTaking();
  addLinks(report.querySelector("nav ul"));
  const verdict = report.querySelector("h1");
  verdict.tabIndex = -1;
  verdict.focus({ preventScroll: true });
  scrollTo(0, 0);
  document.title = `${verdict.textContent}: ${subjectName()}`;
}

const subjectName = () => inOrder(state.files)[0].name;

function showFiles(files, inputs) {
  const leftOut = files.filter((file) => file.role === "left_out");
  const described = [...inOrder(files), ...leftOut].map(({ name, role, bytes }, place) => {
    const hash = element("code");
    const show = (digest) => hash.replaceChildren(digest ? `sha256 ${digest}` : "");
    if (inputs[place]) show(inputs[place].sha256);
    else sha256(bytes).then(show);
    return element("p", {}, element("strong", {}, name), ` ${ROLES[role] ?? ""}, ${counted(bytes.length, "byte")}`, element("span", { class: "fine" }, hash));
  });
  byId("files").replaceChildren(...described);
}

/** Links to what the page adds to a report. */
function addLinks(list) {
  const tools = [["expectations-title", "What you expect"], ["find", "Find yourself"], ["break", "Change a byte"], ["take", "Take it along"]];
  for (const [id, title] of tools) {
    if (list && !byId(id).hidden) list.append(element("li", {}, element("a", { href: `#${id}` }, title)));
  }
}

/** Digits as people copy them: with gaps, in capitals, without 0x. */
const digits = (text) => text.toLowerCase().replace(/[\s\u2026.]+/g, "").replace(/^0x/, "");

function offerComparing(root) {
  const place = byId("report").querySelector("section .root")?.closest("section") ?? byId("root");
  if (!root || !place) return;
  place.append(fromTemplate("compare-template"));
  byId("compare").addEventListener("input", () => {
    const given = digits(byId("compare").value);
    byId("compared").textContent =
      given === "" ? ""
      : given === digits(root) ? "✓ It is the same root: this is the ceremony that they published."
      : digits(root).startsWith(given) ? `So far the same: ${given.length} of 64 digits.`
      : "✗ It is another root: this is not the ceremony that they published.";
  });
}

function offerSearch(validators) {
  const table = byId("validators")?.querySelector("table");
  if (!table || validators.length < 2) return;
  table.before(fromTemplate("search-template"));
  const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
  byId("search").addEventListener("input", () => {
    const wanted = byId("search").value.trim().toLowerCase();
    let found = 0;
    for (const [row, text] of rows) {
      const is = text.includes(wanted);
      row.hidden = !is;
      found += is;
    }
    byId("found").textContent = wanted === "" ? "" : `${found.toLocaleString("en")} of ${counted(rows.length, "validator")}`;
  });
}

function offerTaking() {
  const { outcome } = state;
  const name = subjectName().replace(/\.json$/i, "");
  byId("take-json").onclick = () => download(`${name}-report.json`, "application/json", `${outcome.json}\n`);
  byId("take-html").onclick = () => download(`${name}-report.html`, "text/html", outcome.page);
  byId("take-badge").hidden = !outcome.badge;
  byId("take-badge").onclick = () => download(`${name}-badge.svg`, "image/svg+xml", outcome.badge);
  const command = commandFor({ ...state, report: outcome.report });
  byId("command").textContent = command;
  byId("copy").onclick = async () => {
    byId("copied").textContent = (await copy(command)) ? "Copied." : "The browser does not allow it: select the text above.";
  };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
