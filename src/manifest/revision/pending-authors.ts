import { changeAuthorsByKey, keysIn, type ManifestSide } from "../change-authors.ts";
import { homeFolderOf, mayHoldPlatform, type Paths } from "../folder-owner.ts";
import {
  allAuthors,
  authorsNamed,
  authorsOfChange,
  NO_PENDING_AUTHORS,
  NOT_RECORDED,
  recordedAuthors,
  unknownAuthors,
  type Authors,
  type ChangeAuthors,
  type PendingAuthors,
} from "../../model/authors.ts";
import type { AppliedMark } from "../../model/keys/applied-mark.ts";
import { isAppliedAt, type RevisionsInForce } from "../../model/records/key-revision.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { mapSteps, type Steps } from "../../model/values/steps.ts";
import { getOrAdd, NONE } from "../../model/values/lists.ts";

/** null: nothing was applied. */
type RecordedKey = Pick<AppliedMark, "key"> & { readonly applied: AppliedMark["applied"] | null };

/** What is recorded before a revision is accepted. */
export interface RecordedBefore {
  /** Of the platform source, with the files of all sources. */
  readonly record: SourceRecord | null;
  /** The accepted revisions of the namespace sources; missing: there are none. */
  readonly namespaceRevisions?: RevisionsInForce["namespaceRevisions"];
  readonly keys: readonly RecordedKey[];
  readonly objects: ManifestSide["objects"];
  readonly paths: Paths;
  /** The addresses in the operator's file of those who may approve. */
  readonly approvers: ReadonlySet<string>;
}

/**
 * The authors of what a revision changes, together with those of earlier changes that are not applied. The author of
 * a file that could not be read is an author of its present content: the keys were not known then. In steps, since a
 * push may declare thousands of keys.
 */
export function* pendingAuthors(
  accepted: ManifestSide,
  step: ChangeAuthors,
  before: RecordedBefore,
): Steps<PendingAuthors> {
  const { record, objects, paths } = before;
  if (record === null || record.acceptedRevision === null) return firstAuthors(step, before.approvers);
  const recorded = record.authors ?? NOT_RECORDED;
  const earlier: ManifestSide = { fileKeys: record.fileKeys, objects, brokenFiles: [] };
  const made = changeAuthorsByKey(step, [accepted, earlier], paths);
  yield;
  const declared = knownKeys(before);
  const unapplied = unappliedIn(declared, before);
  yield;
  const sets = new AuthorSets(before.approvers);
  const left = authorsLeft(accepted, { recorded, unapplied, paths });
  const known: KnownAuthors = { made, recorded, left, unapplied, declared };
  const parted = yield* partsByKey(accepted, known, before);
  const byKey = yield* mapSteps(parted, ([key, parts]) => [key, sets.placeOf(parts)] as const);
  const unread = unreadAuthors(accepted, step, { known, paths }).map(
    ([file, parts]) => [file, sets.placeOf(parts)] as const,
  );
  const ofPlatform = Object.keys(recorded.unread ?? {}).filter(
    (file) => mayHoldPlatform(file, paths) && !accepted.brokenFiles.includes(file),
  );
  const all = [made.all, ...ofPlatform.map((file) => unreadBefore(recorded, file))].filter(isKnown);
  return {
    all: all.length === 0 ? null : recordedAuthors(allAuthors(all), before.approvers),
    byKey: Object.fromEntries(byKey),
    ...(unread.length > 0 && { unread: Object.fromEntries(unread) }),
    ...(sets.sets.length > 0 && { sets: sets.sets }),
  };
}

/**
 * Everyone in the history of the first revision may have made anything of it. No one counts as an assistant, because
 * that would hold every function, and a person approves the first enforcing pass anyway.
 */
function firstAuthors(step: ChangeAuthors, approvers: ReadonlySet<string>): PendingAuthors {
  const { people, unknown } = authorsOfChange(step);
  if (people.length === 0 && unknown === null) return NO_PENDING_AUTHORS;
  const made: Authors = {
    people,
    assistants: [],
    unknown: null,
    ...(people.length === 0 && { isPartial: true }),
  };
  return { all: recordedAuthors(made, approvers), byKey: {} };
}

interface KnownAuthors {
  /** By the revision. */
  readonly made: PendingAuthors;
  readonly recorded: PendingAuthors;
  readonly left: AuthorsLeft;
  /** The keys that were not applied at the revisions before. */
  readonly unapplied: ReadonlySet<Key>;
  /** The keys of the revisions before. */
  readonly declared: ReadonlySet<Key>;
}

type AuthorsLeft = ReadonlyMap<string, readonly Authors[]>;

/**
 * By namespace: the authors of what it declared and never applied, and of what could not be read, where that is gone. It
 * may have got another name in the same revision, so they are authors of what is new there.
 */
