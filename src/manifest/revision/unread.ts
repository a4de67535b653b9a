import type { Compilation } from "../compile/compile.ts";
import { namespaceOfPath, type Paths } from "../folder-owner.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { pathsAbove } from "../../model/keys/paths.ts";
import { byKey } from "../../text/order.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** The paths that could not be read, each with the id of its content. */
export type UnreadFiles = NonNullable<SourceRecord["unreadFiles"]>;

/** Keys that an unread path still holds: those last seen in a file at that path or below it. */
export interface HeldFile {
  readonly file: string;
  readonly unread: string;
  readonly keys: readonly Key[];
  /** Why the keys are held although the file can be read; missing: it can't be read. */
  readonly reason?: Diagnostic;
}

interface HoldContext {
  readonly compilation: Compilation;
  /** By path: the id of the content of each file in the sources; null: it is not known. */
  readonly contents: ReadonlyMap<string, string | null>;
  readonly known: SourceRecord["fileKeys"];
  readonly unreadBefore: UnreadFiles;
  readonly paths: Paths;
}

/** A record without the list shows it only for the files that have no keys: one that was read and has none is not listed. */
export function recordedUnread(record: Pick<SourceRecord, "fileKeys" | "unreadFiles"> | null): UnreadFiles {
  if (record?.unreadFiles !== undefined) return record.unreadFiles;
  const empty = Object.entries(record?.fileKeys ?? {}).filter(([, keys]) => keys.length === 0);
  return Object.fromEntries(empty.map(([path]) => [path, null]));
}

export function unreadFilesOf(
  { brokenFiles }: Pick<Compilation, "brokenFiles">,
  contents: HoldContext["contents"],
): UnreadFiles {
  return Object.fromEntries(brokenFiles.map((path) => [path, contents.get(path) ?? null]));
}

/** The maximum number of changed unread files of one team that hold removed keys; more would only repeat the same keys. */
const MAX_HOLDERS = 20;

/**
 * The keys that unread files and folders may still declare: those last seen in them. An unread file that is new, or whose
 * content is, may have every document that was removed elsewhere, so it holds all keys of its own team that are no longer
 * declared. One in the platform's folder may be of any team: a FunctionPermission that was moved there is refused, and its
 * function keeps what was applied.
 */
export function heldFiles(context: HoldContext): readonly HeldFile[] {
  const { compilation, contents, known, paths } = context;
  const { brokenFiles } = compilation;
  // Without a file that cannot be read, nothing of the files before counts.
  if (brokenFiles.length === 0) return heldPolicies(compilation, known);
  const unread = new Set(brokenFiles);
  const declared = new Set(Object.values(compilation.fileKeys).flat());
  const held: HeldFile[] = [];
  const gone: Key[] = [];
  for (const [file, keys] of Object.entries(known)) {
    const above = unreadAbove(file, unread);
    if (above !== undefined) held.push({ file, unread: above, keys });
    else for (const key of keys) if (!contents.has(file) || !declared.has(key)) gone.push(key);
  }
  const changed = brokenFiles.filter((path) => isChanged(path, context));
  return [...held, ...changedFiles(changed, gone, paths), ...heldPolicies(compilation, known)];
}

/** Whether the file could be read before, or has other content now: a document may have been moved into it. */
function isChanged(path: string, { contents, unreadBefore: before }: HoldContext): boolean {
  return !Object.hasOwn(before, path) || before[path] !== (contents.get(path) ?? null);
}

/** The keys of policies that something may attach which can't be resolved, in every file that declared them. */
function heldPolicies(
  { unresolvedPolicies }: Compilation,
  known: SourceRecord["fileKeys"],
): readonly HeldFile[] {
  if (unresolvedPolicies.size === 0) return [];
  return Object.entries(known).flatMap(([file, keys]) =>
    keys.flatMap((key) => {
      const { kind, namespace, name } = keyParts(key);
      const reason = kind === "policy" ? unresolvedPolicies.get(`${namespace}/${name}`) : undefined;
      return reason === undefined ? [] : [{ file, unread: file, keys: [key], reason }];
    }),
  );
}

