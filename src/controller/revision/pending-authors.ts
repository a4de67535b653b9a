import { changeAuthorsByKey, type ManifestSide } from "../../manifest/change-authors.ts";
import { mayHoldPlatform, type Paths } from "../../manifest/folder-owner.ts";
import {
  joinedAuthors,
  NO_PENDING_AUTHORS,
  NOT_RECORDED,
  pendingAuthorsOf,
  unknownAuthors,
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
  const earlier: ManifestSide = { fileKeys: record.fileKeys, objects, brokenFiles: [] };
  const made = changeAuthorsByKey(step, [accepted, earlier], paths);
  const known = new Set(Object.values(record.fileKeys).flat());
  const unapplied = unappliedIn(known, before);
  const unread = record.authors?.unread ?? {};
  const byKey = new Map<Key, Authors>();
  for (const [file, keys] of Object.entries(accepted.fileKeys))
    for (const key of keys) {
      const authors = joinedIfAny([
        byKey.get(key),
        ownValue(made.byKey, key),
        unapplied.has(key) ? pendingAuthorsOf(record.authors ?? NOT_RECORDED, key) : null,
        known.has(key) ? null : ownValue(unread, file),
      ]);
      if (authors !== null) byKey.set(key, authors);
    }
  const ofPlatform = Object.entries(unread).filter(
    ([file]) => mayHoldPlatform(file, paths) && !accepted.brokenFiles.includes(file),
  );
  return {
    all: joinedIfAny([made.all, ...ofPlatform.map(([, authors]) => authors)]),
    byKey: Object.fromEntries(byKey),
    ...unreadAuthors(accepted, step, unread),
  };
}

type ByFile = NonNullable<PendingAuthors["unread"]>;

function unreadAuthors(
  { brokenFiles }: ManifestSide,
  step: ChangeAuthors,
  before: ByFile,
): Pick<PendingAuthors, "unread"> {
  const found = brokenFiles.flatMap((file) => {
    const made = step.kind === "read" ? step.byFile.get(file) : unknownAuthors(step.reason);
    const authors = joinedIfAny([made, ownValue(before, file)]);
    return authors === null ? [] : [[file, authors] as const];
  });
  return found.length === 0 ? {} : { unread: Object.fromEntries(found) };
}

function joinedIfAny(parts: readonly (Authors | null | undefined)[]): Authors | null {
  const known = parts.filter((part) => part !== null && part !== undefined);
  return known.length === 0 ? null : joinedAuthors(known);
}

function ownValue(record: Readonly<Record<string, Authors>>, name: string): Authors | null {
  return Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

/** The keys that were not applied at the revision before. */
function unappliedIn(known: ReadonlySet<Key>, { record, keys }: RecordedBefore): ReadonlySet<Key> {
  const applied = new Map(keys.map((one) => [one.key, one.applied?.revision]));
  return new Set([...known].filter((key) => applied.get(key) !== record?.acceptedRevision));
}
