import type { ActionItem } from "../../../api/action-required.ts";
import { driftRisks } from "../../../model/drift.ts";
import { refusedRules, shownRules, whyText, type RefusedRule } from "../../../model/rules/refusal.ts";
import { remainsTextOf } from "../../../model/keys/last-applied.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import { withheldBehind } from "../../../model/rules/withheld-reasons.ts";
import type { Condition } from "../../../model/status.ts";
import type { Reader } from "../../request/reader.ts";
import {
  accountItem,
  badConditions,
  conditionOf,
  hasReason,
  keyItem,
  resourceOf,
  type KeyFacts,
} from "./context.ts";
import { declaredRole, deployHint, isOtherRole } from "./other-role.ts";
import { CONDITION_REASONS } from "../../../api/condition-reasons.ts";

const RETRIES_FOR_MS = 900_000;

/** The items for the conditions of one binding, one for each kind. `AccessDenied` and approvals have their own. */
export function conditionItems(reader: Reader, facts: KeyFacts): readonly ActionItem[] {
  return [
    ...contended(facts),
    ...unreadable(facts),
    ...unwritable(reader, facts),
    ...noRole(facts),
    ...refused(facts),
  ];
}

function conditionFor(facts: KeyFacts, kind: ActionItem["kind"]): Condition | undefined {
  return badConditions(facts).find(({ reason }) => CONDITION_REASONS[reason].item === kind);
}

function contended(facts: KeyFacts): readonly ActionItem[] {
  const condition = conditionFor(facts, "contended");
  if (condition === undefined) return [];
  const withheld = (facts.view?.plan?.withheld ?? []).filter(({ kind }) => kind === "contended");
  const drifts = facts.view?.drifts ?? [];
  return [
    {
      kind: "contended",
      ...keyItem(facts),
      message: "another principal keeps changing it back; Grantkeeper no longer reverts it",
      details: withheld.length === 0 ? [condition.message] : withheld.map(({ reason }) => reason),
      security: drifts.some((drift) => drift.tier === "security" || driftRisks(drift).length > 0),
      since: condition.lastTransitionTime,
    },
  ];
}

/** The account was read, this binding was not. */
function unreadable(facts: KeyFacts): readonly ActionItem[] {
  const { status, account } = facts;
  const ready = conditionOf(facts, "Ready");
  const isUnread = status.sync === "Unknown" && ready?.status === "Unknown" && ready.reason === "Progressing";
  const isFirstWrite = account?.passing === true && status.lastAppliedRevision === null;
  if (!isUnread || isFirstWrite || (account?.record?.failing ?? null) !== null) return [];
  return [
    {
      kind: "unreadable",
      ...accountItem(facts),
      message: "it could not be read",
      details: [ready.message],
      since: ready.lastTransitionTime,
    },
  ];
}

function unwritable(reader: Reader, facts: KeyFacts): readonly ActionItem[] {
  const condition = unwritableCondition(reader, facts);
  if (condition === undefined) return [];
  const item = accountItem(facts);
  return [
    {
      kind: "unwritable",
      ...item,
      message: "its change has not been applied",
      details: [condition.message === "" ? condition.reason : condition.message],
      hint: fixOf(condition, facts.view) ?? item.hint,
      since: condition.lastTransitionTime,
    },
  ];
}

/** The fix of the withheld change that the condition is about. A failed call is not a withheld change. */
function fixOf(condition: Condition, view: KeyView | null): string | null {
  if (view === null || view.obstacle !== null) return null;
  return withheldBehind(condition, view.plan?.withheld ?? [])?.fix ?? null;
}

function unwritableCondition(reader: Reader, facts: KeyFacts): Condition | undefined {
  // Its own item names all bindings that lack the same permission.
  const bad = badConditions(facts).filter(({ reason }) => reason !== "AccessDenied");
  const isCovered = hasReason(facts, "Contended") || hasReason(facts, "AccessDenied");
  const found = bad.find(({ reason }) => {
    if (CONDITION_REASONS[reason].item !== "unwritable" || reason === "ProgressingWithRetry") return false;
    return !isCovered || (reason !== "ReconciliationFailed" && reason !== "CorrectionFailed");
  });
  return found ?? retriedTooLong(reader, facts) ?? unanswerable(reader, facts);
}