function changedFiles(changed: readonly string[], gone: readonly Key[], paths: Paths): readonly HeldFile[] {
  const byTeam = Map.groupBy(gone, (key) => keyParts(key).namespace);
  const holders = Map.groupBy(changed, (path) => {
    const team = namespaceOfPath(path, paths);
    return team === PLATFORM ? null : team;
  });
  return [...holders].flatMap(([team, files]) => {
    const keys = team === null ? gone : (byTeam.get(team) ?? []);
    return files.slice(0, MAX_HOLDERS).map((file) => ({ file, unread: file, keys }));
  });
}

/** The unread path that is the file or contains it: a folder that became a link is refused as one entry. */
function unreadAbove(file: string, unread: ReadonlySet<string>): string | undefined {
  if (unread.size === 0) return undefined;
  return pathsAbove(file).find((path) => unread.has(path));
}

/** Held keys with the diagnostic of their unread file. Keys that another file declares are not held. */
export function brokenFileKeys(
  { desired, diagnostics, lostKeys }: Compilation,
  held: readonly HeldFile[],
): ReadonlyMap<Key, Diagnostic> {
  const errors = new Map<string, Diagnostic>();
  for (const found of diagnostics.toReversed())
    if (found.severity === "error") errors.set(found.origin.file, found);
  const broken = new Map<Key, Diagnostic>();
  for (const { unread, keys, reason } of held) {
    const diagnostic = reason ?? errors.get(unread) ?? lostKeys.get(unread) ?? unreadableFile(unread);
    for (const key of keys)
      if (!desired.bindings.has(key) && !desired.policies.has(key) && !broken.has(key))
        broken.set(key, diagnostic);
  }
  return new Map([...broken].sort(byKey));
}

function unreadableFile(file: string): Diagnostic {
  return {
    severity: "error",
    code: "unreadable-file",
    origin: { file, line: 1, column: 1, path: "" },
    message: "the file cannot be read",
    fix: null,
  };
}

/** The file keys for the record; for unread files also the keys that they hold. */
export function fileKeysAfter(
  { fileKeys, brokenFiles }: Compilation,
  held: readonly HeldFile[],
): SourceRecord["fileKeys"] {
  const withKeys = Object.entries(fileKeys).filter(([, keys]) => keys.length > 0);
  // They are sorted already.
  if (brokenFiles.length === 0 && held.length === 0) return Object.fromEntries(withKeys);
  const after = new Map(withKeys);
  // An unread file without keys is recorded too, so that it is not new the next time.
  for (const path of brokenFiles) if (!after.has(path)) after.set(path, []);
  for (const { file, keys } of held) {
    after.set(file, [...new Set([...(after.get(file) ?? []), ...keys])].sort());
  }
  return Object.fromEntries([...after].sort(byKey));
}

/** What an earlier revision declares, and the keys last seen in its files that cannot be parsed. */
interface EarlierRevision {
  readonly compilation: Compilation;
  readonly brokenFileKeys: ReadonlyMap<Key, Diagnostic>;
}

/**
 * Whether a path that is now unread may still declare an object of an earlier revision; if so, the object is not gone.
 * While a file of the platform may hide the Teams, none of them is gone: the next revision must know that there were some.
 */
export function mayBeUnread({
  compilation,
  brokenFileKeys: keys,
}: EarlierRevision): (object: {
  readonly kind: string;
  readonly file: string;
  readonly keys: readonly Key[];
}) => boolean {
  const unread = new Set(compilation.brokenFiles);
  const mayHideTeams = compilation.desired.tenancy.kind === "unknown";
  return (object) =>
    (mayHideTeams && object.kind === "Team") ||
    unreadAbove(object.file, unread) !== undefined ||
    object.keys.some((key) => keys.has(key));
}
