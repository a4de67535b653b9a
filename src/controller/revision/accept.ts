import { compileSteps, type CompileContext } from "../../manifest/compile/compile.ts";
import { parseFilesSteps, type ParseContext } from "../../manifest/parse/parse-files.ts";
import type { ManifestLimits, ParsedFile } from "../../manifest/parse/parsed.ts";
import { refusalText, refusedFile, unreadSource } from "../../manifest/parse/refused.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { RefusedFileText } from "../../model/alert-event.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { pathsAbove } from "../../model/keys/paths.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { EnforcedState } from "../state/controller-state.ts";
import type { SourceInput } from "../state/source-input.ts";
import { refusedTexts } from "./refused-files.ts";
import {
  brokenFileKeys,
  fileKeysAfter,
  heldFiles,
  recordedUnread,
  unreadFilesOf,
  type UnreadFiles,
} from "../../manifest/revision/unread.ts";

export interface AcceptedRevision {
  readonly enforced: EnforcedState;
  /** For the record: of all sources. */
  readonly fileKeys: SourceRecord["fileKeys"];
  /** For the record: of all sources. */
  readonly unreadFiles: UnreadFiles;
  readonly refusedFiles: readonly RefusedFileText[];
}

/** One source next to the others: what it contributes to the desired state. */
export interface SourcePart {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly record: SourceRecord | null;
  /** null: nothing of it was read in this process, so it may still declare everything that it declared. */
  readonly input: SourceInput | null;
}

export interface AcceptContext {
  readonly compile: Omit<CompileContext, "revision">;
  readonly limits: ManifestLimits;
  /** Of the same source. */
  readonly parsed: SourceInput["parsed"];
  readonly record: SourceRecord | null;
  /** Of the source; missing: the platform's. */
  readonly namespace?: Namespace | null;
  /** The other sources; missing: there are none. */
  readonly others?: readonly SourcePart[];
  /** The keys of sources that are no longer in the configuration, by path. */
  readonly formerKeys?: SourceRecord["fileKeys"];
}

/**
 * Parses a snapshot (unchanged blobs from the cache) and compiles it with the files of the other sources. Refuses a
 * snapshot without any document: a branch that was emptied by mistake must delete nothing, and no approval can change
 * that.
 */
export function* compileSnapshot(
  snapshot: Snapshot,
  context: AcceptContext,
): Steps<Result<AcceptedRevision, string>> {
  const { limits, parsed: known, compile: paths, record, namespace = null, others = [] } = context;
  const input = yield* parseSnapshot(snapshot, { limits, paths, known });
  const documents = [...input.parsed.values()].reduce((sum, file) => sum + file.documents.length, 0);
  if (documents === 0) return err(withoutManifests(snapshot, record));
  return ok(yield* compileParts([{ namespace, record, input }, ...others], context));
}

export function* parseSnapshot(
  { revision, files, refused, uncommitted }: Snapshot,
  context: ParseContext,
): Steps<SourceInput> {
  return { revision, ...(yield* parseFilesSteps(files, context)), refused, uncommitted };
}

/** Compiles the files of all sources. */
export function* compileParts(
  parts: readonly SourcePart[],
  context: Pick<AcceptContext, "compile" | "formerKeys">,
): Steps<AcceptedRevision> {
  const platform = parts.find(({ namespace }) => namespace === null);
  if (!platform?.input) throw new Error("nothing is compiled before the platform source was read");
  const { compile, formerKeys = {} } = context;
  const refused = parts.flatMap(refusedIn);
  const files = [...parts.flatMap(({ input }) => filesIn(input)), ...refused];
  const compilation = yield* compileSteps(files, {
    ...compile,
    revision: platform.input.revision,
    knownProfiles: platform.record?.profiles,
    knownWindows: platform.record?.windows,
  });
  // Most revisions can be read completely: then no file holds anything, and ten thousand need not be listed.
  const isRead = compilation.brokenFiles.length === 0;
  const contents = new Map(isRead ? [] : parts.flatMap(({ input }) => contentsIn(input)));
  const isHolding = !isRead || compilation.unresolvedPolicies.size > 0;
  const held = isHolding
    ? heldFiles({ compilation, contents, ...recordedIn(parts, formerKeys), paths: compile })
    : [];
  const revisions = parts.flatMap(namespaceRevision);
  const enforced: EnforcedState = {
    revision: platform.input.revision,
    ...(revisions.length > 0 && { namespaceRevisions: new Map(revisions) }),
    compilation,
    brokenFileKeys: brokenFileKeys(compilation, held),
    inputs: new Map(parts.flatMap(({ namespace, input }) => (input === null ? [] : [[namespace, input]]))),
  };
  return {
    enforced,
    fileKeys: fileKeysAfter(compilation, held),
    unreadFiles: unreadFilesOf(compilation, contents),
    refusedFiles: refusedTexts(parts.filter(({ input }) => input !== null).flatMap(refusedIn)),
  };
}

/** What the records of all sources have of their files. */
function recordedIn(
  parts: readonly SourcePart[],
  formerKeys: SourceRecord["fileKeys"],
): { readonly known: SourceRecord["fileKeys"]; readonly unreadBefore: UnreadFiles } {
  return {
    known: Object.assign({}, formerKeys, ...parts.map(({ record }) => record?.fileKeys)),
    unreadBefore: Object.assign({}, ...parts.map(({ record }) => recordedUnread(record))),
  };
}

/** Also of a source that was not read: its keys stay as that revision declared them. */
function namespaceRevision({
  namespace,
  input,
  record,
}: SourcePart): readonly (readonly [string, Revision])[] {
  const revision = input?.revision ?? record?.acceptedRevision ?? null;
  return namespace === null || revision === null ? [] : [[namespace, revision]];
}

function filesIn(input: SourceInput | null): readonly ParsedFile[] {
  return input === null ? [] : [...input.parsed.values(), ...input.over];
}

/** The content of a file beyond a limit is not known. */
function contentsIn(input: SourceInput | null): readonly (readonly [string, string | null])[] {
  if (input === null) return [];
  const parsed = [...input.parsed].map(([id, { path }]) => [path, id.slice(path.length + 1)] as const);
  return [...parsed, ...input.over.map(({ path }) => [path, null] as const)];
}

function refusedIn({ namespace, record, input }: SourcePart): readonly ParsedFile[] {
  if (input === null) return namespace === null ? [] : [unreadSource(namespace)];
  if (input.refused.length === 0) return [];
  const withManifests = new Set(Object.keys(record?.fileKeys ?? {}).flatMap(pathsAbove));
  return input.refused.map((entry) => refusedFile(entry, withManifests.has(entry.path)));
}

const SHOWN_REFUSALS = 3;

function withoutManifests({ revision, refused }: Snapshot, record: SourceRecord | null): string {
  const before = Object.values(record?.fileKeys ?? {}).filter((keys) => keys.length > 0).length;
  const where = before > 0 ? `, where ${before} files had some` : "";
  const text = `0 manifests at ${shortRevision(revision)}${where}: refused, nothing is deleted`;
  if (refused.length === 0) return text;
  const more = refused.length - SHOWN_REFUSALS;
  const shown = refused.slice(0, SHOWN_REFUSALS).map(refusalText).join(", ");
  return `${text}; not read: ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}
