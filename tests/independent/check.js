// node check.js DIR: checks all that `coram sim --output DIR` left, with implementations other than Coram's.
import { expectEqual } from "./lib/bytes.js";
import { checkDepositFiles } from "./lib/deposit-files.js";
import { identityKey, recordKey } from "./lib/ethereum.js";
import { commonLock, dataFolders, depositFileNames, readJson, readText } from "./lib/folder.js";
import { checkRecombination, openShare, readKeystore } from "./lib/keystores.js";
import { checkLock } from "./lib/lock-checks.js";
import { directoryArgument, report } from "./lib/report.js";

const folders = dataFolders(directoryArgument());
const { check, finish } = report();

const lock = commonLock(folders);
const { operators, threshold } = lock.cluster_definition;
const validators = lock.distributed_validators;

for (const [name, reason] of checkLock(lock)) {
  await check(`lock: ${name}`, () => {
    if (reason !== null) throw new Error(reason);
  });
}

await check(`folders: ${operators.length} operators, each with its own identity and definition`, () => {
  expectEqual(folders.length, operators.length, "data folders");
  folders.forEach((folder, i) => {
    const key = identityKey(readText(folder, "charon-enr-private-key"));
    expectEqual(key, recordKey(operators[i].enr, "record"), `identity of operator ${i + 1}`);
    const definition = readJson(folder, "cluster-definition.json");
    expectEqual(JSON.stringify(definition), JSON.stringify(lock.cluster_definition), "definition");
  });
});

await check("deposit files: names, order, roots, signatures", () => {
  for (const folder of folders) {
    const files = new Map(depositFileNames(folder).map((name) => [name, readJson(folder, name)]));
    checkDepositFiles(lock, files);
  }
});

const shares = validators.map(() => []);
await check(`keystores: ${folders.length * validators.length} opened, each with the share that the lock names`, async () => {
  for (const [i, folder] of folders.entries()) {
    for (const [j, validator] of validators.entries()) {
      const what = `operator ${i + 1}, validator ${j + 1}`;
      shares[j].push(await openShare(readKeystore(folder, j), validator.public_shares[i], what));
    }
  }
});

await check(`keys: ${threshold} shares recombine to each validator key, ${threshold - 1} do not`, () => {
  for (const [j, validator] of validators.entries()) {
    expectEqual(shares[j].length, operators.length, "opened shares");
    checkRecombination(shares[j], threshold, validator.distributed_public_key, `validator ${j + 1}`);
  }
});

finish();
