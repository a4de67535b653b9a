import type { Brand } from "./brand.ts";

/** `<ref>@sha1:<40 hex>`, `<ref>@sha256:<64 hex>`, or `dir@sha256:<64 hex>` for a directory. */
export type Revision = Brand<string, "Revision">;

export interface RevisionParts {
  readonly ref: string;
  readonly algorithm: "sha1" | "sha256";
  readonly hash: string;
}

export function parseRevision(text: string): Revision | undefined {
  return /^.+@(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/s.test(text) ? (text as Revision) : undefined;
}

export function revisionParts(revision: Revision): RevisionParts {
  const at = revision.lastIndexOf("@");
  const [algorithm, hash = ""] = revision.slice(at + 1).split(":");
  return { ref: revision.slice(0, at), algorithm: algorithm === "sha256" ? "sha256" : "sha1", hash };
}

/** `main@9c1d04e`: the form on screens; `9c1d04e` if it was named by its hash. */
export function shortRevision(revision: Revision): string {
  const { ref, hash } = revisionParts(revision);
  const short = hash.slice(0, 7);
  return ref === hash ? short : `${ref}@${short}`;
}
