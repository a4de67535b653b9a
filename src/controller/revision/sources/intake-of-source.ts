import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { ControllerContext } from "../../settings.ts";
import type { KnownSource, RecordedSources } from "./known-sources.ts";

/** One fetch of a source, with the records of all sources before it. */
export interface Intake {
  readonly context: ControllerContext;
  readonly target: KnownSource;
  readonly recorded: RecordedSources;
  /** Of the source itself. */
  readonly record: SourceRecord | null;
  readonly signal: AbortSignal;
}
