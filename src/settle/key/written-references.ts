import type { KeyJudgement } from "../../judge/judgement.ts";
import { referencesOf } from "../../judge/states/changed-references.ts";
import { lastAppliedState, desiredOf } from "../../judge/subject.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome.ts";

/**
 * A value that was written is pinned, even if another difference, such as drift that is not due yet, keeps the state
 * from being applied: a later value was not reviewed. The applied state has the values once it is complete, and again once
 * an undo plan has restored it.
 */
export function writtenReferencesAfter(
  { subject, judged, writes, ordered, skipped }: JudgedView,
  isConverged: boolean,
): Pick<KeyRecord, "writtenReferences"> {
  if (isConverged || isRestored({ judged, skipped })) return {};
  const isOfGit = judged.verdict.kind === "allow" && ordered === null;
  const isWritten = isOfGit && writes.some(({ kind }) => kind === "applied" || kind === "lost");
  const pinned = isWritten ? referencesOf(desiredOf(subject)) : subject.record.writtenReferences;
  return pinned === undefined || pinned.length === 0 ? {} : { writtenReferences: pinned };
}

/** Nothing leads back to the applied state any more: AWS was read and has it, so that its values alone are written. */
function isRestored({ judged: { undo, unread }, skipped }: Pick<JudgedView, "judged" | "skipped">): boolean {
  if (undo === null || skipped?.kind !== "nothing-due" || unread.length > 0) return false;
  return [undo.actions, undo.approvable, undo.withheld].every((rest) => rest.length === 0);
}

/**
 * The first values of references, before the first write with them: if the process is killed after that write, the next one
 * must not take a later value for the first. A value that replaces a pinned one was approved, and the pinned one stays until
 * the new one is read back. If no write is made, the settlement of the pass removes them again.
 */
export function firstReferences({
  verdict,
  subject,
}: Pick<KeyJudgement, "verdict" | "subject">): Pick<KeyRecord, "writtenReferences"> | null {
  if (verdict.kind !== "allow") return null;
  const { writtenReferences = [] } = subject.record;
  const pinned = new Set(
    [...referencesOf(lastAppliedState(subject.record)), ...writtenReferences].map(({ text }) => text),
  );
  const first = referencesOf(desiredOf(subject)).filter(({ text }) => !pinned.has(text));
  return first.length === 0 ? null : { writtenReferences: [...writtenReferences, ...first] };
}

/** The record of a key without such a state is as it was before there was this field. */
export function withoutWrittenReferences(record: KeyRecord): KeyRecord {
  const { writtenReferences: _, ...rest } = record;
  return rest;
}
