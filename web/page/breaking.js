// The demonstration: one byte of a copy is changed, and the copy is verified.
import { byId, counted, element, fromVerifier } from "./document.js";
import { startJob } from "./job.js";
import { placeAt, placesOf } from "./places.js";
import { inOrder, state, withFile } from "./state.js";

/** Places worth breaking, with what they are. */
const PLACES = [
  ["$.cluster_definition.validators[0].withdrawal_address", "the withdrawal address"],
  ["$.cluster_definition.operators[0].address", "the account of operator 1"],
  ["$.distributed_validators[0].distributed_public_key", "the key of the first validator"],
  ["$.distributed_validators[0].public_shares[0]", "a public share"],
  ["$.distributed_validators[0].partial_deposit_data[0].signature", "a deposit's signature"],
  ["$.pvss_transcript.joins[0].possession", "operator 1's proof that it knows its key"],
  ["$.pvss_transcript.deals[0].dealing.proof", "the proof of a dealing"],
  ["$.pvss_transcript.seals[0].signature", "the signature of a Seal"],
];

let cancelRunning = () => {};

/** Offers it for what was verified. */
export function offerBreaking() {
  cancelRunning();
  const [subject] = inOrder(state.files);
  const { bytes } = subject;
  const where = byId("break-where");
  const places = placesOf(bytes, PLACES.map(([path]) => path));
  for (const [path, words] of PLACES) if (places.has(path)) where.append(new Option(words, path));
  where.append(new Option("the byte with this number", "number"));
  const showNumber = () => {
    byId("break-number").hidden = where.value !== "number";
  };
  where.addEventListener("change", showNumber);
  showNumber();
  byId("break-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const offset = offsetIn(bytes, where.value, places);
    if (offset === null) say(`That is no number of a byte: there are ${counted(bytes.length, "byte")}, from 0.`);
    else breakAt(subject, offset);
  });
}

const say = (...content) => byId("broken").replaceChildren(element("p", { role: "status" }, ...content));

function offsetIn(bytes, where, places) {
  if (where === "random") return Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * bytes.length);
  if (where === "number") {
    const offset = /^\s*\d{1,9}\s*$/.test(byId("break-offset").value) ? Number(byId("break-offset").value) : Infinity;
    return offset < bytes.length ? offset : null;
  }
  const place = places.get(where);
  return Math.floor((place.start + place.end) / 2);
}

/** Another character of the same kind, so that the file keeps its form where it can. */
function otherByte(byte) {
  const character = String.fromCharCode(byte);
  const kinds = ["0123456789abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ"];
  const kind = kinds.find((one) => one.includes(character));
  if (!kind) return byte ^ 1;
  // Digits stay digits: 9 is followed by 0, f by a.
  const [from, length] = kind === kinds[0] ? (byte < 58 ? [48, 10] : [97, 6]) : [kind.charCodeAt(0), kind.length];
  return from + ((byte - from + 1) % length);
}

function breakAt(subject, offset) {
  cancelRunning();
  const { bytes } = subject;
  const changed = bytes.slice();
  changed[offset] = otherByte(bytes[offset]);
  const before = state.outcome.report;
  say("Verifying the changed copy…");
  byId("broken").focus();
  const options = { expect: state.expected };
  let outcome = null;
  cancelRunning = startJob({ files: withFile(state.files, subject, changed), options }, (event) => {
    if (event.event === "report") outcome = event;
    if (event.event === "refused" || event.event === "stopped") say(event.what);
    if (event.event === "done" && outcome) showBroken(change(bytes, changed, offset), before, outcome);
  });
}

/** The byte with what stands around it. */
function change(bytes, changed, offset) {
  const AROUND = 24;
  const text = (from, to, source = bytes) => new TextDecoder().decode(source.subarray(Math.max(0, from), to));
  const inside = placeAt(bytes, offset);
  return element("p", {}, `Byte ${offset.toLocaleString("en")}`, inside ? " in " : ", between values: ", inside ? element("code", {}, inside.path) : "", inside ? ": " : "",
    element("span", { class: "change" }, text(offset - AROUND, offset), element("del", {}, text(offset, offset + 1)),
      element("ins", {}, text(offset, offset + 1, changed)), text(offset + 1, offset + AROUND)));
}

function showBroken(what, before, outcome) {
  const after = JSON.parse(outcome.json);
  const was = new Map((before.checks ?? []).map((check) => [check.id, check.outcome]));
  const turned = (now) => (after.checks ?? []).filter((check) => check.outcome === now && was.get(check.id) !== now);
  const [failed, undecided] = [turned("failed"), turned("undecided")];
  const rows = fromVerifier(outcome.html);
  const list = (checks) => {
    const found = checks.map((check) => rows.querySelector(`#${CSS.escape(`check-${check.id}`)}`)).filter(Boolean);
    for (const row of found) row.removeAttribute("id");
    return element("div", { class: "report" }, element("ul", { class: "checks" }, ...found));
  };
  const back = element("button", { type: "button", class: "plain", id: "mend" }, "Throw the copy away");
  back.onclick = () => {
    byId("broken").replaceChildren();
    byId("break-where").focus();
  };
  byId("broken").replaceChildren(
    what,
    element("p", { class: "verdict", role: "status" }, verdictWords(after, before, failed, undecided)),
    list(failed),
    undecided.length > 0 ? element("details", {}, element("summary", {}, `${counted(undecided.length, "check")} that could not be made any more`), list(undecided)) : "",
    element("p", { class: "actions" }, back),
  );
  byId("broken").focus();
}

function verdictWords(after, before, failed, undecided) {
  const name = after.verdict.toUpperCase();
  if (failed.length === 0 && undecided.length === 0) {
    return after.verdict === before.verdict ? `The changed copy is ${name}, as the file is: what was changed says the same, or nothing.` : `The changed copy is ${name}.`;
  }
  return `The changed copy is ${name}: ${counted(failed.length, "check")} ${failed.length === 1 ? "fails" : "fail"} that did not fail before. The report above is still that of the file.`;
}
