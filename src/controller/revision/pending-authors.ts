import { changeAuthorsByKey, type ManifestSide } from "../../manifest/change-authors.ts";
import { mayHoldPlatform, type Paths } from "../../manifest/folder-owner.ts";
import {
  authorsNamed,
  joinedAuthors,
  NO_PENDING_AUTHORS,
  NOT_RECORDED,
  unknownAuthors,
  type Authors,
  type ChangeAuthors,
  type PendingAuthors,
} from "../../model/authors.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Key } from "../../model/keys/key.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { AuthorSets } from "./author-sets.ts";

/** What is recorded before a revision is accepted. */
export interface RecordedBefore {
  readonly record: SourceRecord | null;
  readonly keys: readonly KeyRecord[];
  readonly objects: ManifestSide["objects"];
  readonly paths: Paths;
}

/**
 * The authors of what a revision changes, together with those of earlier changes that are not applied. Who wrote a file
 * that could not be read is an author of what it declares now: the keys were not known then.
 */
export function pendingAuthors(
  accepted: ManifestSide,
  step: ChangeAuthors,
  before: RecordedBefore,
): PendingAuthors {
  const { record, objects, paths } = before;
  // Nothing was applied yet: the first enforcing pass is approved by a person.
  if (record === null || record.acceptedRevision === null) return NO_PENDING_AUTHORS;
  const recorded = record.authors ?? NOT_RECORDED;
  const earlier: ManifestSide = { fileKeys: record.fileKeys, objects, brokenFiles: [] };
  const made = changeAuthorsByKey(step, [accepted, earlier], paths);
  const sets = new AuthorSets();
  const byKey = [...partsByKey(accepted, { made, recorded }, before)].map(
    ([key, parts]) => [key, sets.placeOf(parts)] as const,
  );
  const unread = unreadAuthors(accepted, step, recorded).map(
    ([file, parts]) => [file, sets.placeOf(parts)] as const,
  );
  const ofPlatform = Object.keys(recorded.unread ?? {}).filter(
    (file) => mayHoldPlatform(file, paths) && !accepted.brokenFiles.includes(file),
  );
  const all = [made.all, ...ofPlatform.map((file) => unreadBefore(recorded, file))].filter(isKnown);
  return {
    all: all.length === 0 ? null : joinedAuthors(all),
    byKey: Object.fromEntries(byKey),
    ...(unread.length > 0 && { unread: Object.fromEntries(unread) }),
    ...(sets.sets.length > 0 && { sets: sets.sets }),
  };
}

interface Known {
  /** By the revision. */
  readonly made: PendingAuthors;
  readonly recorded: PendingAuthors;
}

/** The authors of each key that has any, of the revision and of what is not applied. */
function partsByKey(
  { fileKeys }: ManifestSide,
  { made, recorded }: Known,
  before: RecordedBefore,
): ReadonlyMap<Key, readonly Authors[]> {
  const known = new Set(Object.values(before.record?.fileKeys ?? {}).flat());
  const unapplied = unappliedIn(known, before);
  const byKey = new Map<Key, readonly Authors[]>();
  for (const [file, keys] of Object.entries(fileKeys))
    for (const key of keys) {
      const earlier = unapplied.has(key) ? [recorded.all, authorsNamed(recorded.byKey, key, recorded)] : [];
      const unread = known.has(key) ? null : unreadBefore(recorded, file);
      const parts = [authorsNamed(made.byKey, key, made), ...earlier, unread].filter(isKnown);
      if (parts.length > 0) byKey.set(key, [...(byKey.get(key) ?? []), ...parts]);
    }
  return byKey;
}

function unreadBefore(recorded: PendingAuthors, file: string): Authors | null {
  return authorsNamed(recorded.unread ?? {}, file, recorded);
}

function isKnown(authors: Authors | null | undefined): authors is Authors {
  return authors !== null && authors !== undefined;
}

function unreadAuthors(
  { brokenFiles }: ManifestSide,
  step: ChangeAuthors,
  recorded: PendingAuthors,
): readonly (readonly [string, readonly Authors[]])[] {
  return brokenFiles.flatMap((file) => {
    const made = step.kind === "read" ? step.byFile.get(file) : unknownAuthors(step.reason);
    const parts = [made, unreadBefore(recorded, file)].filter(isKnown);
    return parts.length === 0 ? [] : [[file, parts] as const];
  });
}

/** The keys that were not applied at the revision before. */
function unappliedIn(known: ReadonlySet<Key>, { record, keys }: RecordedBefore): ReadonlySet<Key> {
  const applied = new Map(keys.map((one) => [one.key, one.applied?.revision]));
  return new Set([...known].filter((key) => applied.get(key) !== record?.acceptedRevision));
}
