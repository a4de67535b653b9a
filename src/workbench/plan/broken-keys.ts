import { brokenFileKeys, heldFiles } from "../../controller/revision/unread.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/keys/key.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { Project } from "../project/project.ts";

/** By path: the keys that another state of the manifests declares in the file. */
type FileKeys = Readonly<Record<string, readonly Key[]>>;

/**
 * Keys that a file or folder of the project may still declare although it cannot be read: they are not removed from
 * Git. By the rule that the controller keeps them by.
 */
export function unreadKeys(project: Project, known: FileKeys): ReadonlyMap<Key, Diagnostic> {
  const { compilation, snapshot, paths } = project;
  const present = new Set(snapshot.files.map(({ path }) => path));
  return brokenFileKeys(compilation, heldFiles({ compilation, present, known, paths }));
}

/** Why each key that cannot be compiled in the project cannot: `teams/search/index.yaml:17:9: unknown grant "dynamo"`. */
export function brokenKeys(project: Project, known: FileKeys): ReadonlyMap<Key, string> {
  const unread = [...unreadKeys(project, known)].map(([key, first]) => [key, errorText(first)] as const);
  const invalid = [...project.compilation.invalid].flatMap(([key, [first]]) =>
    first === undefined ? [] : [[key, errorText(first)] as const],
  );
  return new Map([...unread, ...invalid]);
}

export function errorText({ origin, message }: Diagnostic): string {
  return `${formatOrigin(origin)}: ${message}`;
}
