import { bindingName } from "../../api/names.ts";
import type { AccountView, Control, Overview } from "../../controller/ports/control.ts";
import type { Rejection } from "../../model/approval.ts";
import type { Waiver } from "../../model/desired.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";

export interface KeyPlace {
  readonly kind: "function" | "policy";
  readonly accountId: string;
  readonly namespace: string;
  /** `metadata.name` of what is made from the key. */
  readonly name: string;
}

/** The record at one of its versions. */
interface Recorded {
  readonly version: number;
  readonly objects: readonly ObjectRecord[];
  readonly records: ReadonlyMap<Key, KeyRecord>;
  /** The document that each key comes from. */
  readonly objectOf: ReadonlyMap<Key, ObjectRecord>;
  /** Of documents and keys, sorted. */
  readonly namespaces: readonly string[];
  /** Of documents and record, sorted: what left git is among them. A key is taken apart once, not at every read. */
  readonly places: ReadonlyMap<Key, KeyPlace>;
}

/** Everything that the answer to one read is made from. */
export interface World extends Recorded {
  readonly overview: Overview;
  readonly accounts: ReadonlyMap<string, AccountView>;
  readonly holds: readonly Hold[];
  /** By key: the first of the holds that cover it. One may cover every function of an account, so it is looked up. */
  readonly holdOf: ReadonlyMap<Key, Hold>;
  readonly rejections: readonly Rejection[];
  /** By key: the rejection of what is held of it; without an entry, a part of it still awaits an approval. */
  readonly rejectionOf: ReadonlyMap<Key, Rejection>;
  /** Those that compile. */
  readonly waivers: readonly Waiver[];
}

/** Reads the record again only when the store has moved on. */
export class WorldReader {
  readonly #control: Control;
  #recorded: Recorded | null = null;

  constructor(control: Control) {
    this.#control = control;
  }

  async read(): Promise<World> {
    const recorded = await this.#read();
    const overview = await this.#control.overview();
    return {
      ...recorded,
      overview,
      accounts: new Map(overview.accounts.map((account) => [account.id, account])),
      holds: overview.holds,
      holdOf: holdsByKey(overview.holds),
      rejections: overview.rejections,
      rejectionOf: rejectionsByKey(overview),
      waivers: this.#control.waivers(),
    };
  }

  async #read(): Promise<Recorded> {
    // The version first: what is committed while the rest is read is read again by the next request.
    const version = await this.#control.resourceVersion();
    if (this.#recorded?.version === version) return this.#recorded;
    const [objects, records] = await Promise.all([this.#control.objects(), this.#control.keyRecords()]);
    const recorded = recordedOf(version, objects, records);
    this.#recorded = recorded;
    return recorded;
  }
}

function recordedOf(
  version: number,
  objects: readonly ObjectRecord[],
  records: readonly KeyRecord[],
): Recorded {
  const objectOf = new Map(objects.flatMap((object) => object.keys.map((key) => [key, object] as const)));
  const keys = [...new Set([...objectOf.keys(), ...records.map((record) => record.key)])].sort();
  const places = new Map(keys.map((key) => [key, placeOf(key)]));
  const namespaces = [
    ...objects.map((object) => object.namespace),
    ...places.values().map((place) => place.namespace),
  ];
  return {
    version,
    objects,
    records: new Map(records.map((record) => [record.key, record])),
    objectOf,
    namespaces: [...new Set(namespaces)].sort(),
    places,
  };
}

function holdsByKey(holds: readonly Hold[]): ReadonlyMap<Key, Hold> {
  const byKey = new Map<Key, Hold>();
  for (const hold of holds.toReversed()) for (const key of hold.keys) byKey.set(key, hold);
  return byKey;
}

function rejectionsByKey({ holds, rejections }: Overview): ReadonlyMap<Key, Rejection> {
  if (rejections.length === 0) return new Map();
  const bySubject = new Map<string, Rejection>(rejections.map((one) => [one.subject, one]));
  const answers = new Map<Key, Rejection | null>();
  for (const { subject, keys } of holds) {
    const rejection = bySubject.get(subject) ?? null;
    for (const key of keys) answers.set(key, answers.get(key) === null ? null : rejection);
  }
  return new Map([...answers].flatMap(([key, answer]) => (answer === null ? [] : [[key, answer]])));
}

function placeOf(key: Key): KeyPlace {
  const { kind, accountId, namespace } = keyParts(key);
  return { kind, accountId, namespace, name: bindingName(key) };
}
