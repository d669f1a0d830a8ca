// What somebody who did not make the lock expects of it: from a form to the members of a file that `coram verify --expect` reads,
// and back.
import { byId, download } from "./document.js";

const MEMBERS = ["operators", "withdrawal", "network", "amounts_gwei", "threshold", "transcript", "setup"];
const GWEI = 1_000_000_000n;

const isText = (value) => typeof value === "string";
const isNumber = (value) => Number.isSafeInteger(value) && value >= 0;
const isListOf = (is) => (value) => Array.isArray(value) && value.every(is);

/** The types of the members; what the values mean, the verifier says. */
const TYPES = {
  operators: isListOf(isText),
  withdrawal: isText,
  network: (value) => isText(value) || (typeof value === "object" && !Array.isArray(value)),
  amounts_gwei: isListOf(isNumber),
  threshold: isNumber,
  transcript: isText,
  setup: isListOf(isText),
};

/** Texts that stand on lines of their own, or between commas. */
const listed = (text) => text.split(/[\s,]+/).filter((part) => part !== "");

/** An amount in ETH as Gwei; a text that is none is handed on for the verifier to refuse. */
function gwei(eth) {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(eth);
  if (!match) throw new Error(`“${eth}” is not an amount in ETH, such as 32 or 1.5`);
  const amount = BigInt(match[1]) * GWEI + BigInt((match[2] ?? "").padEnd(9, "0"));
  return Number(amount);
}

/** Gwei as ETH, exactly. */
export function eth(amount) {
  const [whole, rest] = [BigInt(amount) / GWEI, BigInt(amount) % GWEI];
  return rest === 0n ? `${whole}` : `${whole}.${`${rest}`.padStart(9, "0").replace(/0+$/, "")}`;
}

/** Networks of an imported file that are not in the list, as they were described there. */
let describedNetwork = null;

/** What the form says. Throws what is wrong with it, in words. */
export function readExpectations() {
  const value = (name) => byId(`expect-${name}`).value.trim();
  const expected = {};
  const operators = listed(value("operators"));
  if (operators.length > 0) expected.operators = operators;
  if (value("withdrawal")) expected.withdrawal = value("withdrawal");
  if (value("network") === "described") expected.network = describedNetwork;
  else if (value("network")) expected.network = value("network");
  const amounts = listed(value("amounts"));
  if (amounts.length > 0) expected.amounts_gwei = amounts.map(gwei);
  if (value("threshold")) {
    if (!/^\d{1,5}$/.test(value("threshold"))) throw new Error("The threshold is a number of operators.");
    expected.threshold = Number(value("threshold"));
  }
  const root = value("transcript").toLowerCase().replace(/\s+/g, "");
  if (root) expected.transcript = root.startsWith("0x") ? root : `0x${root}`;
  const setup = listed(value("setup"));
  if (setup.length > 0) expected.setup = setup;
  return expected;
}

/** Fills the form. */
export function writeExpectations(expected) {
  const set = (name, value) => {
    byId(`expect-${name}`).value = value;
  };
  set("operators", (expected.operators ?? []).join("\n"));
  set("withdrawal", expected.withdrawal ?? "");
  set("amounts", (expected.amounts_gwei ?? []).map(eth).join(", "));
  set("threshold", expected.threshold ?? "");
  set("transcript", expected.transcript ?? "");
  set("setup", (expected.setup ?? []).join("\n"));
  writeNetwork(expected.network ?? "");
}

function writeNetwork(network) {
  const select = byId("expect-network");
  select.querySelector("option[value=described]")?.remove();
  describedNetwork = null;
  const isListed = typeof network === "string" && [...select.options].some((option) => option.value === network);
  if (!isListed) {
    describedNetwork = network;
    const name = typeof network === "string" ? network : (network.name ?? "described in the file");
    select.append(new Option(name, "described"));
  }
  select.value = isListed ? network : "described";
}

/** What a file of expectations holds, or null if it is none. */
function membersOf(bytes) {
  if (bytes.length > 1 << 20) return null;
  try {
    const expected = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const members = Object.keys(expected);
    return !Array.isArray(expected) && members.length > 0 && members.every((name) => MEMBERS.includes(name)) ? expected : null;
  } catch {
    return null;
  }
}

/** Whether a file says what is expected of a lock, and nothing else. */
export const areExpectations = (bytes) => membersOf(bytes) !== null;

/** What such a file expects. Throws what is wrong with it, in words. */
export function parseExpectations(bytes) {
  const expected = membersOf(bytes) ?? {};
  for (const name of MEMBERS) {
    const value = expected[name] ?? null;
    if (value !== null && !TYPES[name](value)) throw new Error(`its member “${name}” is not of the right type`);
  }
  return expected;
}

/** The file that the program reads. */
export function saveExpectations() {
  download("expectations.json", "application/json", `${JSON.stringify(readExpectations(), null, 2)}\n`);
}
