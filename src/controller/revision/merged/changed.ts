import { homeFolderOf } from "../../../manifest/folder-owner.ts";
import type { ChangeAuthors } from "../../../model/authors.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { accountIdOf, keyParts, type Key } from "../../../model/keys/key.ts";
import { prefixOf, withoutPrefix } from "../../../model/keys/source-prefix.ts";
import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { Steps } from "../../../model/values/steps.ts";
import type { ControllerSettings } from "../../settings.ts";
import type { EnforcedState } from "../../state/controller-state.ts";
import { changedKeys, sameData, sameProfiles } from "../enforce.ts";

export interface RevisionChange {
  /** null: no revision was compiled in this process before. */
  readonly before: EnforcedState | null;
  readonly after: EnforcedState;
  /** Of the source whose revision it is; null: the platform source. */
  readonly namespace: Namespace | null;
  /** Which files differ from the revision before. */
  readonly files: ChangeAuthors;
  readonly recorded: SourceRecord["fileKeys"];
  readonly compile: ControllerSettings["compile"];
}

export interface ChangedByRevision {
  /** Sorted. */
  readonly keys: readonly Key[];
  /** False: they have all that it changed, and perhaps more. */
  readonly isExact: boolean;
  /** Those that the revision before did not declare; empty if it is not known. */
  readonly added: readonly Key[];
  /** The errors that the revision before did not have; of a namespace source only their places. */
  readonly errors: readonly string[];
}

/** The functions and policies about which a revision decides otherwise than the one before. */
export function* changedByRevision(change: RevisionChange): Steps<ChangedByRevision> {
  const { before, after } = change;
  if (before === null)
    return { ...sortedChange(keysOfFiles(change)), isExact: false, added: [], errors: errorsIn(change) };
  const changed = sortedChange([...(yield* changedKeys(before, after)), ...keysOfRules(before, after)]);
  const known = new Set(allKeys(before));
  const added = changed.keys.filter((key) => !known.has(key));
  return { ...changed, isExact: true, added, errors: errorsIn(change) };
}

function sortedChange(keys: Iterable<Key>): Pick<ChangedByRevision, "keys"> {
  return { keys: [...new Set(keys)].sort() };
}

/** An account or a profile decides about keys whose own documents are unchanged. */
function keysOfRules(before: EnforcedState, after: EnforcedState): readonly Key[] {
  if (!sameProfiles(before, after)) return allKeys(after);
  const [then, now] = [before.compilation.desired.accounts, after.compilation.desired.accounts];
  const ids = new Set([...then.keys(), ...now.keys()]);
  const changed = new Set([...ids].filter((id) => !sameData(then.get(id), now.get(id))));
  return changed.size === 0 ? [] : allKeys(after).filter((key) => changed.has(accountIdOf(key)));
}

function allKeys({ compilation: { desired, invalid }, brokenFileKeys }: EnforcedState): readonly Key[] {
  return [
    ...desired.bindings.keys(),
    ...desired.policies.keys(),
    ...invalid.keys(),
    ...brokenFileKeys.keys(),
  ];
}

/** Without the compiled revision before: every key of the files that differ, or all if a file of the platform does. */
function keysOfFiles({ after, namespace, files, recorded, compile }: RevisionChange): readonly Key[] {
  const own = allKeys(after).filter((key) => isOfSource(key, namespace, compile));
  if (files.kind === "unknown") return [...own, ...Object.values(recorded).flat()];
  const paths = [...files.byFile.keys()];
  if (paths.some((path) => homeFolderOf(path, compile).kind === "platform")) return allKeys(after);
  const now = after.compilation.fileKeys;
  return paths.flatMap((path) => [...keysIn(recorded, path), ...keysIn(now, path)]);
}

function keysIn(fileKeys: SourceRecord["fileKeys"], path: string): readonly Key[] {
  return (Object.hasOwn(fileKeys, path) ? fileKeys[path] : undefined) ?? [];
}

/** The platform source has no keys of a namespace with a source of its own. */
export function isOfSource(
  key: Key,
  source: Namespace | null,
  { namespaceSources }: Pick<ControllerSettings["compile"], "namespaceSources">,
): boolean {
  const { namespace } = keyParts(key);
  return source === null ? namespaceSources?.has(namespace) !== true : namespace === source;
}

function errorsIn({ before, after, namespace, files }: RevisionChange): readonly string[] {
  const known = new Set(before === null ? [] : errorTexts(before, namespace).map(({ text }) => text));
  const changed = before === null && files.kind === "read" ? files.byFile : null;
  return errorTexts(after, namespace)
    .filter(({ text, file }) => !known.has(text) && changed?.has(file) !== false)
    .map(({ place, text }) => (namespace === null ? text : place));
}

function errorTexts({ compilation }: EnforcedState, namespace: Namespace | null) {
  return compilation.diagnostics
    .filter(({ severity, origin }) => severity === "error" && prefixOf(origin.file) === namespace)
    .map(({ origin: { file, line }, message }) => {
      const place = `${withoutPrefix(file)}:${line}`;
      return { file, place, text: `${place}: ${message}` };
    });
}
