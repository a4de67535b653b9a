import type { PlanObject } from "../../api/bindings.ts";
import type { Key } from "../../model/keys/key.ts";
import { byText } from "../../text/order.ts";
import { byState, findingState, type CountedBreach } from "../../wording/rule-counts.ts";

/** What breaks one rule, over all bindings that were read. */
export interface RuleRow {
  readonly rule: string;
  /** Refused: the plan of the key is not applied. */
  readonly refused: readonly Key[];
  /** Broken by what Git declares, without a refusal: a warning, or it takes effect later. */
  readonly warned: readonly Key[];
  /** Broken, and a waiver lifts it. */
  readonly waived: readonly Key[];
  /** Broken by what AWS has and Git does not declare: Git could not declare it. */
  readonly inAws: readonly Key[];
  /** As before, but the rule only warns. */
  readonly warnedInAws: readonly Key[];
  /** ISO 8601: since when the first of them is broken; null: not known. */
  readonly since: string | null;
  /** Of one of them, which may name its role: marked as an example if others have another one. */
  readonly why: string;
}

type RuleRowKind = "refused" | "warned" | "waived" | "inAws" | "warnedInAws";

interface Broken {
  readonly rule: string;
  readonly kind: RuleRowKind;
  readonly key: Key;
  readonly since: string | null;
  readonly why: string;
}

/** The rules that are broken, those that refuse something first. */
export function ruleRows(plans: readonly PlanObject[]): readonly RuleRow[] {
  const broken = plans.flatMap(brokenIn);
  const rows = [...Map.groupBy(broken, ({ rule }) => rule)].map(([rule, all]): RuleRow => {
    const keysOf = (kind: RuleRowKind): readonly Key[] => [
      ...new Set(all.filter((each) => each.kind === kind).map(({ key }) => key)),
    ];
    const [since] = all.flatMap((each) => (each.since === null ? [] : [each.since])).sort();
    return {
      rule,
      refused: keysOf("refused"),
      warned: keysOf("warned"),
      waived: keysOf("waived"),
      inAws: keysOf("inAws"),
      warnedInAws: keysOf("warnedInAws"),
      since: since ?? null,
      why: whyOf(all),
    };
  });
  return rows.sort((a, b) => weightOf(b) - weightOf(a) || byText(a.rule, b.rule));
}

function whyOf(all: readonly Broken[]): string {
  const [why = "", ...others] = new Set(all.map((one) => one.why));
  return others.length === 0 ? why : `for example: ${why}`;
}

/** Refusals before what is wrong in AWS, before the rest. */
function weightOf({ refused, inAws }: RuleRow): number {
  return (refused.length > 0 ? 2 : 0) + (inAws.length > 0 ? 1 : 0);
}

function brokenIn({ status: { key, findings, rules } }: PlanObject): readonly Broken[] {
  return [
    ...findings.map((finding): Broken => {
      const { rule, severity, waiver, pending, why } = finding;
      const isRefused = severity === "block" && pending !== true;
      const kind = waiver.kind === "lifted" ? "waived" : isRefused ? "refused" : "warned";
      return { rule, kind, key, since: rules.broken[rule]?.since ?? null, why };
    }),
    ...rules.live.breaches.map(({ rule, severity, why, found }): Broken => ({
      rule,
      kind: severity === "block" ? "inAws" : "warnedInAws",
      key,
      since: found?.since ?? null,
      why,
    })),
  ];
}

/** As the command line counts: one of each rule that a target breaks, with all its findings. */
export function countedBreaches(plans: readonly PlanObject[]): readonly CountedBreach[] {
  return plans.flatMap(({ status: { key, findings, rules } }): readonly CountedBreach[] => {
    const judged = rules.notJudged === null ? [...Map.groupBy(findings, ({ rule }) => rule)] : [];
    return [
      ...judged.flatMap(([rule, found]) =>
        found
          .toSorted(byState)
          .slice(0, 1)
          .map((worst) => ({
            rule,
            target: key,
            state: findingState(worst),
            severity: worst.severity,
            findings: found.length,
          })),
      ),
      ...rules.live.breaches.map((breach) => ({ ...breach, target: key, state: "live" as const })),
    ];
  });
}

/** The bindings that the rules did not judge, or not completely, by the reason. */
export function notJudged(
  plans: readonly PlanObject[],
): readonly { readonly reason: string; readonly keys: readonly Key[] }[] {
  const unknown = plans.flatMap(({ status: { key, rules } }) => {
    const reason = rules.notJudged ?? rules.live.notJudged;
    return reason === null ? [] : [{ key, reason }];
  });
  return [...Map.groupBy(unknown, ({ reason }) => reason)].map(([reason, all]) => ({
    reason,
    keys: all.map(({ key }) => key),
  }));
}
