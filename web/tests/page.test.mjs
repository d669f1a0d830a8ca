// usage: CORAM_WEB_CEREMONY=FOLDER [CORAM_WEB_MORE=FOLDER:…] node --test page.test.mjs
// FOLDER is what `coram sim --operators 4 --threshold 3 --output FOLDER` wrote; locks of any other ceremonies are only shown.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";

import { asFile, built, checksThat, drop, launch, open, pageText, saved, serve, settled, verdict } from "./browser.mjs";
import { placesOf } from "../page/places.js";
import { loadVerifier } from "./verifier.mjs";

const folder = process.env.CORAM_WEB_CEREMONY;
const screenshots = join(built, "screenshots");
let browser;
let lock;
let verifier;

before(async () => {
  await mkdir(screenshots, { recursive: true });
  lock = { name: "cluster-lock.json", bytes: await readFile(join(folder, "node0/cluster-lock.json")) };
  [browser, verifier] = await Promise.all([launch(), loadVerifier()]);
});

after(() => browser?.close());

/** A page with the lock's report. */
async function verified(options = {}, files = [lock]) {
  const opened = await open(browser, options);
  await drop(opened.page, files);
  await settled(opened.page);
  return opened;
}

const outcomes = (report) => report.checks.map(({ id, outcome }) => [id, outcome]);

test("a dropped lock gets its verdict, and the page asks nobody", async () => {
  const { page, requests, errors, close } = await open(browser);
  await page.evaluate(() => {
    globalThis.most = 0;
    new MutationObserver(() => {
      globalThis.most = Math.max(globalThis.most, document.querySelectorAll("#rows > li.check").length);
    }).observe(document.getElementById("rows"), { childList: true });
  });
  const started = performance.now();
  await drop(page, [lock]);
  await settled(page);
  console.log(`verdict after ${Math.round(performance.now() - started)} ms, n = 4, m = 1`);
  assert.equal(await verdict(page), "VALID");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "This lock is VALID");
  const report = JSON.parse(await saved(page, "#take-json"));
  const same = await verifier.verify(lock.bytes, { name: lock.name });
  assert.deepEqual(outcomes(report), outcomes(same));
  assert.deepEqual(report.inputs, same.inputs);
  assert.ok((await page.evaluate(() => globalThis.most)) >= report.checks.length - 1, "a row for every check, while it is verified");
  assert.match(await page.textContent("#about"), /✓ the same/);
  await page.screenshot({ path: join(screenshots, "valid-1200.png"), fullPage: true });
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:")), [asFile]);
  assert.deepEqual(errors, []);
  await close();
});

for (const other of (process.env.CORAM_WEB_MORE ?? "").split(":").filter(Boolean)) {
  test(`the lock of ${basename(other)} is VALID`, async () => {
    const bytes = await readFile(join(other, "node0/cluster-lock.json"));
    const started = performance.now();
    const { page, close } = await verified({}, [{ name: "cluster-lock.json", bytes }]);
    console.log(`verdict on ${basename(other)} after ${Math.round(performance.now() - started)} ms`);
    assert.equal(await verdict(page), "VALID");
    const { validators } = await verifier.verify(bytes);
    if (validators.length > 1) {
      await page.fill("#search", validators.at(-1).public_key.slice(20, 50).toUpperCase());
      assert.equal(await page.locator("#validators tbody tr:visible").count(), 1);
      assert.match(await page.textContent("#found"), new RegExp(`^1 of ${validators.length} validators`));
      await page.fill("#search", "");
      assert.equal(await page.locator("#validators tbody tr:visible").count(), validators.length);
    }
    await page.screenshot({ path: join(screenshots, `${basename(other)}.png`), fullPage: true });
    await close();
  });
}

test("a lock and its deposit data are judged together, and deposit data alone", async () => {
  const deposits = { name: "deposit-data.json", bytes: await readFile(join(folder, "node0/deposit-data.json")) };
  const definition = { name: "cluster-definition.json", bytes: await readFile(join(folder, "node0/cluster-definition.json")) };
  const { page, close } = await verified({}, [definition, deposits, lock]);
  const roles = await page.$$eval("#files p", (files) => files.map((file) => file.textContent.replace(/,.*/, "")));
  assert.deepEqual(roles, ["cluster-lock.json Lock", "deposit-data.json Deposit data", "cluster-definition.json Not needed"]);
  assert.match(await page.textContent("#command"), /coram verify cluster-lock.json --deposit-data deposit-data.json$/);
  await page.click("#again");
  await drop(page, [deposits]);
  await page.waitForSelector("#result:not([hidden])");
  assert.equal(await page.textContent("#report h1"), "This deposit data is VALID");
  await close();
});

