import { compileSteps, type CompileContext } from "../../manifest/compile/compile.ts";
import { parseFilesSteps } from "../../manifest/parse/parse-files.ts";
import type { ManifestLimits, ParsedFile } from "../../manifest/parse/parsed.ts";
import { refusalText, refusedFile } from "../../manifest/parse/refused.ts";
import { pathsAbove } from "../../model/values/paths.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Enforced } from "../state/controller-state.ts";
import { refusedTexts } from "./refused-files.ts";
import { brokenFileKeys, fileKeysAfter, heldFiles } from "./unread.ts";
import type { RefusedFileText } from "../../model/alert-event.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";

/** Parsed files by path and blob id. */
type ParsedFiles = ReadonlyMap<string, ParsedFile>;

export interface AcceptedRevision {
  readonly enforced: Enforced;
  readonly parsed: ParsedFiles;
  /** For the record. */
  readonly fileKeys: SourceRecord["fileKeys"];
  readonly refusedFiles: readonly RefusedFileText[];
}

export interface AcceptContext {
  readonly compile: Omit<CompileContext, "revision">;
  readonly limits: ManifestLimits;
  readonly parsed: ParsedFiles;
  readonly record: SourceRecord | null;
}

/**
 * Parses (unchanged blobs from the cache) and compiles a snapshot. Refuses a snapshot without any document: a branch
 * that was emptied by mistake must delete nothing, and no approval can change that.
 */
export function* compileSnapshot(
  snapshot: Snapshot,
  context: AcceptContext,
): Steps<Result<AcceptedRevision, string>> {
  const { limits, parsed: before, compile: paths } = context;
  const { parsed, over } = yield* parseFilesSteps(snapshot.files, { limits, paths, known: before });
  const documents = [...parsed.values()].reduce((sum, file) => sum + file.documents.length, 0);
  if (documents === 0) return err(withoutManifests(snapshot, context));
  const known = context.record?.fileKeys ?? {};
  const withManifests = new Set(Object.keys(known).flatMap(pathsAbove));
  const refused = snapshot.refused.map((entry) => refusedFile(entry, withManifests.has(entry.path)));
  const files = [...parsed.values(), ...over, ...refused];
  const compilation = yield* compileSteps(files, {
    ...context.compile,
    revision: snapshot.revision,
    knownProfiles: context.record?.profiles,
  });
  const held = heldFiles({ compilation, snapshot, known, paths: context.compile });
  const enforced: Enforced = {
    revision: snapshot.revision,
    compilation,
    brokenFileKeys: brokenFileKeys(compilation, held),
    refused: snapshot.refused,
    uncommitted: snapshot.uncommitted,
  };
  return ok({
    enforced,
    parsed,
    fileKeys: fileKeysAfter(compilation, held),
    refusedFiles: refusedTexts(refused),
  });
}

const SHOWN_REFUSALS = 3;

function withoutManifests({ revision, refused }: Snapshot, { record }: AcceptContext): string {
  const before = Object.values(record?.fileKeys ?? {}).filter((keys) => keys.length > 0).length;
  const where = before > 0 ? `, where ${before} files had some` : "";
  const text = `0 manifests at ${shortRevision(revision)}${where}: refused, nothing is deleted`;
  if (refused.length === 0) return text;
  const more = refused.length - SHOWN_REFUSALS;
  const shown = refused.slice(0, SHOWN_REFUSALS).map(refusalText).join(", ");
  return `${text}; not read: ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}
