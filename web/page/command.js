// The command that makes the same checks.
import { eth } from "./expectations.js";
import { inOrder } from "./state.js";

/** A word of a command line, for any POSIX shell. */
export function quoted(word) {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether a name can be copied to a terminal as it is: no character in it is a command to one, out of order, or unseen. */
const canBeCopied = (name) => name.length <= 200 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);

/** A file name as an argument that is no option; where it cannot be copied, what the file is. */
function argument({ name, role }) {
  if (!canBeCopied(name)) return role.toUpperCase().replaceAll("_", "-");
  return quoted(/^-/.test(name) ? `./${name}` : name);
}

/** The lines to type: first that the files are the same, then what was done here. */
export function commandFor({ files, expected, report }) {
  const [subject, ...beside] = inOrder(files);
  const words = ["coram", "verify", argument(subject)];
  for (const file of beside) words.push(file.role === "transcript" ? "--transcript" : "--deposit-data", argument(file));
  words.push(...expectationWords(expected));
  const isPlain = ({ name }) => canBeCopied(name) && name !== "-";
  const lines = (report.inputs ?? []).filter(isPlain).map(({ name, sha256 }) => quoted(`${sha256}  ${name}`));
  const check = lines.length > 0 ? `printf '%s\\n' ${lines.join(" ")} | sha256sum --check &&\n` : "";
  return check + words.join(" ");
}

function expectationWords(expected) {
  const { operators = [], withdrawal, network, amounts_gwei: amounts = [], threshold, transcript, setup = [] } = expected;
  if (typeof network === "object") return ["--expect", "expectations.json"];
  const words = operators.flatMap((operator) => ["--expect-operator", quoted(operator)]);
  if (withdrawal) words.push("--expect-withdrawal", quoted(withdrawal));
  if (network) words.push("--expect-network", quoted(network));
  for (const amount of amounts) words.push("--expect-amount", quoted(eth(amount)));
  if (threshold !== undefined) words.push("--expect-threshold", `${threshold}`);
  if (transcript) words.push("--expect-transcript", quoted(transcript));
  return [...words, ...setup.flatMap((one) => ["--expect-setup", quoted(one)])];
}