test("the page cannot ask anybody, even if it tried", async () => {
  const { page, close } = await open(browser);
  const tried = await page.evaluate(async () => {
    const violated = [];
    addEventListener("securitypolicyviolation", (event) => violated.push(event.effectiveDirective));
    const fetched = await fetch("http://127.0.0.1:9/").then(() => "went out", () => "blocked");
    const image = new Image();
    const loaded = await new Promise((resolve) => {
      image.onload = () => resolve("went out");
      image.onerror = () => resolve("blocked");
      image.src = "http://127.0.0.1:9/a.png";
    });
    return { fetched, loaded, violated };
  });
  assert.deepEqual(tried, { fetched: "blocked", loaded: "blocked", violated: ["connect-src", "img-src"] });
  await close();
});

test("one byte of a Seal's signature changes, and exactly its row fails", async () => {
  const { page, close } = await verified();
  const path = "$.pvss_transcript.seals[0].signature";
  await page.selectOption("#break-where", path);
  await page.click("#break-form button");
  await page.waitForSelector("#broken .verdict");
  const failed = await checksThat(page, "bad", "#broken > .report");
  assert.deepEqual(failed, ["seals.signatures"]);
  assert.match(await page.textContent("#broken"), /seals\[0\]\.signature/);
  assert.match(await page.textContent("#broken .verdict"), /INVALID: 1 check fails/);
  await page.locator("#break").screenshot({ path: join(screenshots, "one-byte.png") });
  assert.equal(await verdict(page), "VALID", "the report of the file itself stays");
  await page.click("#mend");
  assert.equal(await page.textContent("#broken"), "");

  // The same change, without the page.
  const bytes = Uint8Array.from(lock.bytes);
  const place = placesOf(bytes, [path]).get(path);
  bytes[place.start + 10] = bytes[place.start + 10] === 0x61 ? 0x62 : 0x61;
  const report = await verifier.verify(bytes);
  assert.deepEqual(report.checks.filter((check) => check.outcome === "failed").map((check) => check.id), failed);
  await close();
});

test("a byte anywhere changes, and no copy is taken for the file", async () => {
  const { page, close } = await verified();
  await page.selectOption("#break-where", "number");
  await page.fill("#break-offset", "9999999");
  await page.click("#break-form button");
  assert.match(await page.textContent("#broken"), /no number of a byte/);
  await page.fill("#break-offset", "0");
  await page.press("#break-offset", "Enter");
  await page.waitForSelector("#broken .verdict");
  assert.deepEqual(await checksThat(page, "bad", "#broken > .report"), ["json.strict"]);
  await close();
});

test("what is expected is compared, saved and opened again", async () => {
  const { page, close } = await verified();
  const { operators } = await verifier.verify(lock.bytes);
  await page.click("#expectations summary");
  await page.fill("#expect-operators", operators.map((operator) => operator.address).join("\n"));
  await page.fill("#expect-threshold", "3");
  await page.fill("#expect-amounts", "1, 32");
  await page.selectOption("#expect-network", "mainnet");
  await page.click("#expectations-apply");
  await page.waitForSelector("#running", { state: "hidden" });
  assert.equal(await verdict(page), "INVALID");
  assert.deepEqual(await checksThat(page, "bad"), ["expect.network"]);
  assert.match(await page.textContent("#command"), /--expect-threshold 3/);

  await page.selectOption("#expect-network", "hoodi");
  const file = await saved(page, "#expectations-save");
  assert.deepEqual(JSON.parse(file), {
    operators: operators.map((operator) => operator.address),
    network: "hoodi",
    amounts_gwei: [1e9, 32e9],
    threshold: 3,
  });
  await page.click("#expectations-clear");
  assert.equal(await page.inputValue("#expect-operators"), "");
  await drop(page, [{ name: "expectations.json", bytes: file }]);
  await page.waitForFunction(() => document.querySelector("#report .banner h1 strong")?.textContent === "VALID");
  assert.match(await page.textContent("#glance"), /as you expect/);
  await page.screenshot({ path: join(screenshots, "expected-1200.png"), fullPage: true });

  await page.fill("#expect-withdrawal", "0x1234");
  await page.click("#expectations-apply");
  await page.waitForSelector("#expectations-wrong:not([hidden])");
  assert.match(await page.textContent("#expectations-wrong"), /withdrawal/);
  await close();
});

