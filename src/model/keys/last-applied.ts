import { parseRevision, revisionParts } from "../values/revision.ts";

/** The last applied revision of a key, as far as the reader can know it. */
export type LastApplied =
  | { readonly kind: "revision"; readonly hash: string }
  /** The record has none: the key was never applied, or the record was lost. */
  | { readonly kind: "none" }
  /** The record is not available. */
  | { readonly kind: "unknown" };

/** @param revision as in the record */
export function lastAppliedOf(revision: string | null): LastApplied {
  const parsed = revision === null ? undefined : parseRevision(revision);
  return parsed === undefined
    ? { kind: "none" }
    : { kind: "revision", hash: revisionParts(parsed).hash.slice(0, 7) };
}

/** The state that is in effect while a newer revision is not: `4f0e2d1 remains in effect`. */
export function remainsText(last: LastApplied): string {
  if (last.kind === "revision") return `${last.hash} remains in effect`;
  return last.kind === "none" ? "no applied revision is recorded" : "the applied revision was not read";
}

/** The same for several targets together. A target without a revision is not counted as having one in effect. */
export function remainsTextOf(revisions: readonly (string | null)[]): string {
  const all = revisions.map(lastAppliedOf);
  const hashes = all.flatMap((last) => (last.kind === "revision" ? [last.hash] : []));
  const [first, ...others] = new Set(hashes);
  if (first === undefined) return remainsText({ kind: "none" });
  const text =
    others.length === 0 ? `${first} remains in effect` : "the last applied revisions remain in effect";
  return hashes.length === all.length ? text : `${text} in ${hashes.length} of ${all.length} targets`;
}
