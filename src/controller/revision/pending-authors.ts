import { changeAuthorsByKey, type ManifestSide } from "../../manifest/change-authors.ts";
import type { Paths } from "../../manifest/folder-owner.ts";
import {
  joinedAuthors,
  NO_PENDING_AUTHORS,
  NOT_RECORDED,
  pendingAuthorsOf,
  type Authors,
  type ChangeAuthors,
  type PendingAuthors,
} from "../../model/authors.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Key } from "../../model/keys/key.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** What is recorded before a revision is accepted. */
export interface RecordedBefore {
  readonly record: SourceRecord | null;
  readonly keys: readonly KeyRecord[];
  readonly objects: ManifestSide["objects"];
  readonly paths: Paths;
}

/** The authors of what a revision changes, together with those of earlier changes that are not applied. */
export function pendingAuthors(
  accepted: ManifestSide,
  step: ChangeAuthors,
  before: RecordedBefore,
): PendingAuthors {
  const { record, objects, paths } = before;
  // Nothing was applied yet: the first enforcing pass is approved by a person.
  if (record === null || record.acceptedRevision === null) return NO_PENDING_AUTHORS;
  const earlier: ManifestSide = { fileKeys: record.fileKeys, objects, brokenFiles: [] };
  const made = changeAuthorsByKey(step, [accepted, earlier], paths);
  const byKey = new Map<Key, Authors>();
  const unapplied = unappliedIn(before);
  for (const key of Object.values(accepted.fileKeys).flat()) {
    const own = Object.hasOwn(made.byKey, key) ? made.byKey[key] : undefined;
    const parts = [
      own ?? null,
      unapplied.has(key) ? pendingAuthorsOf(record.authors ?? NOT_RECORDED, key) : null,
    ];
    const known = parts.filter((part) => part !== null);
    if (known.length > 0) byKey.set(key, joinedAuthors(known));
  }
  return { all: made.all, byKey: Object.fromEntries(byKey) };
}

/** The keys that were not applied at the revision before. */
function unappliedIn({ record, keys }: RecordedBefore): ReadonlySet<Key> {
  const applied = new Map(keys.map((one) => [one.key, one.applied?.revision]));
  const known = Object.values(record?.fileKeys ?? {}).flat();
  return new Set(known.filter((key) => applied.get(key) !== record?.acceptedRevision));
}