test("expectations that come with other files are nobody's", async () => {
  const { page, errors, close } = await open(browser);
  await page.click("#expectations summary");
  await page.fill("#expect-threshold", "4");
  await drop(page, [lock, { name: "notes.json", bytes: Buffer.from('{"threshold": 3, "network": "hoodi"}') }]);
  await page.waitForSelector("#result:not([hidden]) .banner");
  assert.equal(await verdict(page), "INVALID", "what was typed still stands");
  assert.deepEqual(await checksThat(page, "bad"), ["expect.threshold"]);
  assert.match(await page.textContent("#refused"), /notes.json was left out/);
  assert.equal(await page.inputValue("#expect-network"), "");

  for (const wrong of ['{"operators": "0x00"}', '{"threshold": "3"}', '{"amounts_gwei": [1.5]}', '{"network": ["hoodi"]}']) {
    await drop(page, [{ name: "wrong.json", bytes: Buffer.from(wrong) }]);
    await page.waitForSelector("#expectations-wrong:not([hidden])");
    assert.match(await page.textContent("#expectations-wrong"), /wrong.json cannot be read: its member/);
    await page.click("#expectations-apply");
    await page.waitForSelector("#expectations-wrong", { state: "hidden" });
    await page.waitForSelector("#result:not([hidden]) .banner");
  }
  assert.deepEqual(errors, []);
  await close();
});

test("an operator finds itself, and what it signed", async () => {
  const { page, close } = await verified();
  const { cluster_definition: definition } = JSON.parse(lock.bytes);
  const report = await verifier.verify(lock.bytes);
  for (const who of [definition.operators[1].enr, report.operators[1].peer_id, definition.operators[1].address.toLowerCase()]) {
    await page.fill("#find-who", who);
    await page.press("#find-who", "Enter");
    await page.waitForFunction(() => /operator 2 of 4/.test(document.getElementById("found-me").textContent));
    const deeds = await page.$$eval("#found-me .deeds .tag", (tags) => tags.map((tag) => tag.textContent));
    assert.deepEqual(deeds, Array(10).fill("✓ yes"));
    await page.fill("#find-who", "0x0000000000000000000000000000000000000001");
    await page.click("#find-form button");
    await page.waitForFunction(() => /Nobody in this cluster/.test(document.getElementById("found-me").textContent));
  }
  await page.fill("#find-who", "enr:-nothing");
  await page.click("#find-form button");
  await page.waitForFunction(() => /no account and no node record/.test(document.getElementById("found-me").textContent));
  await close();
});

test("the published root is compared", async () => {
  const { page, close } = await verified();
  const root = (await verifier.verify(lock.bytes)).ceremony.transcript_root;
  await page.fill("#compare", root.toUpperCase().replace(/(.{8})/g, "$1 "));
  assert.match(await page.textContent("#compared"), /the same root/);
  await page.fill("#compare", root.slice(0, 20));
  assert.match(await page.textContent("#compared"), /18 of 64/);
  await page.fill("#compare", root.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")));
  assert.match(await page.textContent("#compared"), /another root/);
  await close();
});

test("what cannot be judged is said in words", async () => {
  const { page, errors, close } = await open(browser);
  const definition = { name: "cluster-definition.json", bytes: await readFile(join(folder, "node0/cluster-definition.json")) };
  for (const [files, words] of [
    [[definition], /cluster definition, not a lock/],
    [[lock, { ...lock, name: "other.json" }], /more than one file/],
    [[{ name: "charon-enr-private-key", bytes: Buffer.from("00") }], /was not opened: it may hold secrets/],
  ]) {
    await drop(page, files);
    await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("refused").textContent), words.source);
    assert.ok(await page.isVisible("#start"));
  }
  await drop(page, [{ name: "<img src=x onerror=alert(1)>", bytes: Buffer.from("no lock at all") }]);
  await settled(page);
  await page.waitForSelector("#result:not([hidden])");
  assert.equal(await verdict(page), "INVALID");
  assert.deepEqual(await checksThat(page, "bad"), ["json.strict"]);
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(errors, []);
  await close();
});