/** Failures that time should fix, and did not fix within a quarter of an hour. */
function retriedTooLong(reader: Reader, facts: KeyFacts): Condition | undefined {
  const condition = conditionOf(facts, "Reconciling");
  if (condition?.reason !== "ProgressingWithRetry" || hasReason(facts, "AccessDenied")) return undefined;
  const sinceMs = Date.parse(condition.lastTransitionTime);
  return reader.nowMs - sinceMs >= RETRIES_FOR_MS ? condition : undefined;
}

/** `AwaitingApproval`, and no approval of this version can release the change. */
function unanswerable({ world }: Reader, facts: KeyFacts): Condition | undefined {
  const ready = conditionOf(facts, "Ready");
  const isHeld = world.holdOf.has(facts.key);
  return ready?.reason === "AwaitingApproval" && !isHeld && facts.view !== null ? ready : undefined;
}

function noRole(facts: KeyFacts): readonly ActionItem[] {
  const { view, status } = facts;
  const declared = declaredRole(facts);
  const actual = view?.liveFunction?.roleArn ?? null;
  const item = { kind: "no-role", ...keyItem(facts) } as const;
  const deploy = deployHint(facts);
  if (view?.functionRole === "absent" && actual !== null)
    return [
      {
        ...item,
        message: "Lambda cannot assume its role",
        details: [`${resourceOf(actual)} does not exist${asLastRead(facts)}`],
        // Deployed with it already: it is there when the account is enforced and its plan is applied.
        hint: resourceOf(actual) === declared ? `grantkeeper describe ${facts.target}` : deploy,
        since: conditionOf(facts, "Ready")?.lastTransitionTime ?? null,
      },
    ];
  const condition = conditionFor(facts, "no-role");
  if (condition === undefined || isEscalatedByRole(facts)) return [];
  const isUsed = condition.reason === "RoleNotUsed";
  const isApproved = isUsed && (view?.approved ?? []).length > 0;
  if (isApproved)
    return [
      {
        ...item,
        message: "its switch is approved and waits for its role",
        details: [`${condition.message}${asLastRead(facts)}`],
        hint: `grantkeeper describe ${facts.target}`,
        since: status.drift?.since ?? condition.lastTransitionTime,
      },
    ];
  const known =
    isUsed && actual !== null && declared !== null ? [`${resourceOf(actual)}, not ${declared}`] : [];
  return [
    {
      ...item,
      message: NO_ROLE[condition.reason] ?? condition.reason,
      details: (known.length > 0 ? known : [condition.message]).map((text) => `${text}${asLastRead(facts)}`),
      hint: isUsed ? deploy : (fixOf(condition, view) ?? item.hint),
      since: status.drift?.since ?? condition.lastTransitionTime,
    },
  ];
}

/** While the account cannot be read, the function may have another role by now. */
function asLastRead({ account }: KeyFacts): string {
  return (account?.record?.failing ?? null) === null ? "" : ", as last read";
}

/** The item of that escalation already names the role and the fix. */
function isEscalatedByRole({ view }: KeyFacts): boolean {
  return (view?.drifts ?? []).some((drift) => isOtherRole(drift) && driftRisks(drift).length > 0);
}

const NO_ROLE: Partial<Record<Condition["reason"], string>> = {
  DependencyNotReady: "its role cannot be completed",
  RoleNotUsed: "it runs on another role",
  RoleNotPublished: "published versions run on another role",
};

function refused(facts: KeyFacts): readonly ActionItem[] {
  const condition = conditionFor(facts, "refused");
  if (condition === undefined || facts.isUncompared) return [];
  const { shown, more } = shownRules(refusedRules(facts.view?.findings ?? []));
  const [first] = shown;
  const texts = shown.map((rule) => `${rule.rule}: ${whyText(rule)}`);
  const rest = more === 0 ? [] : [`and ${more} more ${more === 1 ? "finding" : "findings"}`];
  const item = keyItem(facts);
  return [
    {
      kind: "refused",
      ...item,
      message: remainsTextOf([facts.status.lastAppliedRevision]),
      details: first === undefined ? [condition.message] : [...texts, ...rest],
      hint: first === undefined ? item.hint : hintOf(first),
      since: condition.lastTransitionTime,
    },
  ];
}

function hintOf({ hint, file, line }: RefusedRule): string {
  return file === null || line === null ? hint : `${hint}, at ${file}:${line}`;
}
