import type { AuditEntry } from "../../audit/entry.ts";

/** What was seen of newer entries. */
export interface EntryKeys {
  /** By digest: the files with decisions of 0.1, which name only the digest of a plan. Which keys it was held for is in older entries. */
  readonly heldIn: Map<string, string[]>;
}

interface KeyInFile {
  readonly key: string;
  readonly file: string;
}

/**
 * The keys that an entry names, each with a file that has an entry about it. Suspensions of a namespace, of an account or of everything name
 * none. Entries are given newest first.
 */
export function keysOf(entry: AuditEntry, file: string, { heldIn }: EntryKeys): readonly KeyInFile[] {
  const here = (keys: readonly string[]): readonly KeyInFile[] => keys.map((key) => ({ key, file }));
  if ("key" in entry && typeof entry.key === "string") {
    const decisions = entry.kind === "plan-held" ? (heldIn.get(entry.subject) ?? []) : [];
    return [...here([entry.key]), ...decisions.map((older) => ({ key: entry.key, file: older }))];
  }
  if (entry.kind === "wave-changed") return here(entry.keys);
  if (entry.kind === "adoption-undo-ordered") return here(entry.covers.map(({ key }) => key));
  if (entry.kind !== "approved" && entry.kind !== "rejected") return [];
  const covered: typeof entry.covers | undefined = entry.covers;
  if (covered === undefined) heldIn.set(entry.subject, [...(heldIn.get(entry.subject) ?? []), file]);
  return here((covered ?? []).map(({ key }) => key));
}
