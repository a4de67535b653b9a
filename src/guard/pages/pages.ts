import { byTextOf } from "../../text/order.ts";
import { ACCOUNT_FENCE_PAGES } from "./account-fences.ts";
import { ACTION_PAGES } from "./actions.ts";
import { CALLER_PAGES } from "./callers.ts";
import { CONDITION_PAGES } from "./conditions.ts";
import { ESCALATION_PAGES } from "./escalation.ts";
import { PROFILE_PAGES } from "./profiles.ts";
import { RESOURCE_PAGES } from "./resources.ts";
import { RISK_PAGES } from "./risks.ts";
import { ROLE_PAGES } from "./roles.ts";
import { TEAM_PAGES } from "./teams.ts";
import type { RulePage } from "./rule-page.ts";

/** One for each rule, by id. */
export const RULE_PAGES: readonly RulePage[] = [
  ...ACCOUNT_FENCE_PAGES,
  ...ACTION_PAGES,
  ...CALLER_PAGES,
  ...CONDITION_PAGES,
  ...ESCALATION_PAGES,
  ...PROFILE_PAGES,
  ...RESOURCE_PAGES,
  ...RISK_PAGES,
  ...ROLE_PAGES,
  ...TEAM_PAGES,
].toSorted(byTextOf(({ id }) => id));

/** The page of a rule; of a member of a family (`ESC-PassRole`) the page of the family. */
export function rulePageOf(rule: string): RulePage | undefined {
  const id = rule.startsWith("ESC-") ? "ESC-*" : rule;
  return RULE_PAGES.find((page) => page.id === id);
}
