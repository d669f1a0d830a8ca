// The page: files in, verdict out.
import { showAbout } from "./about.js";
import { byId } from "./document.js";
import { areExpectations, parseExpectations, readExpectations, saveExpectations, writeExpectations } from "./expectations.js";
import { take, watchFiles } from "./intake.js";
import { startJob } from "./job.js";
import { showProgress } from "./progress.js";
import { showResult } from "./result.js";
import { state } from "./state.js";

let cancelRunning = () => {};

/** Shows one of: `start`, `running`, `result`. */
function show(part) {
  for (const id of ["start", "running", "result"]) byId(id).hidden = id !== part;
  byId("expectations").hidden = part === "running";
}

function say(id, lines) {
  byId(id).hidden = lines.length === 0;
  byId(id).textContent = lines.join(" ");
}

/**
 * Takes files in: expectations that come alone fill the form, the rest is verified. Beside other files, expectations are left alone:
 * whoever made those could have made them too, and everything would be as it is expected.
 */
async function receive(chosen) {
  const { files, left } = await take(chosen);
  const expectations = files.filter((file) => areExpectations(file.bytes));
  const rest = files.filter((file) => !expectations.includes(file));
  if (rest.length === 0 && expectations.length === 1) {
    say("refused", left);
    return openExpectations(expectations[0]);
  }
  for (const { name } of expectations) left.push(`${name} was left out: it says what is expected. If it is yours, open it by itself.`);
  say("refused", left);
  if (rest.length > 0) verify(rest, left);
}

function openExpectations({ name, bytes }) {
  try {
    writeExpectations(parseExpectations(bytes));
  } catch (error) {
    return wrongExpectations(`${name} cannot be read: ${error.message}`);
  }
  byId("expectations-details").open = true;
  if (state.outcome) verify(state.files);
  else byId("expectations-title").scrollIntoView();
}

/** Verifies files; `left` says which others were left alone. */
function verify(files, left = []) {
  let expected;
  try {
    expected = readExpectations();
  } catch (error) {
    return wrongExpectations(error.message);
  }
  say("expectations-wrong", []);
  cancelRunning();
  const cameFrom = state.outcome ? "result" : "start";
  const running = { files, expected, outcome: null };
  const stop = (words) => {
    progress.end();
    show(cameFrom);
    say("refused", [words]);
    byId("spoken").textContent = "";
  };
  show("running");
  const progress = showProgress(files.map((file) => file.name).join(", "), () => {
    cancelRunning();
    stop("Cancelled: nothing was decided.");
    byId(cameFrom === "start" ? "choose" : "again").focus();
  });
  cancelRunning = startJob({ files, options: { expect: expected } }, (event) => {
    if (event.event === "files") {
      running.files = files.map((file, place) => ({ ...file, role: event.roles[place] }));
      progress.total(event.checks);
    } else if (event.event === "check") progress.check(event);
    else if (event.event === "report") running.outcome = { ...event, report: JSON.parse(event.json) };
    else if (event.event === "refused" && event.of === "expectations") {
      stop("");
      say("refused", []);
      wrongExpectations(event.what);
    } else if (event.event === "refused" || event.event === "stopped") stop(event.what);
    else if (event.event === "done" && running.outcome) {
      progress.end();
      Object.assign(state, running);
      say("refused", left);
      show("result");
      showResult();
    }
  });
}

function wrongExpectations(what) {
  byId("expectations-details").open = true;
  say("expectations-wrong", [what]);
  byId("expectations-wrong").scrollIntoView({ block: "center" });
}

function again() {
  state.outcome = null;
  state.files = [];
  byId("main").append(byId("expectations"));
  byId("report").replaceChildren();
  show("start");
  document.title = "Coram: verify a distributed validator";
  byId("choose").focus();
}

function applyExpectations(event) {
  event.preventDefault();
  if (state.files.length > 0) return verify(state.files);
  try {
    readExpectations();
    say("expectations-wrong", []);
    byId("start").scrollIntoView();
    byId("choose").focus();
  } catch (error) {
    wrongExpectations(error.message);
  }
}

watchFiles(receive);
byId("again").addEventListener("click", again);
byId("expectations-form").addEventListener("submit", applyExpectations);
byId("expectations-clear").addEventListener("click", () => writeExpectations({}));
byId("expectations-save").addEventListener("click", () => {
  try {
    saveExpectations();
    say("expectations-wrong", []);
  } catch (error) {
    wrongExpectations(error.message);
  }
});
byId("expectations-file").addEventListener("change", ({ target }) => {
  const chosen = [...target.files];
  target.value = "";
  receive(chosen);
});
showAbout();
