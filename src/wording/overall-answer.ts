import type { OverviewObject } from "../api/overview.ts";
import { counted } from "../text/phrases.ts";

type HealthFacts = Pick<OverviewObject["status"], "actionRequired" | "accounts" | "source">;

/** "No action required" is a claim about every account, which no one can make before each was compared. */
export function isQuiet({ actionRequired, accounts, source }: HealthFacts): boolean {
  const isKnown = source.accepted !== null && accounts.every(({ comparing }) => !comparing);
  return isKnown && uncompared(accounts) === 0 && actionRequired.length === 0;
}

/** Whether an action is required, in one line without a full stop. */
export function healthText(overview: HealthFacts): string {
  if (isQuiet(overview)) return "No action required";
  const { actionRequired: items, accounts, source } = overview;
  if (items.length === 0 && source.accepted === null) return "No action known yet: no revision is in force";
  if (items.length === 0) {
    const comparing = accounts.filter((account) => account.comparing).length;
    if (comparing === 0)
      return `No action known yet: ${counted(uncompared(accounts), "target")} not compared`;
    return `No action known yet: ${comparing} of ${counted(accounts.length, "account")} not compared`;
  }
  const security = items.filter((item) => item.security).length;
  const grave = security === 0 ? "" : ` (${security} security)`;
  return `Action required: ${counted(items.length, "item")}${grave}`;
}

/** Bindings and ManagedPolicies that changed in Git, and that no pass has compared since. */
function uncompared(accounts: HealthFacts["accounts"]): number {
  return accounts.reduce(
    (sum, { counts }) => sum + (counts.groups?.["not-compared"] ?? 0) + (counts.policies?.uncompared ?? 0),
    0,
  );
}