test("verification is cancelled, and starts again", async () => {
  const { page, close } = await open(browser);
  await drop(page, [lock]);
  await page.waitForSelector("#running:not([hidden])");
  await page.press("#cancel", "Enter");
  assert.match(await page.textContent("#refused"), /Cancelled: nothing was decided/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "choose");
  await drop(page, [lock]);
  await page.waitForSelector("#result:not([hidden])");
  assert.equal(await verdict(page), "VALID");
  await close();
});

/** Memory, `alloc`, and a `verify` that is nothing but a trap. */
const TRAP = Buffer.from(
  "0061736d01000000" + "010d0260017f017f60047f7f7f7f00" + "0303020001" + "0503010001" +
  "071b03066d656d6f72790200" + "05616c6c6f630000" + "067665726966790001" + "0a0a02040041000b0300000b", "hex");

test("a fault of the verifier is an error that is shown", async () => {
  const html = (await pageText()).replace(/(id="verifier-wasm">)[^<]*/, `$1${TRAP.toString("base64")}`);
  const server = await serve(html);
  const { page, close } = await open(browser, { address: server.address });
  assert.match(await page.textContent("#about"), /NOT the same/);
  await drop(page, [lock]);
  await page.waitForSelector("#refused:not([hidden])");
  assert.match(await page.textContent("#refused"), /the verifier stopped: unreachable/);
  await close();
  server.close();
});

test("from a server, on a phone, in the dark", async () => {
  const server = await serve(await pageText());
  const { page, requests, close } = await open(browser, { address: server.address, width: 375, height: 800, colorScheme: "dark" });
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(await fits());
  await page.screenshot({ path: join(screenshots, "start-375-dark.png"), fullPage: true });
  await drop(page, [lock]);
  await settled(page);
  await page.click("#expectations summary");
  await page.fill("#find-who", (await verifier.verify(lock.bytes)).operators[0].peer_id);
  await page.press("#find-who", "Enter");
  await page.selectOption("#break-where", "number");
  assert.ok(await fits());
  await page.screenshot({ path: join(screenshots, "valid-375-dark.png"), fullPage: true });
  const [red, green, blue] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(red + green + blue < 150, "the paper is dark");
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:") && !url.endsWith("/favicon.ico")), [server.address]);
  await close();
  server.close();
});

test("a keyboard is enough", async () => {
  const { page, close } = await open(browser);
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
  // The browser is told early to hand the choice over: a key that came before that would be lost.
  const choice = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "skip");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "choose");
  await page.keyboard.press("Enter");
  await (await choice).setFiles({ name: lock.name, mimeType: "application/json", buffer: Buffer.from(lock.bytes) });
  await settled(page);
  const reached = new Set();
  for (let steps = 0; steps < 250 && !reached.has("copy"); steps += 1) {
    await page.keyboard.press("Tab");
    reached.add(await focused());
  }
  for (const id of ["compare", "find-who", "break-where", "take-json", "command", "copy"]) assert.ok(reached.has(id), `${id} is reached by Tab`);
  await close();
});

test("nothing stands in the way of a screen reader", async () => {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(browser, { colorScheme });
    const violations = async () => {
      await page.evaluate(axe);
      const { violations: found } = await page.evaluate(() => globalThis.axe.run(document));
      return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
    };
    assert.deepEqual(await violations(), [], "before a file is there");
    await drop(page, [lock]);
    await settled(page);
    await page.click("#expectations summary");
    await page.selectOption("#break-where", "$.cluster_definition.validators[0].withdrawal_address");
    await page.click("#break-form button");
    await page.waitForSelector("#broken .verdict");
    assert.deepEqual(await violations(), [], "with a report");
    await close();
  }
});
