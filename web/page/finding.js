// An operator looks for itself: who it is in this cluster, and what it signed and dealt.
import { byId, element } from "./document.js";
import { startJob } from "./job.js";
import { state } from "./state.js";

/** What an operator does in a ceremony, in order: the check that says so, where its items stand, and words. */
const DEEDS = [
  ["definition.operator-signatures", "operators", "Your account signed the cluster definition, and your node record"],
  ["joins.signatures", "joins", "You joined the ceremony with your identity key"],
  ["joins.possession", "joins", "You know the decryption key that shares were encrypted for"],
  ["commits.signatures", "commits", "You committed to your dealing before any was opened"],
  ["deals.signatures", "deals", "You signed your dealing"],
  ["deals.proofs", "deals", "Your dealing is proved to be correct"],
  ["attests.signatures", "attests", "You said that your shares are right"],
  ["attests.partials", "attests", "Your shares signed what the cluster needs"],
  ["seals.signatures", "seals", "You sealed the lock and the transcript"],
  ["lock.node-signatures", "node_signatures", "Your node signed the lock hash"],
];
const BY_DEALERS = new Set(["commits", "deals"]);
const WORDS = { passed: "✓ yes", failed: "✗ no", undecided: "? not decided", not_applicable: "– not applicable", accepted: "! no, accepted" };
const TONES = { passed: "good", failed: "bad", undecided: "open", not_applicable: "none", accepted: "accepted" };

/** Offers it, if there are operators. */
export function offerFinding() {
  const operators = state.outcome.report.operators ?? [];
  byId("find-form").addEventListener("submit", (event) => {
    event.preventDefault();
    find(byId("find-who").value.trim(), operators);
  });
  return operators.length > 0;
}

function find(who, operators) {
  if (who === "") return say("Enter an account, a node record or a peer ID.");
  if (!/^(0x|enr:)/i.test(who)) return tell(who, operators);
  startJob({ operator: who }, (event) => {
    if (event.event === "operator") tell(event.name, operators);
    if (event.event === "refused" || event.event === "stopped") say(`That is no account and no node record: ${event.what}`);
  });
}

const say = (text) => byId("found-me").replaceChildren(element("p", {}, text));

function tell(name, operators) {
  const operator = operators.find((one) => one.address === name || one.peer_id === name);
  if (!operator) return say("✗ Nobody in this cluster has that name. It holds no share of these keys, whatever else it has signed.");
  const deeds = DEEDS.map((deed) => deedOf(deed, operator)).filter(Boolean);
  byId("found-me").replaceChildren(
    element("p", {}, element("strong", {}, `You are operator ${operator.index} of ${operators.length}.`), ` ${dealtWords(operator)}`),
    element("ul", { class: "deeds" }, ...deeds),
    ...rawMessages(operator.index),
  );
}

function dealtWords({ dealt }) {
  if (dealt === null || dealt === undefined) return "Whether you dealt is not established.";
  return dealt ? "You dealt: every key is a sum that your dealing is part of." : "You did not deal, and hold shares of the keys all the same.";
}

function deedOf([id, list, words], operator) {
  const check = state.outcome.report.checks.find((one) => one.id === id);
  if (!check) return null;
  const { dealers = [] } = state.outcome.report.ceremony ?? {};
  if (BY_DEALERS.has(list) && dealers.length > 0 && !dealers.includes(operator.index)) return null;
  const place = BY_DEALERS.has(list) ? dealers.indexOf(operator.index) : operator.index - 1;
  const outcome = check.outcome === "failed" && !check.failures.some((failure) => isAt(failure.path, list, place)) ? "passed" : check.outcome;
  return element("li", {}, element("span", { class: `tag ${TONES[outcome]}` }, WORDS[outcome]), element("a", { href: `#check-${id}` }, words));
}

/** Whether a failing item is this one, or the whole list. */
const isAt = (path, list, place) => path.includes(`${list}[${place}]`) || !path.includes(`${list}[`);

/** The operator's own messages, as they stand in the file. */
function rawMessages(index) {
  const transcript = transcriptOf(state.files);
  const kinds = ["joins", "commits", "deals", "attests", "seals"];
  const messages = kinds.flatMap((kind) => {
    const list = Array.isArray(transcript?.[kind]) ? transcript[kind] : [];
    return list.filter((message) => message?.author === index).map((message) => [kind, message]);
  });
  return messages.map(([kind, message]) =>
    element("details", { class: "raw" }, element("summary", {}, `Your message in ${kind}, as it stands in the file`),
      element("pre", { tabindex: "0" }, JSON.stringify(message, null, 2))));
}

function transcriptOf(files) {
  const parsed = (role) => {
    const file = files.find((one) => one.role === role);
    try {
      return file && JSON.parse(new TextDecoder().decode(file.bytes));
    } catch {
      return undefined;
    }
  };
  return parsed("transcript") ?? parsed("lock")?.pvss_transcript;
}
