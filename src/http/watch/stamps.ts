import { hash } from "node:crypto";
import type { ApiObject } from "../../api/object.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { wavesOf } from "../../model/records/wave-record.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { seesEverything } from "../access/access.ts";
import { derivedUid } from "../present/metadata.ts";
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
 * objects need not be computed.
 */
export class Stamps {
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  /** The stamp of the objects of one look, by key: a commit changes only those that it concerns. */
  ofKeys({ reader, requestedReconciles }: Omit<LookParts, "stamps">): (key: Key) => string {
    const { world, access } = reader;
    const names = seesEverything(access) ? "" : textStamp(JSON.stringify(world.namespaces));
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
        object === undefined ? this.#numberOf(world.records.get(key) ?? null) : versionOf(object),
        this.#numberOf(view),
        view === null ? "" : this.#numberOf(reader.desired(view)),
        reader.uncomparedSince(key) ?? "",
        // The uid of a binding is a hash, and few of ten thousand were asked for.
        requestedReconciles.isEmpty
          ? ""
          : (requestedReconciles.handled(derivedUid("Binding", shownIn, name)) ?? ""),
      ].join(" ");
    };
  }

  #numberOf(value: object | null): number {
    if (value === null) return 0;
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(value, this.#last);
    return this.#last;
  }
}

function textStamp(text: string): string {
  return hash("sha1", text, "base64");
}

/** By key: the pending approvals that cover it, and their rejections. */
function holdStamps({ holds, rejections }: World): ReadonlyMap<Key, string> {
  const found = new Map<Key, string>();
  for (const hold of holds) {
    const answers = rejections.filter(({ subject }) => subject === hold.subject);
    const stamp = textStamp(JSON.stringify([hold, answers]));
    for (const key of hold.keys) found.set(key, `${found.get(key) ?? ""}${stamp}`);
  }
  return found;
}

/** What concerns each function of a namespace in an account: suspensions, its waves, and their rejections. */
function placeStamps({
  accounts,
  holds,
  rejections,
  wideSuspensions,
}: World): (account: AccountId, of: string) => string {
  const known = new Map<string, string>();
  const waves = Map.groupBy(holds, ({ wave }) => wave?.namespace);
  return (accountId, namespace) => {
    const place = `${accountId}/${namespace}`;
    const stamp = known.get(place);
    if (stamp !== undefined) return stamp;
    const isIn = ({ scope }: Suspension): boolean =>
      (scope.accountId ?? accountId) === accountId && (scope.namespace ?? namespace) === namespace;
    const of = accounts.get(accountId)?.record?.waves ?? {};
    const subjects = new Set(waves.get(namespace)?.map(subjectOf));
    const ofWaves = rejections.filter(({ subject }) => subjects.has(subject));
    const made = textStamp(JSON.stringify([wideSuspensions.filter(isIn), wavesOf(of, namespace), ofWaves]));
    known.set(place, made);
    return made;
  };
}

const subjectOf = ({ subject }: Hold): string => subject;

type AccountView = Reader["world"]["overview"]["accounts"][number];

function accountText({ name, mode, comparing, record }: AccountView): string {
  return JSON.stringify([name, mode, comparing, record?.failing ?? null]);
}

/** Also changes with the status of its keys. */
export function versionOf({ uid, resourceVersion, file, line }: ObjectRecord): string {
  return `${uid}/${resourceVersion}/${file}:${line}`;
}
