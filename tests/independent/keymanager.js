// node keymanager.js [--refuse] [--hold] [--key FILE --cert FILE]
//
// A validator client's keymanager API on a free port of this machine. It decrypts every keystore that it is sent, with
// @chainsafe/bls-keystore, and derives the public key from the secret. The token is in KEYMANAGER_TOKEN.
//
// Prints one line for each thing that happens: `listening PORT`, and for each request `post COUNT`, then `PUBKEY STATUS` for
// each keystore. --refuse: the first keystore of all gets the status error. --hold: the first import is made and never answered.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { parseArgs } from "node:util";

import bls from "@chainsafe/bls-keystore";

import { publicKeyOf, scalar } from "./lib/bls.js";
import { hex } from "./lib/bytes.js";

const PATH = "/eth/v1/keystores";

const { values: options } = parseArgs({
  options: {
    refuse: { type: "boolean", default: false },
    hold: { type: "boolean", default: false },
    key: { type: "string" },
    cert: { type: "string" },
  },
});
const authorization = `Bearer ${process.env.KEYMANAGER_TOKEN}`;
const keys = new Set();

function say(line) {
  process.stdout.write(`${line}\n`);
}

async function importOne(text, password) {
  const keystore = JSON.parse(text);
  bls.validateKeystore(keystore);
  const secret = scalar(await bls.decrypt(keystore, password), "keystore");
  const key = hex(publicKeyOf(secret).toBytes(true));
  if (`0x${keystore.pubkey}` !== key) throw new Error(`the keystore says ${keystore.pubkey}`);
  if (options.refuse) {
    options.refuse = false;
    say(`${key} error`);
    return { status: "error", message: "the disk is full" };
  }
  const status = keys.has(key) ? "duplicate" : "imported";
  keys.add(key);
  say(`${key} ${status}`);
  return { status, message: "" };
}

async function importAll({ keystores, passwords }) {
  say(`post ${keystores.length}`);
  if (keystores.length !== passwords.length) throw new Error("as many passwords as keystores, please");
  const data = [];
  for (const [i, keystore] of keystores.entries()) {
    data.push(await importOne(keystore, passwords[i]).catch(({ message }) => ({ status: "error", message })));
  }
  return { data };
}

async function handle(request) {
  if (request.headers.authorization !== authorization) return [401, { message: "who are you?" }];
  if (request.url !== PATH) return [404, { message: "no such path" }];
  if (request.method === "GET") {
    const data = [...keys].map((validating_pubkey) => ({ validating_pubkey, derivation_path: "", readonly: false }));
    return [200, { data }];
  }
  if (request.method !== "POST" || request.headers["content-type"] !== "application/json") {
    return [415, { message: "JSON by POST, please" }];
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return [200, await importAll(JSON.parse(Buffer.concat(chunks).toString("utf8")))];
}

async function answer(request, response) {
  const [status, body] = await handle(request).catch((error) => [400, { message: error.message }]);
  if (options.hold && request.method === "POST") {
    options.hold = false;
    say("held");
    return;
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

const server = options.key
  ? createTlsServer({ key: readFileSync(options.key), cert: readFileSync(options.cert) }, answer)
  : createServer(answer);
server.listen(0, "127.0.0.1", () => say(`listening ${server.address().port}`));
