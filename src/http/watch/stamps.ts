import { hash } from "node:crypto";
import type { ApiObject } from "../../api/object.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { seesEverything } from "../access/access.ts";
import { derivedUid } from "../present/metadata.ts";
import type { Reader } from "../request/reader.ts";
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

  /** The stamp of the objects of one look, by key. */
  ofKeys({ reader, requestedReconciles }: Omit<LookParts, "stamps">): (key: Key) => string {
    const { world, access } = reader;
    const { holds, rejections, overview, namespaces } = world;
    const foreign = seesEverything(access) ? [] : namespaces;
    const ofAll = JSON.stringify([holds, rejections, overview.suspensions, foreign]);
    const ofAccounts = new Map(
      [...world.accounts].map(([id, account]) => [id, textStamp(accountText(account))]),
    );
    const common = textStamp(ofAll);
    return (key) => {
      const object = world.objectOf.get(key);
      const view = reader.keyView(key);
      const place = world.places.get(key);
      const uid = derivedUid("Binding", place?.namespace ?? "", place?.name ?? "");
      return [
        common,
        ofAccounts.get(keyParts(key).accountId) ?? "",
        object === undefined ? this.#numberOf(world.records.get(key) ?? null) : versionOf(object),
        this.#numberOf(view),
        view === null ? "" : this.#numberOf(reader.desired(view)),
        reader.uncomparedSince(key) ?? "",
        requestedReconciles.handled(uid) ?? "",
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

type AccountView = Reader["world"]["overview"]["accounts"][number];

function accountText({ name, mode, comparing, record }: AccountView): string {
  return JSON.stringify([name, mode, comparing, record?.failing ?? null, record?.waves ?? null]);
}

/** Also changes with the status of its keys. */
export function versionOf({ uid, resourceVersion, file, line }: ObjectRecord): string {
  return `${uid}/${resourceVersion}/${file}:${line}`;
}
