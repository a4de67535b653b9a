import type { AccountRecord, RecordedRevisions } from "./account-record.ts";
import type { Revision } from "../values/revision.ts";
import type { AppliedState, KeyRecordSummary } from "../keys/key-record.ts";
import { keyParts, type Key } from "../keys/key.ts";

/** The accepted revisions of all sources. */
export interface RevisionsInForce {
  /** Of the platform source. */
  readonly revision: Revision;
  /** By namespace, of the namespace sources; missing: there are none. */
  readonly namespaceRevisions?: ReadonlyMap<string, Revision>;
}

/** The revisions as an account's record has them. */
export function recordedRevisions({ revision, namespaceRevisions }: RevisionsInForce): RecordedRevisions {
  return {
    revision,
    ...(namespaceRevisions && { namespaceRevisions: Object.fromEntries(namespaceRevisions) }),
  };
}

/**
 * The revision that a key was compared with before this pass, or that did not declare it yet; null: it is not known, such as
 * of a key that was not read.
 */
export function comparedBefore(
  { key, status }: Pick<KeyRecordSummary, "key" | "status">,
  { sweptRevisions: swept }: Pick<AccountRecord, "sweptRevisions">,
): Revision | null {
  if (swept === undefined || status?.sync === "Unknown") return null;
  return swept.namespaceRevisions?.[keyParts(key).namespace] ?? swept.revision;
}

/** The revision that declares a key, or that removed it. */
export function revisionOf(key: Key, inForce: RevisionsInForce): Revision {
  return ownRevisionOf(key, inForce) ?? inForce.revision;
}

function ownRevisionOf(key: Key, { namespaceRevisions }: RevisionsInForce): Revision | undefined {
  return namespaceRevisions?.get(keyParts(key).namespace);
}

/** The revisions that decide about a key: the platform source also decides about the keys of namespace sources. */
export function appliedRevisions(
  key: Key,
  inForce: RevisionsInForce,
): Pick<AppliedState, "revision" | "platformRevision"> {
  const { revision: platformRevision } = inForce;
  const own = ownRevisionOf(key, inForce);
  return own === undefined ? { revision: platformRevision } : { revision: own, platformRevision };
}

/** Whether a key is applied as the accepted revisions declare it. */
export function isAppliedAt(
  applied: Pick<AppliedState, "revision" | "platformRevision"> | null | undefined,
  key: Key,
  inForce: RevisionsInForce,
): boolean {
  const now = appliedRevisions(key, inForce);
  return applied?.revision === now.revision && applied.platformRevision === now.platformRevision;
}

/** Equal for the changes of a key that limits count together. */
export function changeOf(key: Key, inForce: RevisionsInForce): string {
  const { revision, platformRevision } = appliedRevisions(key, inForce);
  return platformRevision === undefined ? revision : `${revision} ${platformRevision}`;
}

/** The keys that the accepted revisions deleted so far: those of an earlier revision of their source do not count. */
export function deletedBy(deleted: AccountRecord["deleted"], inForce: RevisionsInForce): readonly Key[] {
  if (deleted === null) return [];
  const { revision, namespaceRevisions = {} } = deleted;
  return deleted.keys.filter((key) => {
    const own = ownRevisionOf(key, inForce);
    return own === undefined
      ? revision === inForce.revision
      : namespaceRevisions[keyParts(key).namespace] === own;
  });
}

export function deletedAt(keys: readonly Key[], inForce: RevisionsInForce): AccountRecord["deleted"] {
  const own = keys.flatMap((key) => {
    const revision = ownRevisionOf(key, inForce);
    return revision === undefined ? [] : [[keyParts(key).namespace, revision] as const];
  });
  return {
    revision: inForce.revision,
    ...(own.length > 0 && { namespaceRevisions: Object.fromEntries(own) }),
    keys: [...new Set(keys)].sort(),
  };
}
