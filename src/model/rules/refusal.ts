import { foldConsequences } from "./consequences.ts";
import { isBlocking, wouldBlock, type Finding } from "../finding.ts";

/** One rule that refuses a state, or warns of it, at one place. */
export interface RefusedRule {
  readonly rule: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly why: string;
  readonly hint: string;
  /** The number of other findings at this place that follow from the same mistake, or are of the same rule. */
  readonly more: number;
}

/** Every rule that refuses a state, once for each place, in the order of the findings. */
export function refusedRules(findings: readonly Finding[]): readonly RefusedRule[] {
  return rulesOf(findings.filter(isBlocking));
}

/** The same of rules that refuse it only after an approval. */
export function refusingRules(findings: readonly Finding[]): readonly RefusedRule[] {
  return rulesOf(findings.filter(wouldBlock));
}

/** Every rule that a state breaks without being refused for it, and that no waiver lifts; as `refusedRules`. */
export function warnedRules(findings: readonly Finding[]): readonly RefusedRule[] {
  return rulesOf(findings.filter(({ severity, waiver }) => severity === "warn" && waiver.kind !== "lifted"));
}

function rulesOf(findings: readonly Finding[]): readonly RefusedRule[] {
  const folded = foldConsequences(findings, ({ rule, origin, severity }) => ({
    code: rule,
    place: origin === null ? "" : `${origin.file}:${origin.line}:${origin.column}`,
    isError: severity === "block",
  }));
  const places = Map.groupBy(folded, ({ lead: { rule, origin } }) =>
    JSON.stringify([rule, origin?.file ?? null, origin?.line ?? null]),
  );
  return [...places.values()].flatMap((group): readonly RefusedRule[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { rule, origin, why, fix } = first.lead;
    const more = group.reduce((sum, one) => sum + one.more, group.length - 1);
    return [{ rule, file: origin?.file ?? null, line: origin?.line ?? null, why, hint: fix, more }];
  });
}

/** The maximum number of named rules; the others are counted. */
const SHOWN = 3;

/** `BND-002, PASS-001`, `BND-002, INV-003, PASS-001 and 2 more`; "" if no rule is known. */
export function ruleNames(rules: readonly Pick<RefusedRule, "rule">[]): string {
  const names = [...new Set(rules.map(({ rule }) => rule))];
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The rules that `ruleNames` only counts. */
export function countedRules(rules: readonly Pick<RefusedRule, "rule">[]): readonly string[] {
  return [...new Set(rules.map(({ rule }) => rule))].slice(SHOWN);
}

/** The first of the rules for a screen, one sentence each with its place and hint, and the number of others. */
export function shownRules(rules: readonly RefusedRule[]): {
  readonly shown: readonly RefusedRule[];
  readonly more: number;
} {
  return { shown: rules.slice(0, SHOWN), more: Math.max(0, rules.length - SHOWN) };
}

/** `ACT-001 (line 20)`. */
export function ruleAt({ rule, line }: Pick<RefusedRule, "rule" | "line">): string {
  return line === null ? rule : `${rule} (line ${line})`;
}

/** `Action "*" allows every service (and 55 more findings at this line)`. */
export function whyText({ why, more, line }: Pick<RefusedRule, "why" | "more" | "line">): string {
  if (more === 0) return why;
  return `${why} (and ${more} more ${more === 1 ? "finding" : "findings"}${line === null ? "" : " at this line"})`;
}

/**
 * The reason of a refusal in one sentence: the names of all rules, and the reason of the first one.
 * `BND-002, PASS-001: this statement is outside the boundary`.
 */
export function refusalReason(rules: readonly RefusedRule[]): string {
  const [first] = rules;
  return first === undefined ? "" : `${ruleNames(rules)}: ${whyText(first)}`;
}
