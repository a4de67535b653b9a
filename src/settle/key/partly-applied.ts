import type { DeclarationDigests } from "../../diff/drift/declaration-digests.ts";
import { desiredOf, forbiddenOf } from "../../judge/subject.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { InventoryItem } from "../../model/status.ts";
import type { JudgedView } from "../outcome/outcome.ts";

interface PartlyAppliedFacts {
  readonly isConverged: boolean;
  readonly inventory: readonly InventoryItem[];
  readonly declarations: DeclarationDigests;
}

/** The next pass needs it to distinguish a change in AWS from what is still to be written. */
export function partlyAppliedAfter(
  { subject, judged, ordered }: JudgedView,
  { isConverged, inventory, declarations }: PartlyAppliedFacts,
): Pick<KeyRecord, "partlyApplied"> {
  const state = desiredOf(subject);
  const isCompared = state !== null && forbiddenOf(subject) === null && ordered === null;
  if (isConverged || !isCompared || inventory.length === 0) return {};
  const isAllowed = judged.verdict.kind === "allow";
  return { partlyApplied: { declaration: declarations.digestOf(state), isAllowed } };
}

/** The record of a key without such a state is as it was before there was this field. */
export function withoutPartlyApplied(record: KeyRecord): KeyRecord {
  const { partlyApplied: _, ...rest } = record;
  return rest;
}
