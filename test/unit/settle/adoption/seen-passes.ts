import { seenOf as seenIn, type SeenPass } from "../../../../src/settle/adoption/seen.ts";
import { outcomeView, type KeyOutcome } from "../../../../src/settle/outcome/outcome.ts";
import { seenOf, skippedOf } from "../../../support/pass/passes.ts";

export const NOTHING_DUE: KeyOutcome = skippedOf({ kind: "nothing-due" });

export function seen(outcome: KeyOutcome = NOTHING_DUE, change: Partial<SeenPass> = {}) {
  return seenIn(outcomeView(outcome, []), seenOf(change));
}
