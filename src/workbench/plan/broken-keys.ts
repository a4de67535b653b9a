import { brokenFileKeys, heldFiles, type UnreadFiles } from "../../manifest/revision/unread.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/keys/key.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { Project } from "../project/project.ts";

/** Another state of the manifests. */
export interface KnownState {
  /** By path: the keys that it declares in the file. */
  readonly fileKeys: Readonly<Record<string, readonly Key[]>>;
  readonly unreadFiles: UnreadFiles;
}

/** The id of the content of each file. */
export function contentsOf({ snapshot }: Pick<Project, "snapshot">): ReadonlyMap<string, string> {
  return new Map(snapshot.files.map(({ path, oid }) => [path, oid]));
}

/**
 * Keys that a file or folder of the project may still declare although it cannot be read: they are not removed from
 * Git. By the rule that the controller keeps them by.
 */
export function unreadKeys(project: Project, known: KnownState): ReadonlyMap<Key, Diagnostic> {
  const { compilation, paths } = project;
  const held = heldFiles({
    compilation,
    contents: contentsOf(project),
    known: known.fileKeys,
    unreadBefore: known.unreadFiles,
    paths,
  });
  return brokenFileKeys(compilation, held);
}

/** Why each key that cannot be compiled in the project cannot: `teams/search/index.yaml:17:9: unknown grant "dynamo"`. */
export function brokenKeys(project: Project, known: KnownState): ReadonlyMap<Key, string> {
  const unread = [...unreadKeys(project, known)].map(([key, first]) => [key, errorText(first)] as const);
  const invalid = [...project.compilation.invalid].flatMap(([key, [first]]) =>
    first === undefined ? [] : [[key, errorText(first)] as const],
  );
  return new Map([...unread, ...invalid]);
}

export function errorText({ origin, message }: Diagnostic): string {
  return `${formatOrigin(origin)}: ${message}`;
}
