import type { HoldSummary } from "../../../api/overview.ts";
import { keysText, shortSubject } from "../../../wording/words.ts";
import { counted } from "../../../text/phrases.ts";
import { holdNameOf } from "../object-names.ts";

/** A plan or a revision that an operator rejected, and that is still the newest one. */
export interface RejectedPlan {
  /** Of its screen. */
  readonly name: string;
  /** `7f3a91c2, staging: 4 bindings, 4 calls` */
  readonly text: string;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly next: string;
}

/** The newest rejection first. */
export function rejectedPlans(holds: readonly HoldSummary[]): readonly RejectedPlan[] {
  const plans = holds.flatMap((hold): readonly RejectedPlan[] => {
    const { subject, rejected } = hold;
    if (rejected === null) return [];
    const { actor: by, reason, at } = rejected;
    const text = `${shortSubject(subject)}${hold.account === null ? "" : `, ${hold.account}`}: ${whatOf(hold)}`;
    return [{ name: holdNameOf(subject), text, by, reason, at, next: nextOf(hold) }];
  });
  return plans.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function whatOf({ code, keys, calls }: HoldSummary): string {
  if (code === "revision") return "a revision of the source";
  return calls === null ? keysText(keys) : `${keysText(keys)}, ${counted(calls, "call")}`;
}

/** What ends a rejection. */
export function nextOf({ code }: Pick<HoldSummary, "code">): string {
  if (code === "revision")
    return "The revision before it stays in effect until Git has a newer one, or this one is approved after all";
  return "Nothing of it is written until Git changes the plan, or it is approved after all";
}
