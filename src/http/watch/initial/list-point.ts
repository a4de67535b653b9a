import { hash } from "node:crypto";
import type { ObjectIdentity } from "../object-log.ts";
import type { FeedResource } from "../feed-resources.ts";

interface StampedId {
  readonly id: string;
  /** Digest of what the object was computed from. */
  readonly stamp: string;
}

/** An object as a client has it. */
interface ListedObject {
  /** Of several, a client has one: the object was shown in several states. */
  readonly identities: readonly ObjectIdentity[];
  /** Of its content; null: it was shown in several states. */
  readonly digest: string | null;
}

/**
 * The state of all objects at the time of a list: what they were computed from, and the content of those that were shown. A
 * watch from the version of the list finds the changes since then, also if no change was logged meanwhile.
 */
export class ListPoint {
  readonly version: number;
  /** How many changes the controller had reported. */
  readonly changes: number;
  readonly atMs: number;
  readonly #of: Pick<FeedResource, "apiVersion" | "kind">;
  readonly #stamps = new Map<string, StampedId>();
  readonly #shown = new Map<string, ListedObject>();

  constructor(
    of: Pick<FeedResource, "apiVersion" | "kind">,
    at: Pick<ListPoint, "version" | "changes" | "atMs">,
  ) {
    this.#of = of;
    this.version = at.version;
    this.changes = at.changes;
    this.atMs = at.atMs;
  }

  /** @param before the previous state, with which it shares what has not changed */
  setStamp(id: string, stamp: string, before: ListPoint | undefined): void {
    const known = before === undefined ? undefined : before.#stamps.get(id);
    const digest = hash("sha1", stamp, "base64");
    const stamped = known?.stamp === digest ? known : { id: known?.id ?? id, stamp: digest };
    this.#stamps.set(stamped.id, stamped);
  }

  hasStamp(id: string, stamp: string): boolean {
    return this.#stamps.get(id)?.stamp === hash("sha1", stamp, "base64");
  }

  /** A list or a later page of it has the object with this content. */
  show(
    id: string,
    { identity, digest }: { readonly identity: ObjectIdentity; readonly digest: string },
  ): void {
    const before = this.#shown.get(id);
    if (before?.digest === digest) return;
    const identities = [...(before?.identities ?? []), identity];
    this.#shown.set(id, { identities, digest: before === undefined ? digest : null });
  }

  hasShown(id: string, digest: string): boolean {
    return this.#shown.get(id)?.digest === digest;
  }

  ids(): Iterable<string> {
    return new Set([...this.#stamps.keys(), ...this.#shown.keys()]);
  }

  /** Whether a client that selects so has the object. Of one that was not shown, only the name is known. */
  has(id: string, selects: (object: ObjectIdentity) => boolean): boolean {
    const shown = this.#shown.get(id);
    if (shown !== undefined) return shown.identities.some((identity) => selects(identity));
    return this.#stamps.has(id) && selects(this.named(id));
  }

  /** What names the object. */
  named(id: string): ObjectIdentity {
    const [namespace = "", name = ""] = id.split("/", 2);
    const { apiVersion, kind } = this.#of;
    const metadata = { name, ...(namespace !== "" && { namespace }) };
    return { apiVersion, kind, metadata, fields: { "metadata.name": name, "metadata.namespace": namespace } };
  }
}
