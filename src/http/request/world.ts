import { bindingName } from "../../api/names.ts";
import type { AccountView, Control, Overview } from "../../controller/ports/control.ts";
import type { Rejection, Suspension } from "../../model/approval.ts";
import type { AccountCoverage } from "../../model/answers/coverage.ts";
import type { Waiver } from "../../model/desired.ts";
import type { DesiredTeam } from "../../model/rules/team.ts";
import { byTextOf } from "../../text/order.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecordSummary } from "../../model/keys/key-record.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { documentReader, type RecordedDocument } from "./recorded-document.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { Turns } from "../../model/values/turns.ts";

export interface KeyPlace {
  readonly kind: "function" | "policy";
  readonly accountId: string;
  readonly namespace: string;
  /** `metadata.name` of the objects for the key. */
  readonly name: string;
}

/** The record at one of its versions. */
interface RecordedState {
  readonly version: number;
  readonly objects: readonly ObjectRecord[];
  readonly records: ReadonlyMap<Key, KeyRecordSummary>;
  /** The document that each key comes from. */
  readonly objectOf: ReadonlyMap<Key, ObjectRecord>;
  /** By namespace: its keys in `objectOf`. */
  readonly declaredIn: ReadonlyMap<string, readonly Key[]>;
  readonly documentOf: (record: ObjectRecord) => RecordedDocument;
  /** Of documents and keys, sorted. */
  readonly namespaces: readonly string[];
  /** By key, sorted: keys of documents and of the record, also those that left Git. */
  readonly places: ReadonlyMap<Key, KeyPlace>;
}

/** All data for the answer to one read. */
export interface World extends RecordedState {
  /** Of the reads of this process: one with a higher number has seen nothing older. */
  readonly order: number;
  readonly overview: Overview;
  readonly accounts: ReadonlyMap<string, AccountView>;
  /** By key: the suspension of it alone that ends last. */
  readonly suspendedKeys: ReadonlyMap<Key, Suspension>;
  readonly holds: readonly Hold[];
  /** By key: the first pending approval that covers it. One may cover every function of an account. */
  readonly holdOf: ReadonlyMap<Key, Hold>;
  readonly rejections: readonly Rejection[];
  /** By key, if everything held of it is rejected. */
  readonly rejectionOf: ReadonlyMap<Key, Rejection>;
  /** Those that compile. */
  readonly waivers: readonly Waiver[];
  /** Sorted by namespace, also those with an error. */
  readonly teams: readonly DesiredTeam[];
  /** Of the accounts that were read since the start, sorted by name. */
  readonly coverage: readonly AccountCoverage[];
}

/**
 * Reads the record again only after a commit of the store, or if memory was collected since: between two requests four
 * kilobytes for each key are not held on to, because a pass needs them.
 */
export class WorldReader {
  readonly #control: Control;
  readonly #turns = new Turns();
  #recorded: WeakRef<RecordedState> | null = null;
  #order = 0;

  constructor(control: Control) {
    this.#control = control;
  }

  /** One read after the other: a later one must not see less than an earlier one. */
  read(): Promise<World> {
    return this.#turns.inTurn(() => this.#readAll());
  }

  async #readAll(): Promise<World> {
    this.#order += 1;
    const recorded = await this.#readRecord();
    const overview = await this.#control.overview();
    // Of a stricter verdict no plan is held: the function keeps its verdict. A change window needs no answer.
    // A function's own switch comes last: the wave that has it is what is to be approved.
    const ofPlans = overview.holds
      .filter(({ code }) => code !== "verdict-changed" && code !== "change-window")
      .toSorted((a, b) => Number(a.code === "wave-member") - Number(b.code === "wave-member"));
    return {
      ...recorded,
      order: this.#order,
      overview,
      accounts: new Map(overview.accounts.map((account) => [account.id, account])),
      suspendedKeys: new Map(
        overview.suspensions
          .toSorted(byTextOf(({ until }) => until))
          .flatMap((suspension) =>
            suspension.scope.key === null ? [] : [[suspension.scope.key, suspension]],
          ),
      ),
      holds: overview.holds,
      holdOf: holdsByKey(ofPlans),
      rejections: overview.rejections,
      rejectionOf: rejectionsByKey(ofPlans, overview.rejections),
      waivers: this.#control.waivers(),
      teams: this.#control.teams(),
      coverage: this.#control.coverage(),
    };
  }

  async #readRecord(): Promise<RecordedState> {
    // The version first: the next request reads again everything that is committed during these reads.
    const version = await this.#control.resourceVersion();
    const known = this.#recorded?.deref();
    if (known?.version === version) return known;
    const [objects, records] = await Promise.all([this.#control.objects(), this.#control.keySummaries()]);
    const recorded = recordedOf(version, objects, records);
    this.#recorded = new WeakRef(recorded);
    return recorded;
  }
}

function recordedOf(
  version: number,
  objects: readonly ObjectRecord[],
  records: readonly KeyRecordSummary[],
): RecordedState {
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
    declaredIn: Map.groupBy(objectOf.keys(), (key) => places.get(key)?.namespace ?? ""),
    documentOf: documentReader(),
    namespaces: [...new Set(namespaces)].sort(),
    places,
  };
}

function holdsByKey(holds: readonly Hold[]): ReadonlyMap<Key, Hold> {
  const byKey = new Map<Key, Hold>();
  for (const hold of holds.toReversed()) for (const key of hold.keys) byKey.set(key, hold);
  return byKey;
}

function rejectionsByKey(
  holds: readonly Hold[],
  rejections: readonly Rejection[],
): ReadonlyMap<Key, Rejection> {
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
