import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { RefusedFile } from "../../model/snapshot.ts";
import type { Revision } from "../../model/values/revision.ts";

/** The files of the revision of a source that is in force. */
export interface SourceInput {
  readonly revision: Revision;
  /** By path and blob id: an unchanged file is never parsed twice. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
  /** Files beyond a limit of all files together. */
  readonly over: readonly ParsedFile[];
  /** Files and folders that the source did not read. */
  readonly refused: readonly RefusedFile[];
  readonly uncommitted: boolean;
}
