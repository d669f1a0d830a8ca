// What this page is made of.
import { byId, element, sha256 } from "./document.js";
import { verifierBytes } from "./job.js";

/** Says what the page was built from, and computes the hash of the verifier that it really runs. */
export async function showAbout() {
  const build = JSON.parse(byId("build").textContent);
  const computed = element("dd", {}, "being computed");
  const fact = (name, ...value) => element("div", {}, element("dt", {}, name), element("dd", {}, ...value));
  const exact = (text) => element("code", {}, text);
  byId("about").replaceChildren(
    fact("Version", build.version),
    fact("Source, SHA-256", exact(build.source)),
    fact("Compiler", build.compiler),
    fact("Verifier, SHA-256, as built", exact(build.verifier)),
    element("div", {}, element("dt", {}, "Verifier, SHA-256, as in this page"), computed),
  );
  const digest = await sha256(verifierBytes());
  if (digest === null) computed.replaceChildren("This browser computes no hashes for a page from this address.");
  else computed.replaceChildren(exact(digest), digest === build.verifier ? " ✓ the same" : " ✗ NOT the same: this page was changed after it was built");
}
