import type { AuditFact } from "../../audit/entry.ts";
import type { AdoptionStage } from "../../model/keys/adoption.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { KeyStatus } from "../../model/status.ts";
import type { OutcomeView } from "../outcome/outcome-view.ts";
import { takeOverAfter, unchangedTakeOver } from "./adopted-role.ts";
import { adoptionAfter, adoptionUnread } from "./adoption.ts";
import { seenOf, type SeenPass } from "./seen.ts";

interface SettledAdoption {
  readonly record: Pick<KeyRecord, "adoption" | "adoptedRole">;
  readonly status: Pick<KeyStatus, "adoption">;
  readonly facts: readonly AuditFact[];
  readonly used: readonly UsedRole[];
}

const NONE: SettledAdoption = { record: {}, status: {}, facts: [], used: [] };

/** The adoption of a key after its pass. A stage that is reached or lost is a fact of the record. */
export function adoptionOf(view: OutcomeView, before: KeyRecord, seen: SeenPass): SettledAdoption {
  const taken = view.kind === "judged" ? takeOverAfter(view, seen) : unchangedTakeOver(before);
  const stage = stageOf(view, before, seen);
  return {
    ...stage,
    record: { ...stage.record, ...taken.record },
    facts: [...taken.facts, ...stage.facts],
  };
}

function stageOf(view: OutcomeView, before: KeyRecord, seen: SeenPass): SettledAdoption {
  const facts = seenOf(view, seen);
  if (facts === null) return { ...NONE, facts: movesOf(before, null, "Git no longer manages it") };
  const { record, status, used } = adoptionAfter(before.adoption, facts, seen.live.observedAtMs);
  const reason = status.reason ?? status.needs[0]?.message ?? null;
  const moves = movesOf(before, record.recorded, reason);
  return { record: { adoption: record }, status: { adoption: status }, facts: moves, used };
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
export function withoutAdoption(record: KeyRecord): Omit<KeyRecord, "adoption" | "adoptedRole"> {
  const { adoption: _, adoptedRole: __, ...rest } = record;
  return rest;
}

/** The record of a key whose account could not be read: no stage is claimed. */
export function withUnreadAdoption(record: KeyRecord, reason: string, nowMs: number): KeyRecord {
  if (record.adoption === undefined || record.status === null) return record;
  const adoption = adoptionUnread(record.adoption, reason, nowMs);
  return { ...record, adoption: adoption.record, status: { ...record.status, adoption: adoption.status } };
}
