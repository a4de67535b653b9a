import type { GuardContext } from "../../guard/context/context.ts";
import { RULES } from "../../guard/table.ts";
import type { Desired } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AccountRecord, Confirmation } from "../../model/records/account-record.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import { isSameStandard, type RuleStandard } from "../../model/rules/rule-standard.ts";
import { someOf } from "../../text/phrases.ts";

const DEFAULTS = Object.fromEntries(RULES.map(({ id, severity }) => [id, severity]));

/** By which this version judges a revision. */
export function standardOf({ profiles }: Pick<Desired, "profiles">): RuleStandard {
  return { defaults: DEFAULTS, profiles };
}

/**
 * The rules with the standard of before, while the account has not confirmed the present one; null: there is no other. A
 * laxer verdict waits for an approval, a stricter one takes effect immediately.
 */
export function formerRules(
  rules: GuardContext,
  history: { readonly record: Pick<Confirmation, "confirmedRules"> } | null,
): GuardContext | null {
  const former = history?.record.confirmedRules ?? null;
  if (former === null || isSameStandard(former, standardOf(rules.desired))) return null;
  const desired = { ...rules.desired, profiles: former.profiles };
  return { ...rules, desired, defaults: former.defaults };
}

/** The same for each key: what waited for a change window, while the account was confirmed, has the standard of before. */
export function formerRulesOf(
  rules: GuardContext,
  history: { readonly record: AccountRecord } | null,
): (key: Key) => GuardContext | null {
  const ofAccount = formerRules(rules, history);
  const ofWaiting = new Map(
    (history?.record.unconfirmed ?? []).flatMap((confirmed) => {
      const former = formerRules(rules, { record: confirmed });
      return confirmed.keys.map((key) => [key, former] as const);
    }),
  );
  return (key) => (ofWaiting.has(key) ? (ofWaiting.get(key) ?? null) : ofAccount);
}

/** What refused the state before and does not now, as a sentence; null: nothing, or something refuses it still. */
export function relaxedText(before: readonly Finding[], now: readonly Finding[]): string | null {
  if (now.some(isBlocking)) return null;
  const rules = [...new Set(before.filter(isBlocking).map(({ rule }) => rule))].sort();
  if (rules.length === 0) return null;
  return `${someOf(rules)} no longer ${rules.length === 1 ? "refuses" : "refuse"} it: a profile or this version is laxer`;
}
