import type { Approval } from "../../model/approval.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import type { ChangeAuthors } from "../../model/authors.ts";
import type { Commit, Snapshot } from "../../model/snapshot.ts";
import { SourceError, type Relation, type Source } from "../ports/source.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** The effect of a fetch on the enforced revision. */
export type Fetched =
  /** Nothing new. */
  | { readonly kind: "same" }
  /** Must be compiled and, unless it is empty, enforced. */
  | {
      readonly kind: "new";
      readonly snapshot: Snapshot;
      readonly commits: readonly Commit[];
      /** Of what differs from the accepted revision. */
      readonly authors: ChangeAuthors;
    }
  /** Needs an approval; the accepted revision stays. */
  | { readonly kind: "held"; readonly revision: Revision; readonly reason: string }
  /** Nothing could be read; the accepted revision stays. */
  | { readonly kind: "failed"; readonly error: SourceError };

const HELD_RELATIONS = {
  rollback: "is older than the accepted revision (rollback)",
  rewritten: "does not contain the accepted revision (force-push)",
} as const satisfies Partial<Record<Relation, string>>;

const NOT_COMPARED = { kind: "unknown", reason: "there is nothing to compare with" } as const;

/** Fetches the newest snapshot and relates it to the accepted one. Force-push and rollback need an approval of that revision. */
export async function fetchRevision(
  source: Source,
  { record, approvals }: { readonly record: SourceRecord | null; readonly approvals: readonly Approval[] },
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const snapshot = await source.latest(signal);
    const accepted = record?.acceptedRevision ?? null;
    if (accepted === null) return { kind: "new", snapshot, commits: [], authors: NOT_COMPARED };
    if (accepted === snapshot.revision) return { kind: "same" };
    // No approval helps for an empty snapshot: the compiler step refuses it.
    if (snapshot.files.length === 0) return { kind: "new", snapshot, commits: [], authors: NOT_COMPARED };
    const { relation, commits, authors } = await source.compare(accepted, snapshot.revision, signal);
    const why = relation === "rollback" || relation === "rewritten" ? HELD_RELATIONS[relation] : null;
    const approved = approvals.some((approval) => approval.subject === snapshot.revision);
    if (why === null || approved) return { kind: "new", snapshot, commits, authors };
    return {
      kind: "held",
      revision: snapshot.revision,
      reason: `${shortRevision(snapshot.revision)} ${why}`,
    };
  } catch (error) {
    if (error instanceof SourceError) return { kind: "failed", error };
    throw error;
  }
}
