import type { UsedRole } from "../../../../src/model/keys/used-role.ts";
import type { AdoptionState } from "../../../../src/model/keys/adoption.ts";
import type { AdoptionFacts } from "../../../../src/settle/adoption/adoption-facts.ts";
import { after, DECLARED } from "../../../support/pass/adoption.ts";

const NO_DELTA = { allowed: [], noLongerAllowed: [], unknownEffect: [] };
export const DIFFERENT = (arn: string): UsedRole => ({
  kind: "different",
  arn,
  difference: { permissions: NO_DELTA, trust: NO_DELTA },
});
export const UNKNOWN = (arn: string): UsedRole => ({ kind: "unknown", arn, reason: "throttled" });
export const READY = { ownRole: { isOurs: true, problem: null } } as const;
export const SWITCHED = { ...READY, roleArn: DECLARED } as const;
export const NOT_ASKED = {
  aliases: { kind: "not-asked", elsewhere: [] },
  needs: { kind: "not-asked", unmet: [] },
} as const;
export const FAILED_ALIASES = { aliases: { kind: "failed", reason: "throttled", elsewhere: [] } } as const;

export interface StageRow {
  readonly reads: readonly (readonly [number, AdoptionFacts])[];
  readonly state: AdoptionState;
  /** The kinds of what the next stage needs; undefined: a reason is given instead. */
  readonly needs?: readonly string[];
  readonly because: string;
}

interface Stage {
  readonly state: AdoptionState;
  readonly needs: readonly string[];
  /** Why the stage is not known, or why there is nothing to adopt. */
  readonly hasReason: boolean;
}

export function stageAfter(reads: StageRow["reads"]): Stage {
  const { state, needs, reason } = after(...reads).status;
  return { state, needs: needs.map(({ kind }) => kind), hasReason: reason !== null };
}

export function stageIn({ state, needs }: StageRow): Stage {
  return { state, needs: needs ?? [], hasReason: needs === undefined || state === "unknown" };
}
