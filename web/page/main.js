// The page: files in, verdict out.
import { showAbout } from "./about.js";
import { byId } from "./document.js";
import { parseExpectations, readExpectations, saveExpectations, writeExpectations } from "./expectations.js";
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

/** Takes files in: expectations fill the form, the rest is verified. */
async function receive(chosen) {
  const { files, left } = await take(chosen);
  say("refused", left);
  const isExpectations = files.map((file) => parseExpectations(file.bytes));
  const expected = isExpectations.find((one) => one !== null);
  if (expected) {
    writeExpectations(expected);
    byId("expectations-details").open = true;
  }
  const rest = files.filter((_, place) => isExpectations[place] === null);
  if (rest.length > 0) verify(rest);
  else if (expected && state.outcome) verify(state.files);
  else if (expected) byId("expectations-title").scrollIntoView();
}

function verify(files) {
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
      say("refused", []);
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
