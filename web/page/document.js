// Small things that every part of the page needs.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a text is a text, whatever is in it. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A copy of what stands in a template of the page. */
export const fromTemplate = (id) => byId(id).content.cloneNode(true);

/**
 * Fragments that the verifier made and escaped. Nothing else goes through here. The page's policy forbids scripts and styles that
 * are not its own, even if something did.
 */
export function fromVerifier(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** A number of things in words. */
export const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** SHA-256 in hex, or null where the browser does not compute it for this page. */
export async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Hands a file to whoever looks at the page. */
export function download(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
