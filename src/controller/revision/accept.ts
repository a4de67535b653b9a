import { compile, type Compilation, type CompileContext } from "../../manifest/compile.ts";
import { parseFile } from "../../manifest/parse.ts";
import type { ManifestLimits, ParsedFile } from "../../manifest/parsed.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/key.ts";
import { err, ok, type Result } from "../../model/result.ts";
import { shortRevision } from "../../model/revision.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { SourceRecord } from "../ports/store.ts";
import type { Enforced } from "../state.ts";

/** Parsed files by path and blob id. */
type ParsedFiles = ReadonlyMap<string, ParsedFile>;

export interface Compiled {
  readonly enforced: Enforced;
  readonly parsed: ParsedFiles;
}

export interface AcceptContext {
  readonly compile: Omit<CompileContext, "revision">;
  readonly limits: ManifestLimits;
  readonly parsed: ParsedFiles;
  readonly record: SourceRecord | null;
  readonly nowMs: number;
}

/**
 * Parses (unchanged blobs from the cache) and compiles a snapshot. A snapshot without a single document is refused:
 * a branch emptied by mistake must delete nothing, and no approval can make it.
 */
export function compileSnapshot(snapshot: Snapshot, context: AcceptContext): Result<Compiled, string> {
  const parsed = new Map<string, ParsedFile>();
  for (const file of snapshot.files) {
    const id = `${file.path}\0${file.oid}`;
    parsed.set(id, context.parsed.get(id) ?? parseFile(file, context.limits));
  }
  const files = [...parsed.values()];
  const documents = files.reduce((sum, file) => sum + file.documents.length, 0);
  const before = Object.values(context.record?.fileKeys ?? {}).filter((keys) => keys.length > 0).length;
  if (documents === 0) {
    return err(
      `0 manifests at ${shortRevision(snapshot.revision)}${before > 0 ? `, where ${before} files had some` : ""}: refused, nothing is deleted`,
    );
  }
  const compilation = compile(files, { ...context.compile, revision: snapshot.revision });
  const enforced: Enforced = {
    revision: snapshot.revision,
    compilation,
    brokenFileKeys: brokenFileKeys(compilation, snapshot, context.record),
    uncommitted: snapshot.uncommitted,
    acceptedAtMs: context.nowMs,
  };
  return ok({ enforced, parsed });
}

/** Files of the snapshot that cannot be read as a whole; sorted. */
export function unreadPaths(compilation: Compilation, snapshot: Snapshot): readonly string[] {
  return [...new Set([...compilation.brokenFiles, ...snapshot.refused.map((file) => file.path)])].sort();
}

/**
 * What an unread file may still want: the keys last seen in it. One that is new may be any that is gone under
 * another name, so it holds the keys of all of those.
 */
function heldKeys(
  compilation: Compilation,
  snapshot: Snapshot,
  record: SourceRecord | null,
): ReadonlyMap<string, readonly Key[]> {
  const known = record?.fileKeys ?? {};
  const paths = new Set([...snapshot.files, ...snapshot.refused].map((file) => file.path));
  const gone = Object.keys(known).filter((path) => !paths.has(path));
  const keysOfGone = gone.flatMap((path) => known[path] ?? []);
  return new Map(unreadPaths(compilation, snapshot).map((path) => [path, known[path] ?? keysOfGone]));
}

/** A file that can't be read (any more) still holds every key last seen in it: it can't be known what it wanted to say. */
function brokenFileKeys(
  compilation: Compilation,
  snapshot: Snapshot,
  record: SourceRecord | null,
): ReadonlyMap<Key, Diagnostic> {
  const reasons = new Map(snapshot.refused.map((file) => [file.path, file.reason]));
  const diagnosticOf = (path: string): Diagnostic =>
    compilation.diagnostics.find((found) => found.origin.file === path) ??
    unreadable(path, reasons.get(path) ?? "unreadable");
  const keys = [...heldKeys(compilation, snapshot, record)].flatMap(([path, held]) =>
    held.map((key) => [key, diagnosticOf(path)] as const),
  );
  const named = new Set<Key>([
    ...compilation.desired.bindings.keys(),
    ...compilation.desired.policies.keys(),
  ]);
  return new Map(keys.filter(([key]) => !named.has(key)));
}

function unreadable(file: string, reason: string): Diagnostic {
  return {
    severity: "error",
    code: "unreadable-file",
    origin: { file, line: 1, column: 1, path: "" },
    message: `the file cannot be used: ${reason}`,
    mend: null,
  };
}

/** What the record keeps of the files: their keys, and for unread ones also those that they hold. */
export function fileKeysAfter(
  compilation: Compilation,
  snapshot: Snapshot,
  record: SourceRecord | null,
): SourceRecord["fileKeys"] {
  const { fileKeys } = compilation;
  const kept = [...heldKeys(compilation, snapshot, record)].map(
    ([path, held]) => [path, [...new Set([...(fileKeys[path] ?? []), ...held])].sort()] as const,
  );
  // An unread file without keys is named too: it is not new the next time.
  const all = new Map([...Object.entries(fileKeys).filter(([, keys]) => keys.length > 0), ...kept]);
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
