import { API_VERSION } from "../../api/group.ts";
import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { Key } from "../../model/keys/key.ts";
import { nameUuid } from "../../text/name-uuid.ts";
import type { Reader } from "../request/reader.ts";

/** For an object of a key: the name of the binding with a suffix, and the labels of its document. */
export function keyMetadata({ world }: Reader, key: Key, suffix = ""): ObjectMeta {
  const object = world.objectOf.get(key);
  const place = world.places.get(key);
  if (place === undefined) throw new Error(`the record has no key ${key}`);
  const labels = object === undefined ? {} : world.documentOf(object).labels;
  return {
    name: `${place.name}${suffix}`,
    namespace: place.namespace,
    ...(object !== undefined && { creationTimestamp: object.createdAt }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/** Every object has these, as clients of Kubernetes expect; those that no document declares are made from their name. */
export function completeMetadata(
  { kind, metadata }: ApiObject<string>,
  { version }: Reader["world"],
): ObjectMeta {
  const { namespace = "", name } = metadata;
  return {
    ...metadata,
    uid: metadata.uid ?? derivedUid(kind, namespace, name),
    generation: metadata.generation ?? 1,
    resourceVersion: metadata.resourceVersion ?? String(version),
  };
}

/**
 * A copy whose status is computed when it is read, once for each reading: a long list is computed piece by piece while it
 * is sent.
 */
export function withLazyStatus<Item extends ApiObject<string>>(
  item: Item,
  { metadata, status }: { readonly metadata: ObjectMeta; readonly status: () => unknown },
): Item {
  // Not by spreading it, which would read the status.
  const copy: Item = Object.create(Object.prototype, {
    ...Object.getOwnPropertyDescriptors(item),
    metadata: { value: metadata, enumerable: true },
    status: { get: status, enumerable: true },
  });
  return copy;
}

export function derivedUid(kind: string, namespace: string, name: string): string {
  return nameUuid(`${kind}/${namespace}/${name}`);
}

export function envelope<Kind extends string>(kind: Kind, metadata: ObjectMeta): ApiObject<Kind> {
  return { apiVersion: API_VERSION, kind, metadata };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
