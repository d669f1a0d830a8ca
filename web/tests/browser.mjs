// A browser with the page in it, and what it asked for.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";

import { chromium } from "playwright-core";

/** How long a test waits for what should come, in milliseconds: machines are busy sometimes. */
const PATIENCE = 120_000;

/** What web/build left. */
export const built = join(process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url)), "web");

/** The page as a file, the way it is sent around. */
export const asFile = pathToFileURL(join(built, "index.html")).href;

/** The page from a server that has nothing else. */
export async function serve(html) {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

export const pageText = () => readFile(join(built, "index.html"), "utf8");

/** Debian's Chromium, that asks nobody for updates. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CORAM_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** A page of its own, with all requests that it makes and all errors that it has. */
export async function open(browser, { address = asFile, width = 1200, height = 900, colorScheme = "light" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const requests = [];
  const errors = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(address);
  return { page, requests, errors, close: () => context.close() };
}

/** Drops files on the page, as a mouse does. */
export async function drop(page, files) {
  const plain = files.map(({ name, bytes }) => ({ name, content: Buffer.from(bytes).toString("base64") }));
  const transfer = await page.evaluateHandle((given) => {
    const made = new DataTransfer();
    for (const { name, content } of given) {
      made.items.add(new File([Uint8Array.from(atob(content), (character) => character.charCodeAt(0))], name));
    }
    return made;
  }, plain);
  for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("body", event, { dataTransfer: transfer });
}

/** Waits for a report, or for words on why there is none. */
export async function settled(page) {
  await page.waitForSelector("#result:not([hidden]) .banner, #refused:not([hidden])", { timeout: PATIENCE });
}

/** The verdict as it stands on the page. */
export const verdict = (page) => page.textContent("#report .banner h1 strong");

/** The names of the checks in the report with this outcome. */
export const checksThat = (page, outcome, within = "#report #checks") =>
  page.$$eval(`${within} li.check[data-outcome="${outcome}"] code.id`, (found) => found.map((one) => one.textContent));

/** What a button saves. */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return readFile(await download.path());
}
