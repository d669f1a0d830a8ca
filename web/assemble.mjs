// usage: node web/assemble.mjs BUILD.json VERIFIER.wasm OUTPUT.html
// Makes one page of the verifier and the files of web/page. Nothing but its inputs has a part in the result.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const web = dirname(fileURLToPath(import.meta.url));
const [buildFile, wasmFile, output] = process.argv.slice(2);

const read = (name) => readFileSync(join(web, name), "utf8");
const source = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** A module with all that it imports before it, as one script: each becomes a scope that returns what it exports. */
function bundle(entry) {
  const scopes = new Map();
  const scopeOf = (name) => name.replace(/\.js$/, "Module");
  const add = (name) => {
    if (scopes.has(name)) return;
    scopes.set(name, "");
    const text = read(`page/${name}`);
    const imports = /^import (\{.*\}) from "\.\/(.+)";$/gm;
    const imported = [...text.matchAll(imports)].map(([, , from]) => from);
    imported.forEach(add);
    const exported = [...text.matchAll(/^export (?:async )?(?:const|let|function\*?) (\w+)/gm)].map(([, one]) => one);
    const body = text.replace(imports, (_, names, from) => `const ${names} = ${scopeOf(from)};`).replace(/^export /gm, "");
    scopes.delete(name);
    scopes.set(name, `const ${scopeOf(name)} = (() => {\n${body}return { ${exported.join(", ")} };\n})();\n`);
  };
  add(entry);
  return `"use strict";\n${[...scopes.values()].join("\n")}`;
}

/** A script that parses, and ends no element early. */
function inScript(text) {
  new Script(text);
  if (/<\/script|<!--/i.test(text)) throw new Error("a script cannot hold the end of a script");
  return text;
}

const style = read("../views/src/style.css") + read("page/style.css");
const script = inScript(bundle("main.js"));
const policy = [
  "default-src 'none'",
  `script-src ${source(script)} 'wasm-unsafe-eval'`,
  `style-src ${source(style)}`,
  "worker-src blob:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const parts = {
  POLICY: policy,
  STYLE: style,
  SCRIPT: script,
  WORKER: inScript(bundle("worker.js")),
  BUILD: readFileSync(buildFile, "utf8").trim().replaceAll("<", "\\u003c"),
  WASM: readFileSync(wasmFile).toString("base64"),
};
writeFileSync(output, read("page/index.html").replace(/%([A-Z]+)%/g, (_, name) => parts[name]));
