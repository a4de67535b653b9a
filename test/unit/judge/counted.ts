import { judgePlans, type PlansContext } from "../../../src/judge/judge-plans.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import { plansContext } from "./plans.ts";

/** `allow` or the code, with how many plans have it. */
export function counts(
  plans: readonly KeyPlan[],
  facts: Partial<PlansContext> = {},
): Readonly<Record<string, number>> {
  const verdicts = [...judgePlans(plansContext(plans, facts)).values()];
  const codes = verdicts.map((verdict) => (verdict.kind === "hold" ? verdict.code : verdict.kind));
  return Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]));
}
