import { hash } from "node:crypto";
import type { ApiObject } from "../../api/object.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { Suspension } from "../../model/approval.ts";
import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { wavesOf } from "../../model/records/wave-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { seesEverything } from "../access/access.ts";
import { derivedUid } from "../present/metadata.ts";
import { bindingRollback } from "../present/pending/rollbacks.ts";
import type { Reader } from "../request/reader.ts";
import type { World } from "../request/world.ts";
import type { RequestedReconciles } from "../request/requested-reconciles.ts";

/** An object that may be looked at. */
export interface FeedEntry {
  readonly id: string;
  /** While its result is the same, so is the object; null: only a look at the object shows whether it has changed. */
  readonly stampOf: (() => string) | null;
  readonly item: () => ApiObject<string>;
}

export interface LookParts {
  readonly reader: Reader;
  readonly stamps: Stamps;
  readonly requestedReconciles: RequestedReconciles;
}

/**
 * Texts that change with all that the objects of keys are computed from. Most looks find few changed ones, so that the other
 * objects need not be computed. All feeds share them, so that a view is compared once for all of them.
 */
export class Stamps {
  readonly #numbers = new WeakMap<object, number>();
  /** What was seen last. Weak: a pass replaces all views, and the former ones must not stay in memory. */
  readonly #views = new Map<Key, WeakRef<KeyView>>();
  #last = 0;

  /** The stamp of the objects of one look, by key: a commit changes only those that it concerns. */
  ofKeys({ reader, requestedReconciles }: Omit<LookParts, "stamps">): (key: Key) => string {
    const { world, access } = reader;
    const names = seesEverything(access) ? "" : textStamp(JSON.stringify(world.namespaces));
    for (const key of this.#views.keys()) if (!world.records.has(key)) this.#views.delete(key);
    const ofHolds = holdStamps(world);
    const ofPlace = placeStamps(world);
    const ofAccounts = new Map(
      [...world.accounts].map(([id, account]) => [id, textStamp(accountText(account))]),
    );
    return (key) => {
      const object = world.objectOf.get(key);
      const view = reader.keyView(key);
      const { accountId, namespace } = keyParts(key);
      const { namespace: shownIn = "", name = "" } = world.places.get(key) ?? {};
      const suspension = world.suspendedKeys.get(key);
      return [
        names,
        ofHolds.get(key) ?? "",
        ofPlace(accountId, namespace),
        suspension === undefined ? "" : textStamp(JSON.stringify(suspension)),
        ofAccounts.get(accountId) ?? "",
        object === undefined ? this.#numberOf(world.records.get(key) ?? null) : versionStamp(object),
        this.#numberOfView(view),
        view === null ? "" : this.#numberOfDesired(view, reader.desired(view)),
        reader.uncomparedSince(key) ?? "",
        // The uid of a binding is a hash, and few of ten thousand were asked for.
        requestedReconciles.isEmpty
          ? ""
          : (requestedReconciles.handled(derivedUid("Binding", shownIn, name)) ?? ""),
      ].join(" ");
    };
  }

  /** Each read of AWS makes a new view: while it shows the same, it has the number of the one before. */
  #numberOfView(view: KeyView | null): number {
    if (view === null) return 0;
    const assigned = this.#numbers.get(view);
    if (assigned !== undefined) return assigned;
    const before = this.#views.get(view.key)?.deref();
    this.#views.set(view.key, new WeakRef(view));
    if (before === undefined || !showsTheSame(before, view)) return this.#numberOf(view);
    const number = this.#numberOf(before);
    this.#numbers.set(view, number);
    return number;
  }

  /** 0: it is the one that the view has. */
  #numberOfDesired({ desired: compared }: KeyView, desired: KeyView["desired"]): number {
    return desired === compared ? 0 : this.#numberOf(desired);
  }

  #numberOf(value: object | null): number {
    if (value === null) return 0;
    const assigned = this.#numbers.get(value);
    if (assigned !== undefined) return assigned;
    this.#last += 1;
    this.#numbers.set(value, this.#last);
    return this.#last;
  }
}

/** The times of a read of AWS, which `content.ts` leaves out of the objects too. */
const READ_TIMES: ReadonlySet<string> = new Set(["lastUsedAtMs", "policiesReadMs", "policiesKept"]);
const NONE: ReadonlySet<string> = new Set();

function showsTheSame(before: KeyView, after: KeyView): boolean {
  return isSame(liveIn(before), liveIn(after), READ_TIMES) && isSame(restOf(before), restOf(after), NONE);
}

function liveIn({ liveRole, liveFunction, readings }: KeyView): object {
  return { liveRole, liveFunction, readings };
}

function restOf({
  readAt: _at,
  liveRole: _role,
  liveFunction: _function,
  readings: _readings,
  ...rest
}: KeyView) {
  return rest;
}

/** Of values that have only plain objects, lists, maps and sets. */
function isSame(a: unknown, b: unknown, ignored: ReadonlySet<string>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return isSame([...a], [...(b as Iterable<unknown>)], ignored);
  return isSameFields(a as Record<string, unknown>, b as Record<string, unknown>, ignored);
}

function isSameFields(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  ignored: ReadonlySet<string>,
): boolean {
  for (const name in a) if (!ignored.has(name) && !isSame(a[name], b[name], ignored)) return false;
  for (const name in b) if (!ignored.has(name) && !(name in a)) return false;
  return true;
}

function textStamp(text: string): string {
  return hash("sha1", text, "base64");
}

/** By key: the pending approvals that cover it, and their rejections. */
function holdStamps({ holds, rejections }: World): ReadonlyMap<Key, string> {
  const stamps = new Map<Key, string>();
  for (const hold of holds) {
    const answers = rejections.filter(({ subject }) => subject === hold.subject);
    const stamp = textStamp(JSON.stringify([hold, answers]));
    for (const key of hold.keys) stamps.set(key, `${stamps.get(key) ?? ""}${stamp}`);
  }
  return stamps;
}

/** What concerns each function of a namespace in an account: suspensions, its waves, their rejections, and a rollback. */
function placeStamps({
  accounts,
  holds,
  overview,
  rejections,
  wideSuspensions,
}: World): (account: AccountId, of: Namespace) => string {
  const stamps = new Map<string, string>();
  const waves = Map.groupBy(holds, ({ wave }) => wave?.namespace);
  return (accountId, namespace) => {
    const place = `${accountId}/${namespace}`;
    const stamp = stamps.get(place);
    if (stamp !== undefined) return stamp;
    const isIn = ({ scope }: Suspension): boolean =>
      (scope.accountId ?? accountId) === accountId && (scope.namespace ?? namespace) === namespace;
    const of = accounts.get(accountId)?.record?.waves ?? {};
    const subjects = new Set(waves.get(namespace)?.map(subjectOf));
    const ofWaves = rejections.filter(({ subject }) => subjects.has(subject));
    const rolledBack = bindingRollback(overview, namespace);
    const shown = [wideSuspensions.filter(isIn), wavesOf(of, namespace), ofWaves, rolledBack];
    const made = textStamp(JSON.stringify(shown));
    stamps.set(place, made);
    return made;
  };
}

const subjectOf = ({ subject }: Hold): string => subject;

type WatchedAccount = Reader["world"]["overview"]["accounts"][number];

function accountText({ name, mode, comparing, record }: WatchedAccount): string {
  return JSON.stringify([name, mode, comparing, record?.failing ?? null]);
}

/** A version that also changes with the status of the keys of an object. */
export function versionStamp({ uid, resourceVersion, file, line }: ObjectRecord): string {
  return `${uid}/${resourceVersion}/${file}:${line}`;
}
