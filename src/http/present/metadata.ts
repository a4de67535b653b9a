import { API_VERSION } from "../../api/group.ts";
import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { Key } from "../../model/keys/key.ts";
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
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

export function envelope<Kind extends string>(kind: Kind, metadata: ObjectMeta): ApiObject<Kind> {
  return { apiVersion: API_VERSION, kind, metadata };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
