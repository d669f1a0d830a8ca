// node schema.js DIR: the reports in DIR, as `coram verify --json` printed them, are what the published schema says, and nothing else is.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Ajv2020 } from "ajv/dist/2020.js";

import { directoryArgument, report } from "./lib/report.js";

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const directory = directoryArgument();
const { check, finish } = report();
const schema = readJson(new URL("../../docs/report.schema.json", import.meta.url));
const ajv = new Ajv2020({ strict: true });
const validate = ajv.compile(schema);

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** All objects in a value, with their paths. */
function* objects(value, path = "$") {
  if (isObject(value)) yield [path, value];
  if (value === null || typeof value !== "object") return;
  for (const [name, member] of Object.entries(value)) yield* objects(member, `${path}.${name}`);
}

/** Changes a report, judges it, and takes the change back. */
function refused(object, name, value) {
  const had = Object.hasOwn(object, name);
  const before = object[name];
  if (value === undefined) delete object[name];
  else object[name] = value;
  const accepted = validate(printed);
  if (had) object[name] = before;
  else delete object[name];
  return !accepted;
}

let printed;
for (const name of readdirSync(directory).sort()) {
  printed = readJson(join(directory, name));

  await check(`${name}: it is what the schema says`, () => {
    if (!validate(printed)) throw new Error(ajv.errorsText(validate.errors));
  });

  await check(`${name}: with a member more, less, or of another type it is not`, () => {
    for (const [path, object] of objects(printed)) {
      if (!refused(object, "unknown", 1)) throw new Error(`${path} may have unknown members`);
      for (const member of Object.keys(object)) {
        if (!refused(object, member, undefined)) throw new Error(`${path}.${member} may be missing`);
        if (!refused(object, member, { wrong: [] })) throw new Error(`${path}.${member} may be anything`);
      }
    }
  });

  await check(`${name}: no other verdict, version or list of checks`, () => {
    const wrong = [["verdict", "VALID"], ["report_version", 0]];
    if (printed.checks) wrong.push(["checks", printed.checks.slice(1)], ["checks", [...printed.checks, printed.checks[0]]]);
    for (const [member, value] of wrong) {
      if (!refused(printed, member, value)) throw new Error(`${member} may be ${JSON.stringify(value)}`);
    }
  });
}

finish();
