/** What `coram sim` leaves in a folder: one data folder for each operator. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** @returns {string[]} the data folders, in the order of the operators */
export function dataFolders(directory) {
  const count = readdirSync(directory).filter((name) => /^node\d+$/.test(name)).length;
  if (count === 0) {
    throw new Error(`${directory} has no folders node0, node1, …`);
  }
  return Array.from({ length: count }, (_, i) => join(directory, `node${i}`));
}

export const readText = (folder, ...path) => readFileSync(join(folder, ...path), "utf8");

export const readJson = (folder, ...path) => JSON.parse(readText(folder, ...path));

/** Throws unless every folder holds the same lock, byte for byte; returns that lock. */
export function commonLock(folders) {
  const texts = folders.map((folder) => readText(folder, "cluster-lock.json"));
  if (new Set(texts).size !== 1) {
    throw new Error("the locks of the operators differ");
  }
  return JSON.parse(texts[0]);
}

/** The names of the deposit data files in a folder. */
export const depositFileNames = (folder) => readdirSync(folder).filter((name) => name.startsWith("deposit-data"));
