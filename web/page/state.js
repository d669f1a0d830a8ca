// What the page knows at the moment. Nothing of it outlives the page.

export const state = {
  /** The files: `{ name, role, bytes }`. */
  files: [],
  /** What was expected of them when they were verified. */
  expected: {},
  /** The end of the last verification: `{ report, json, html, page, badge }`. */
  outcome: null,
};

/** The files, with other bytes in one of them. */
export const withFile = (files, changed, bytes) => files.map((file) => (file === changed ? { ...file, bytes } : file));

/** The file that is judged, and those beside it, in the order in which a report names them. */
export function inOrder(files) {
  const places = ["lock", "fault", "transcript", "deposit_data"];
  return places.flatMap((role) => files.filter((file) => file.role === role));
}
