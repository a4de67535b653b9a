import { parseNamespace, type Namespace } from "../aws/ids.ts";
import type { Revision } from "../values/revision.ts";

const MARK = "//";

/**
 * The paths and revisions of a namespace source begin with its namespace: `orders//deploy/api.yaml` and
 * `orders//main@sha1:…`. Git has neither a path with an empty name nor a ref with `//`, so no repository can have the
 * paths or the revisions of another source.
 */
export function withPrefix(namespace: Namespace, path: string): string {
  return `${namespace}${MARK}${path}`;
}

/** The namespace of the source that a path or a revision comes from; null: the platform source. */
export function prefixOf(text: string): Namespace | null {
  const end = text.indexOf(MARK);
  return end < 0 ? null : (parseNamespace(text.slice(0, end)) ?? null);
}

export function prefixedRevision(namespace: Namespace, revision: Revision): Revision {
  return withPrefix(namespace, revision) as Revision;
}

/** A path or a revision as the repository of the source knows it. */
export function withoutPrefix<Text extends string>(text: Text): Text {
  return prefixOf(text) === null ? text : (text.slice(text.indexOf(MARK) + MARK.length) as Text);
}
