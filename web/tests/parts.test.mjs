// usage: node --test parts.test.mjs
// Parts of the page that need no browser: what a file cannot make of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { commandFor } from "../page/command.js";
import { placeAt, placesOf } from "../page/places.js";

const bytesOf = (text) => new TextEncoder().encode(text);

test("values are found by their paths", () => {
  const bytes = bytesOf('{"a": [1, {"b": "text"}], "c": true}');
  const { start, end } = placesOf(bytes, ["$.a[1].b"]).get("$.a[1].b");
  assert.equal(new TextDecoder().decode(bytes.subarray(start, end)), "text");
  assert.equal(placeAt(bytes, bytes.indexOf(0x74, 25)).path, "$.c");
});

test("paths do not grow with the file", () => {
  const values = "1,".repeat(100_000);
  for (const text of ["[".repeat(100_000) + values, `{"${"k".repeat(1_000_000)}": [${values}1]}`, `{"a": `.repeat(50_000) + `[${values}`]) {
    const started = performance.now();
    assert.equal(placesOf(bytesOf(text), ["$.x"]).size, 0);
    // Paths as long as the file would take hours.
    assert.ok(performance.now() - started < 20_000);
  }
});

test("a name that cannot be copied stands in no command", () => {
  const command = (name, role = "lock") => commandFor({ files: [{ name, role }], expected: {}, report: { inputs: [{ name, sha256: "07" }] } });
  for (const name of ["a\u001b[201~\u0003\nid\n.json", "a\nb", "a\u009bb", "a\u202eb", "a\u200bb", "a\u2028b", "x".repeat(300)]) {
    assert.equal(command(name), "coram verify LOCK");
  }
  assert.equal(command("a\nb", "deposit_data"), "coram verify DEPOSIT-DATA");
  const sums = (line) => `printf '%s\\n' ${line} | sha256sum --check &&\n`;
  assert.equal(command("my lock.json"), `${sums("'07  my lock.json'")}coram verify 'my lock.json'`);
  assert.equal(command("it's $(id)`"), `${sums("'07  it'\\''s $(id)`'")}coram verify 'it'\\''s $(id)\`'`);
  assert.equal(command("-rf"), `${sums("'07  -rf'")}coram verify ./-rf`);
  assert.equal(command("-"), "coram verify ./-");
});
