import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RecordedObjectName } from "../../src/controller/ports/store.ts";
import { readLaterState, readState, type RecordedState } from "../../src/http/request/recorded-state.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { KeyRecord } from "../../src/model/keys/key-record.ts";
import type { ObjectRecord } from "../../src/model/records/object-record.ts";
import type { RecordChange } from "../../src/model/records/record-change.ts";
import { ChangedRecords } from "../../src/store/changed-records.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { keyAt } from "../support/kubernetes/watched-feed.ts";
import { record } from "../support/screens/world-states.ts";

/*
 * A state that is read from the commits since an earlier one is the state that a complete read has. States keep what has
 * not changed as it was.
 */

const KEYS = 6;
const OBJECTS = 3;

/** A record in memory, with the reads of the store. */
class SmallRecord {
  readonly #keys = new Map<Key, KeyRecord>();
  readonly #objects = new Map<string, ObjectRecord>();
  readonly #changed = new ChangedRecords();
  /** Of the last commit that changed the status. */
  readonly #statusVersions = new Map<Key, number>();
  version = 0;

  commit(change: RecordChange): void {
    this.version += 1;
    const statuses = (change.keys ?? []).filter(
      (one) => JSON.stringify(this.#keys.get(one.key)?.status) !== JSON.stringify(one.status),
    );
    for (const { key } of statuses) this.#statusVersions.set(key, this.version);
    for (const one of change.keys ?? []) this.#keys.set(one.key, one);
    for (const key of change.removedKeys ?? []) {
      this.#keys.delete(key);
      this.#statusVersions.delete(key);
    }
    for (const one of change.objects ?? []) this.#objects.set(one.name, one);
    for (const { name } of change.removedObjects ?? []) this.#objects.delete(name);
    this.#changed.add(change, (changed) => statuses.some(({ key }) => key === changed), this.version);
  }

  keySummaries = async (keys?: readonly Key[]): Promise<readonly KeyRecord[]> =>
    [...this.#keys.keys()]
      .sort()
      .flatMap((key) => ((keys?.includes(key) ?? true) ? (this.#keys.get(key) ?? []) : []));

  objects = async (): Promise<readonly ObjectRecord[]> =>
    [...this.#objects.keys()].sort().flatMap((name) => {
      const object = this.#objects.get(name);
      return object === undefined ? [] : [{ ...object, resourceVersion: this.#versionOf(object) }];
    });

  #versionOf({ resourceVersion, keys }: ObjectRecord): number {
    return Math.max(resourceVersion, ...keys.map((key) => this.#statusVersions.get(key) ?? 0));
  }

  objectsNamed = async (names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> =>
    (await this.objects()).filter(({ name }) => names.some((one) => one.name === name));

  changedSince = async (version: number) => this.#changed.since(version);
}

function objectAt(at: number, keys: readonly number[], generation: number): ObjectRecord {
  return {
    kind: "FunctionPermission",
    namespace: "orders",
    name: `object-${at}`,
    uid: String(at),
    generation,
    observedGeneration: generation,
    resourceVersion: 1,
    createdAt: "2026-09-30T00:00:00.000Z",
    document: "{}",
    file: "a.yaml",
    line: 1,
    keys: keys.map((key) => keyAt(key)),
  };
}

const change: fc.Arbitrary<RecordChange> = fc.oneof(
  fc
    .record({ at: fc.nat({ max: KEYS - 1 }), to: fc.constantFrom("Synced", "OutOfSync") })
    .map(({ at, to }) => ({ keys: [record(keyAt(at), { sync: to })] })),
  fc.nat({ max: KEYS - 1 }).map((at) => ({ removedKeys: [keyAt(at)] })),
  fc
    .record({
      at: fc.nat({ max: OBJECTS - 1 }),
      keys: fc.uniqueArray(fc.nat({ max: KEYS - 1 }), { maxLength: 2 }),
      generation: fc.nat({ max: 2 }),
    })
    .map(({ at, keys, generation }) => ({ objects: [objectAt(at, keys, generation)] })),
  fc.nat({ max: OBJECTS - 1 }).map((at) => ({ removedObjects: [objectAt(at, [], 1)] })),
);

function contentOf(state: RecordedState): object {
  return { ...state, documentOf: null };
}

test("a state that is read from the commits since another one is that of a complete read", async () => {
  const commits = fc.array(change, { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(commits, fc.array(commits, { maxLength: 4 }), async (first, rounds) => {
      const stored = new SmallRecord();
      stored.commit({ keys: Array.from({ length: KEYS }, (_, at) => record(keyAt(at))) });
      for (const one of first) stored.commit(one);
      let known = await readState(stored, stored.version);
      for (const round of rounds) {
        for (const one of round) stored.commit(one);
        const complete = await readState(stored, stored.version);

        const later = await readLaterState(stored, known, stored.version);

        // Of many changes a complete read costs less.
        known = later ?? complete;
        expect(contentOf(known)).toEqual(contentOf(complete));
      }
    }),
    { numRuns: FC_RUNS },
  );
});

test("of many keys, those that no commit has changed are the same values as before, and so are all places", async () => {
  const stored = new SmallRecord();
  stored.commit({
    keys: Array.from({ length: 300 }, (_, at) => record(keyAt(at))),
    objects: [objectAt(0, [0, 1], 1)],
  });
  const known = await readState(stored, 1);
  stored.commit({ keys: Array.from({ length: 120 }, (_, at) => record(keyAt(at), { sync: "OutOfSync" })) });

  const later = await readLaterState(stored, known, 2);

  const changed = [...(later?.records ?? [])].filter(([key, one]) => known.records.get(key) !== one);
  expect(changed).toHaveLength(120);
  expect(later?.places).toBe(known.places);
  expect(later?.objectOf.get(keyAt(0))).toBe(later?.objects[0]);
});

test("of keys whose status is the same as before, no object is read again", async () => {
  const stored = new SmallRecord();
  const keys = Array.from({ length: KEYS }, (_, at) => record(keyAt(at)));
  stored.commit({ keys, objects: [objectAt(0, [0], 1), objectAt(1, [1], 1)] });
  const known = await readState(stored, 1);
  const same = { ...record(keyAt(0)), roleKnownSinceMs: 1 };
  stored.commit({ keys: [same, record(keyAt(1), { sync: "OutOfSync" })] });

  const later = await readLaterState(stored, known, 2);

  expect(later?.objects.map((object, at) => object === known.objects[at])).toEqual([true, false]);
  expect(later?.records.get(keyAt(0))).toEqual(same);
});

test.each([
  { because: "the program has started since", known: 0, commits: 0 },
  { because: "it is older than the first commit of this process", known: -1, commits: 1 },
])("a state from before what is known is read completely: $because", async ({ known, commits }) => {
  const stored = new SmallRecord();
  for (let at = 0; at < commits; at += 1) stored.commit({});

  expect(await readLaterState(stored, await readState(stored, known), 2)).toBeNull();
});

test("of more changes than are kept, only those since the last are known", () => {
  const changed = new ChangedRecords(2);
  changed.add({ removedKeys: [keyAt(0), keyAt(1)] }, () => false, 1);
  changed.add({ removedKeys: [keyAt(2)] }, () => false, 2);
  changed.add({ removedKeys: [keyAt(3)] }, () => false, 3);

  expect([changed.since(0), changed.since(1), changed.since(2)]).toEqual([
    null,
    null,
    { keys: [keyAt(3)], statuses: [keyAt(3)], objects: [] },
  ]);
});
