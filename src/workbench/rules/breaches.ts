import type { PlanObject } from "../../api/bindings.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Finding } from "../../model/finding.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { Revision } from "../../model/values/revision.ts";
import { byTextOf } from "../../text/order.ts";
import { byState, findingState } from "../../wording/rule-counts.ts";

/** One rule that one function or ManagedPolicy breaks in one account. */
export interface BoardEntry {
  /** `ESC-*` for all escalation paths of a live state together. */
  readonly rule: string;
  readonly key: Key;
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /**
   * `refused`: nothing of the target is applied; `pending`: an upgrade made the rule stricter, and it refuses the applied
   * state when an operator approves that; `waived`: a waiver lifts it until `waivedUntil`; `live`: AWS breaks it by
   * something that Git does not declare.
   */
  readonly state: "refused" | "pending" | "warning" | "waived" | "live";
  readonly severity: Finding["severity"];
  /** ISO 8601; null if no waiver lifts it. */
  readonly waivedUntil: string | null;
  /** Of a waiver that has ended: ISO 8601. */
  readonly waiverEnded: string | null;
  /** ISO 8601: when the controller first found it; null if it is not in the record yet. */
  readonly since: string | null;
  /** The revision that was accepted then. */
  readonly revision: Revision | null;
  /** How many places break it. The first one is in `origin`, `why` and `fix`. */
  readonly findings: number;
  /** null: it is not in Git. */
  readonly origin: Origin | null;
  readonly why: string;
  readonly fix: string;
  /** ISO 8601: when AWS was read for this judgement. */
  readonly readAt: string;
}

/** A declared function or ManagedPolicy of which the rules are not known to hold. */
interface NotJudged {
  readonly target: string;
  /** `live`: only of what AWS has and Git does not declare. */
  readonly state: "declared" | "live";
  readonly reason: string;
}

export interface RuleBoard {
  readonly kind: "BrokenRuleList";
  readonly items: readonly BoardEntry[];
  readonly notJudged: readonly NotJudged[];
  /** Targets that the rules judged and that break none. */
  readonly passed: readonly string[];
}

/** What the board is made from. */
export interface BoardFacts {
  readonly plans: readonly PlanObject[];
  /** Of every document in Git. */
  readonly declared: readonly Key[];
  readonly targetOf: (key: Key) => string;
  /** Only this rule, or with `ESC-*` its family; null: all. */
  readonly rule: string | null;
}

/** By target and rule. */
export function ruleBoard({ plans, declared, targetOf, rule }: BoardFacts): RuleBoard {
  const known = new Set(plans.map(({ status }) => status.key));
  const without = declared.filter((key) => !known.has(key));
  const judged = plans.filter(({ status }) => status.rules.notJudged === null);
  const items = [
    ...judged.flatMap((plan) => breachesOf(plan, targetOf)),
    ...plans.flatMap((plan) => liveBreachesOf(plan, targetOf)),
  ];
  const notJudged = [
    ...without.map((key) => ({
      target: targetOf(key),
      state: "declared" as const,
      reason: "it had no pass since the controller started",
    })),
    ...plans.flatMap(({ status }) => notJudgedOf(status, targetOf)),
  ];
  const failed = new Set([...items, ...notJudged].map(({ target }) => target));
  const order = byTextOf<{ readonly target: string }>(({ target }) => target);
  return {
    kind: "BrokenRuleList",
    items: items.filter((item) => rule === null || isOf(item, rule)).toSorted(order),
    notJudged: notJudged.toSorted(order),
    passed: judged
      .map(({ status }) => targetOf(status.key))
      .filter((target) => !failed.has(target))
      .toSorted(),
  };
}

/** One reason for each target: what is not judged at all is not judged live either. */
function notJudgedOf(
  { key, rules }: PlanObject["status"],
  targetOf: BoardFacts["targetOf"],
): readonly NotJudged[] {
  const target = targetOf(key);
  if (rules.notJudged !== null) return [{ target, state: "declared", reason: rules.notJudged }];
  return rules.live.notJudged === null ? [] : [{ target, state: "live", reason: rules.live.notJudged }];
}

function isOf(item: BoardEntry, rule: string): boolean {
  if (rule === "ESC-*") return item.rule.startsWith("ESC-");
  // A live breach of the family is of all its paths.
  return item.rule === rule || (item.rule === "ESC-*" && rule.startsWith("ESC-"));
}

function breachesOf({ status }: PlanObject, targetOf: BoardFacts["targetOf"]): readonly BoardEntry[] {
  const byRule = [...Map.groupBy(status.findings, ({ rule }) => rule)];
  return byRule.flatMap(([rule, found]) => {
    const first = found.toSorted(byState)[0];
    if (first === undefined) return [];
    const { origin, why, fix, waiver } = first;
    const seen = status.rules.broken[rule];
    return [
      {
        rule,
        key: status.key,
        target: targetOf(status.key),
        state: findingState(first),
        severity: first.severity,
        waivedUntil: waiver.kind === "lifted" ? waiver.until : null,
        waiverEnded: waiver.kind === "expired" ? waiver.until : null,
        since: seen?.since ?? null,
        revision: seen?.revision ?? null,
        findings: found.length,
        origin,
        why,
        fix,
        readAt: status.readAt,
      },
    ];
  });
}

/** No rule has a fix for what is not in Git: the statement is another principal's, or of the revision before. */
const LIVE_FIX =
  "remove it in AWS, or declare it in Git, where the rules judge it; Grantkeeper reverts drift of enforced targets";

function liveBreachesOf({ status }: PlanObject, targetOf: BoardFacts["targetOf"]): readonly BoardEntry[] {
  return status.rules.live.breaches.map(({ rule, severity, why, findings, found }) => ({
    rule,
    key: status.key,
    target: targetOf(status.key),
    state: "live",
    severity,
    waivedUntil: null,
    waiverEnded: null,
    since: found?.since ?? null,
    revision: found?.revision ?? null,
    findings,
    origin: null,
    why,
    fix: LIVE_FIX,
    readAt: status.readAt,
  }));
}
