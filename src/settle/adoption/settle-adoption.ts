import type { AuditFact } from "../../audit/entry.ts";
import { formerRoleAfter } from "../../diff/function/former-role.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { AdoptionRecord, AdoptionStage } from "../../model/keys/adoption.ts";
import { liveRole } from "../../model/live.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { KeyStatus } from "../../model/status.ts";
import type { OutcomeView } from "../outcome/outcome.ts";
import { takeOverAfter, unchangedTakeOver } from "./adopted-role.ts";
import { adoptionAfter, adoptionUnread } from "./adoption.ts";
import type { AdoptionFacts } from "./adoption-facts.ts";
import { undoAfter } from "./undo.ts";
import { seenOf, type SeenPass } from "./seen.ts";

interface SettledAdoption {
  /** `applied`: only where it changes. */
  readonly record: Pick<KeyRecord, "adoption" | "adoptedRole" | "formerRole" | "adoptionUndo"> &
    Partial<Pick<KeyRecord, "applied">>;
  readonly status: Pick<KeyStatus, "adoption">;
  readonly facts: readonly AuditFact[];
  readonly used: readonly UsedRole[];
}

const NONE: SettledAdoption = { record: {}, status: {}, facts: [], used: [] };

/** The adoption of a key after its pass. A stage that is reached or lost is a fact of the record. */
export function adoptionOf(view: OutcomeView, before: KeyRecord, seen: SeenPass): SettledAdoption {
  const takeOver = view.kind === "judged" ? takeOverAfter(view, seen) : unchangedTakeOver(before);
  const stage = stageOf(view, before, seen);
  const { adoptionUndo: undo } = stage.record;
  const isRestored =
    undo?.way === "in-place" && undo.state === "done" && before.adoptionUndo?.state !== "done";
  return {
    ...stage,
    // The earlier state of a role before an adoption that is undone does not count for the next one, nor do the
    // writes to it.
    record: { ...stage.record, ...(isRestored ? { applied: null } : takeOver.record) },
    facts: [...takeOver.facts, ...stage.facts],
  };
}

function stageOf(view: OutcomeView, before: KeyRecord, seen: SeenPass): SettledAdoption {
  const undo = undoAfter(view, before, seen);
  const facts = undoingOf(undo.record) ?? seenOf(view, seen);
  if (facts === null) {
    const moves = movesOf(before, null, "Git no longer manages it");
    return { ...NONE, record: undo.record, facts: [...moves, ...undo.facts] };
  }
  const { record, status, used } = adoptionAfter(before.adoption, facts, seen.live.observedAtMs);
  const reason = status.reason ?? status.needs[0]?.message ?? null;
  const moves = movesOf(before, record.recorded, reason);
  return {
    record: { adoption: record, ...formerRole(before, facts, { record, seen }), ...undo.record },
    status: { adoption: { ...status, ...undo.status } },
    facts: [...moves, ...undo.facts],
    used,
  };
}

/** Its first call was about to be made, and the role is not as it was before the adoption: no stage is true of it. */
function undoingOf({ adoptionUndo: undo }: Pick<KeyRecord, "adoptionUndo">): AdoptionFacts | null {
  if (undo?.way !== "in-place" || undo.begunMs === null || undo.state === "done") return null;
  return {
    kind: "undoing",
    reason: "an undo of its adoption has begun to restore the role, and is not done",
  };
}

interface SeenAdoption {
  readonly record: AdoptionRecord;
  readonly seen: SeenPass;
}

function formerRole(
  { formerRole: before }: KeyRecord,
  facts: AdoptionFacts,
  { record, seen: { live } }: SeenAdoption,
): Pick<KeyRecord, "formerRole"> {
  if (facts.kind !== "seen") return before === undefined ? {} : { formerRole: before };
  const { roleArn, declaredArn } = facts;
  const reading = liveRole(live, nameInArn(roleArn));
  const role = reading.kind === "present" && reading.value.arn === roleArn ? reading.value : null;
  const isProven = record.state === "proven" || record.state === "adopted";
  const seenRole = { role, isDeclared: roleArn === declaredArn, isProven, seenMs: live.observedAtMs };
  const after = formerRoleAfter(before, seenRole, live);
  return after === undefined ? {} : { formerRole: after };
}

function movesOf(
  { key, adoption }: KeyRecord,
  to: AdoptionStage | null,
  reason: string | null,
): readonly AuditFact[] {
  const from = adoption?.recorded ?? null;
  return isMove(from, to) ? [{ kind: "adoption-changed", key, from, to, reason }] : [];
}

/** Every function on another role begins with `observed`: that alone is no event. */
function isMove(from: AdoptionStage | null, to: AdoptionStage | null): boolean {
  return (from ?? "observed") !== (to ?? "observed");
}

/** A record whose adoption is computed again. */
export function withoutAdoption(
  record: KeyRecord,
): Omit<KeyRecord, "adoption" | "adoptedRole" | "adoptionUndo"> {
  const { adoption: _, adoptedRole: __, adoptionUndo: ___, ...rest } = record;
  return rest;
}

/** The record of a key whose account could not be read: no stage is claimed. */
export function withUnreadAdoption(record: KeyRecord, reason: string, nowMs: number): KeyRecord {
  if (record.adoption === undefined || record.status === null) return record;
  const adoption = adoptionUnread(record.adoption, reason, nowMs);
  return { ...record, adoption: adoption.record, status: { ...record.status, adoption: adoption.status } };
}