function authorsLeft(
  { fileKeys, objects, brokenFiles }: ManifestSide,
  {
    recorded,
    unapplied,
    paths,
  }: Pick<KnownAuthors, "recorded" | "unapplied"> & Pick<RecordedBefore, "paths">,
): AuthorsLeft {
  const unread = Object.keys(recorded.unread ?? {});
  if (unread.length === 0 && unapplied.size === 0) return new Map();
  const here = new Set([...brokenFiles, ...objects.map(({ file }) => file)]);
  const files = unread
    .filter((file) => !here.has(file))
    .map((file) => ({ owner: ownerOf(file, paths), authors: unreadBefore(recorded, file) }));
  const declared = new Set(Object.values(fileKeys).flat());
  const keys = [...unapplied]
    .filter((key) => !declared.has(key))
    .map((key) => ({ owner: keyParts(key).namespace, authors: authorsNamed(recorded.byKey, key, recorded) }));
  const left = Map.groupBy([...files, ...keys], ({ owner }) => owner);
  return new Map([...left].map(([owner, all]) => [owner, all.map(({ authors }) => authors).filter(isKnown)]));
}

function ownerOf(file: string, paths: Paths): string {
  const home = homeFolderOf(file, paths);
  if (home.kind === "platform") return home.kind;
  return home.namespace ?? home.kind;
}

function knownKeys({ record }: RecordedBefore): ReadonlySet<Key> {
  return new Set(Object.values(record?.fileKeys ?? {}).flat());
}

/** The authors of each key that has any, of the revision and of what is not applied. */
function* partsByKey(
  { fileKeys }: ManifestSide,
  { made, recorded, left, unapplied, declared }: KnownAuthors,
  before: RecordedBefore,
): Steps<ReadonlyMap<Key, readonly Authors[]>> {
  const byKey = new Map<Key, readonly Authors[]>();
  for (const [file, keys] of Object.entries(fileKeys)) {
    const unreadHere = unreadBefore(recorded, file);
    const knownHere = unreadHere === null ? NONE : keysIn(before.record?.fileKeys ?? {}, file);
    for (const key of keys) {
      const parts: Authors[] = [];
      const add = (authors: Authors | null): void => void (authors !== null && parts.push(authors));
      add(authorsNamed(made.byKey, key, made));
      if (unapplied.has(key)) {
        add(recorded.all);
        add(authorsNamed(recorded.byKey, key, recorded));
      }
      if (!knownHere.includes(key)) add(unreadHere);
      if (!declared.has(key)) left.get(keyParts(key).namespace)?.forEach(add);
      if (parts.length > 0) byKey.set(key, [...(byKey.get(key) ?? []), ...parts]);
      yield;
    }
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
  { known: { recorded, left }, paths }: { readonly known: KnownAuthors; readonly paths: Paths },
): readonly (readonly [string, readonly Authors[]])[] {
  return brokenFiles.flatMap((file) => {
    const made = step.kind === "read" ? step.byFile.get(file) : unknownAuthors(step.reason, step.people);
    const before = unreadBefore(recorded, file);
    const gone = before === null ? (left.get(ownerOf(file, paths)) ?? []) : [];
    const parts = [made, before, ...gone].filter(isKnown);
    return parts.length === 0 ? [] : [[file, parts] as const];
  });
}

/** The keys that were not applied at the revisions before. */
function unappliedIn(
  known: ReadonlySet<Key>,
  { record, namespaceRevisions, keys }: RecordedBefore,
): ReadonlySet<Key> {
  const revision = record?.acceptedRevision ?? null;
  if (revision === null) return known;
  const inForce = { revision, ...(namespaceRevisions && { namespaceRevisions }) };
  const applied = new Map(keys.map((one) => [one.key, one.applied]));
  return new Set([...known].filter((key) => !isAppliedAt(applied.get(key), key, inForce)));
}

/**
 * The different sets of authors of one revision, each once. It lives as long as one revision is accepted: most of ten
 * thousand keys have the same parts, which are joined once.
 */
class AuthorSets {
  readonly #sets: Authors[] = [];
  readonly #placeByText = new Map<string, number>();
  readonly #placeByParts = new Map<string, number>();
  readonly #partIds = new Map<Authors, number>();
  readonly #approvers: ReadonlySet<string>;

  /** @param approvers addresses in the operator's file */
  constructor(approvers: ReadonlySet<string>) {
    this.#approvers = approvers;
  }

  get sets(): readonly Authors[] {
    return this.#sets;
  }

  /** The place of all parts together in `sets`. */
  placeOf(parts: readonly Authors[]): number {
    const ids = parts.map((part) => this.#idOf(part)).join(" ");
    return getOrAdd(this.#placeByParts, ids, () =>
      this.#add(recordedAuthors(allAuthors(parts), this.#approvers)),
    );
  }

  #idOf(part: Authors): number {
    return getOrAdd(this.#partIds, part, () => this.#partIds.size);
  }

  #add(authors: Authors): number {
    return getOrAdd(this.#placeByText, JSON.stringify(authors), () => this.#sets.push(authors) - 1);
  }
}
