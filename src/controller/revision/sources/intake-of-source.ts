import type { SourceRecord } from "../../../model/records/source-record.ts";
import type { ControllerContext } from "../../settings.ts";
import { recordedSources, type KnownSource, type RecordedSources } from "./known-sources.ts";

/** One fetch of a source, with its record before it. */
export interface SourceIntake {
  readonly context: ControllerContext;
  readonly target: KnownSource;
  readonly record: SourceRecord | null;
  readonly signal: AbortSignal;
}

/** The same with the records of all sources, for a revision that is put in force. */
export interface Intake extends SourceIntake {
  readonly recorded: RecordedSources;
}

/** Most fetches find nothing new: they read one record, so that many sources do not read those of all others. */
export async function withAllRecords(intake: SourceIntake): Promise<Intake> {
  return { ...intake, recorded: await recordedSources(intake.context) };
}
