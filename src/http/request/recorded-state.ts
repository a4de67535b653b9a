import { setImmediate as turn } from "node:timers/promises";
import { bindingName } from "../../api/names.ts";
import type { Control } from "../../controller/ports/control.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { RecordedObjectName } from "../../controller/ports/store.ts";
import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecordSummary } from "../../model/keys/key-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { documentReader, type RecordedDocument } from "./recorded-document.ts";

export interface KeyPlace {
  readonly kind: "function" | "policy";
  readonly accountId: string;
  readonly namespace: string;
  /** `metadata.name` of the objects for the key. */
  readonly name: string;
}

/** The record at one of its versions. */
export interface RecordedState {
  readonly version: number;
  readonly objects: readonly ObjectRecord[];
  readonly records: ReadonlyMap<Key, KeyRecordSummary>;
  /** The document that each key comes from. */
  readonly objectOf: ReadonlyMap<Key, ObjectRecord>;
  /** By namespace: its keys in `objectOf`. */
  readonly declaredIn: ReadonlyMap<string, readonly Key[]>;
  /** By account: its keys in `objectOf`. */
  readonly declaredFor: ReadonlyMap<AccountId, readonly Key[]>;
  readonly documentOf: (record: ObjectRecord) => RecordedDocument;
  /** Of documents and keys, sorted. */
  readonly namespaces: readonly string[];
  /** By key, sorted: keys of documents and of the record, also those that left Git. */
  readonly places: ReadonlyMap<Key, KeyPlace>;
}

type RecordReads = Pick<Control, "objects" | "keySummaries" | "objectsNamed" | "changedSince">;

export async function readState(control: RecordReads, version: number): Promise<RecordedState> {
  const [objects, records] = await Promise.all([control.objects(), control.keySummaries()]);
  return recordedOf(version, objects, records);
}

/** Reads what was committed since a known state, and no more. null: all of it has to be read. */
export async function readLaterState(
  control: RecordReads,
  known: RecordedState,
  version: number,
): Promise<RecordedState | null> {
  const changed = await control.changedSince(known.version);
  if (changed === null || changed.keys.length > known.records.size / 2 || hasSharedKey(known)) return null;
  const names = new Map<string, RecordedObjectName>();
  // The version of an object is also that of the status of its keys.
  const ofKeys = changed.statuses.flatMap((key) => known.objectOf.get(key) ?? []);
  for (const one of [...changed.objects, ...ofKeys]) names.set(nameOf(one), one);
  const summaries = await inPages(changed.keys, (keys) => control.keySummaries(keys));
  const objects = await inPages([...names.values()], (some) => control.objectsNamed(some));
  return laterState(known, { version, keys: changed.keys, names: new Set(names.keys()), summaries, objects });
}

/** Such as that of a broken document, which another one declares too: then `objectOf` does not lead to all objects of a key. */
function hasSharedKey({ objects, objectOf }: RecordedState): boolean {
  return objects.reduce((count, { keys }) => count + keys.length, 0) > objectOf.size;
}

interface LaterRows {
  readonly version: number;
  /** Those that were read again. */
  readonly keys: readonly Key[];
  /** The same, of objects: `kind/namespace/name`. */
  readonly names: ReadonlySet<string>;
  /** Of the keys: those that exist. */
  readonly summaries: readonly KeyRecordSummary[];
  /** Of the names: those that exist. */
  readonly objects: readonly ObjectRecord[];
}

/** The known state with these rows in place of the earlier ones; what has not changed is the same value in both. */
function laterState(known: RecordedState, later: LaterRows): RecordedState {
  const objects = new Map(later.objects.map((object) => [nameOf(object), object]));
  const isSame =
    later.summaries.length === later.keys.length &&
    later.keys.every((key) => known.records.has(key)) &&
    objects.size === later.names.size &&
    hasSameKeys(known, objects);
  return isSame ? withRows(known, later, objects) : rebuilt(known, later, objects);
}

type ByName = ReadonlyMap<string, ObjectRecord>;

/** Whether each of these objects exists already, with the same keys. */
function hasSameKeys({ objects }: RecordedState, later: ByName): boolean {
  let found = 0;
  for (const object of objects) {
    const now = later.get(nameOf(object));
    if (now === undefined) continue;
    if (now.keys.join(" ") !== object.keys.join(" ")) return false;
    found += 1;
  }
  return found === later.size;
}

/** No object and no key is new or gone, so that everything is where it was. */
function withRows(known: RecordedState, { version, summaries }: LaterRows, later: ByName): RecordedState {
  const records = new Map(known.records);
  for (const summary of summaries) records.set(summary.key, summary);
  const objectOf = new Map(known.objectOf);
  for (const object of later.values()) for (const key of object.keys) objectOf.set(key, object);
  const objects = known.objects.map((object) => later.get(nameOf(object)) ?? object);
  return { ...known, version, records, objectOf, objects };
}

function rebuilt(
  known: RecordedState,
  { version, keys, names, summaries }: LaterRows,
  later: ByName,
): RecordedState {
  const records = new Map(known.records);
  for (const key of keys) records.delete(key);
  for (const summary of summaries) records.set(summary.key, summary);
  const objects = [...known.objects.filter((object) => !names.has(nameOf(object))), ...later.values()];
  return recordedOf(version, objects.sort(byName), [...records.values()].sort(byTextOf(({ key }) => key)));
}

function byName(a: RecordedObjectName, b: RecordedObjectName): number {
  return byText(a.kind, b.kind) || byText(a.namespace, b.namespace) || byText(a.name, b.name);
}

function nameOf({ kind, namespace, name }: RecordedObjectName): string {
  return `${kind}/${namespace}/${name}`;
}

/** Rows that are read at a time: others share the process. */
const AT_A_TIME = 100;

async function inPages<Item, Row>(
  items: readonly Item[],
  read: (page: readonly Item[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    if (at > 0) await turn();
    rows.push(...(await read(items.slice(at, at + AT_A_TIME))));
  }
  return rows;
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
    declaredFor: Map.groupBy(objectOf.keys(), accountIdOf),
    documentOf: documentReader(),
    namespaces: [...new Set(namespaces)].sort(),
    places,
  };
}

function placeOf(key: Key): KeyPlace {
  const { kind, accountId, namespace } = keyParts(key);
  return { kind, accountId, namespace, name: bindingName(key) };
}
