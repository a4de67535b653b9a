import { referencesOf } from "../../judge/states/changed-references.ts";
import { desiredOf } from "../../judge/subject.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome-view.ts";

/**
 * A value that was written is pinned, even if another difference, such as drift that is not due yet, keeps the state
 * from being applied: a later value was not reviewed. The applied state has the values once it is complete.
 */
export function writtenReferencesAfter(
  { subject, judged, writes, ordered }: JudgedView,
  isConverged: boolean,
): Pick<KeyRecord, "writtenReferences"> {
  if (isConverged) return {};
  const isOfGit = judged.verdict.kind === "allow" && ordered === null;
  const isWritten = isOfGit && writes.some(({ kind }) => kind === "applied" || kind === "lost");
  const written = isWritten ? referencesOf(desiredOf(subject)) : subject.record.writtenReferences;
  return written === undefined || written.length === 0 ? {} : { writtenReferences: written };
}

/** The record of a key without such a state is as it was before there was this field. */
export function withoutWrittenReferences(record: KeyRecord): KeyRecord {
  const { writtenReferences: _, ...rest } = record;
  return rest;
}
