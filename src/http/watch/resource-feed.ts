import type { ApiObject } from "../../api/object.ts";
import type { Reader } from "../request/reader.ts";
import type { RequestedReconciles } from "../request/requested-reconciles.ts";
import { answeredInSlices } from "../request/slices.ts";
import { shownObject, snapshot } from "../resources/shown.ts";
import { watchedDigest, rowDigest } from "./content.ts";
import type { FeedResource } from "./feed-resources.ts";
import type { FeedEntry, Stamps } from "./stamps.ts";
import { ObjectLog, type ObjectIdentity, type ObservedVersion } from "./object-log.ts";
import type { VersionClock } from "./version-clock.ts";

export interface FeedParts {
  readonly clock: { readonly nowMs: () => number };
  readonly versions: VersionClock;
  readonly requestedReconciles: RequestedReconciles;
  readonly stamps: Stamps;
  /** Counts what the controller has reported. */
  readonly changes: () => number;
  /** A read of now, for the view. */
  readonly open: () => Promise<Reader>;
}

export interface ObservedObject extends ObservedVersion {
  /** With its resourceVersion, and all its values as they were seen. */
  readonly object: ApiObject<string>;
}

/** What one view sees of one resource, with the version of each object. */
export class ResourceFeed {
  readonly resource: FeedResource;
  readonly log: ObjectLog;
  readonly #parts: FeedParts;
  /** Open watches. */
  watches = 0;
  #looking: Promise<void> | null = null;
  /** The count of changes before the last look at all objects; -1: there was none. */
  #lookedAt = -1;

  constructor(resource: FeedResource, parts: FeedParts) {
    this.resource = resource;
    this.#parts = parts;
    this.log = new ObjectLog(parts.versions, () => parts.clock.nowMs());
  }

  /** Logs all changes that the controller has reported until now. */
  async catchUp(): Promise<void> {
    const wanted = this.#parts.changes();
    while (this.#lookedAt < wanted) {
      this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = null));
      await this.#looking;
    }
  }

  async #lookAtAll(): Promise<void> {
    const changes = this.#parts.changes();
    const reader = await this.#parts.open();
    const seen = new Set<string>();
    for await (const { id, stampOf, item } of answeredInSlices(this.entries(reader))) {
      seen.add(id);
      const stamp = stampOf?.() ?? null;
      if (stamp !== null && this.log.hasStamp(id, { stamp, order: reader.world.order })) continue;
      const { isCurrent } = this.#observe(reader, snapshot(shownObject(item(), reader, this.#parts)));
      if (isCurrent && stamp !== null) this.log.setStamp(id, stamp);
    }
    this.log.completed(seen, reader.world.order);
    this.#lookedAt = changes;
  }

  /** The objects of a read, each computed only where it is needed. */
  entries(reader: Reader): Iterable<FeedEntry> {
    const { requestedReconciles, stamps } = this.#parts;
    return this.resource.entries({ reader, requestedReconciles, stamps });
  }

  /** The object with its version. @param item of the read */
  look(reader: Reader, item: ApiObject<string>): ObservedObject {
    const object = snapshot(shownObject(item, reader, this.#parts));
    const { id, version, isCurrent } = this.#observe(reader, object);
    if (!isCurrent) this.log.distrust(id);
    return { object: at(object, this.format(version)), id, version, isCurrent };
  }

  format(version: number): string {
    return this.#parts.versions.format(version);
  }

  parse(text: string): number | null {
    return this.#parts.versions.parse(text);
  }

  #observe(reader: Reader, object: ApiObject<string>): ObservedVersion {
    const seen = {
      identity: this.#identityOf(object),
      digest: watchedDigest(this.resource.name, object),
      row: rowDigest(this.resource.columns, object),
      text: (resourceVersion: string) => JSON.stringify(at(object, resourceVersion)),
    };
    return this.log.observe(seen, reader.world.order);
  }

  #identityOf(object: ApiObject<string>): ObjectIdentity {
    const { fields } = this.resource;
    const { apiVersion, kind, metadata } = object;
    const { name, namespace, uid, creationTimestamp, labels } = metadata;
    return {
      apiVersion,
      kind,
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        ...(uid !== undefined && { uid }),
        ...(creationTimestamp !== undefined && { creationTimestamp }),
        ...(labels !== undefined && { labels }),
      },
      fields: Object.fromEntries(fields.map((field) => [field.path, field.read(object)])),
    };
  }
}

function at(object: ApiObject<string>, resourceVersion: string): ApiObject<string> {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
