import type { SourceStatus } from "../../api/overview.ts";
import { shortRevision } from "../../model/values/revision.ts";
import { deadline } from "./time.ts";

/** `rolled back to main@9c1d04e until 22:22:46Z (in 1h 59m) by dana: "INC-4410"; main@41aa2e0 waits` */
export function rollbackText(
  { revision, waiting, by, reason, until }: NonNullable<SourceStatus["rolledBack"]>,
  nowMs: number,
): string {
  const text = `rolled back to ${shortRevision(revision)} until ${deadline(until, nowMs)} by ${by}: "${reason}"`;
  return waiting === null ? text : `${text}; ${shortRevision(waiting)} waits`;
}
