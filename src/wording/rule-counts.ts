import type { Finding } from "../model/finding.ts";
import { counted } from "../text/phrases.ts";

const RANKS = { refused: 0, pending: 1, warning: 2, waived: 3 } as const;

export type FindingState = keyof typeof RANKS;

export type StatedFinding = Pick<Finding, "severity" | "waiver" | "pending">;

export function findingState({ severity, waiver, pending }: StatedFinding): FindingState {
  if (waiver.kind === "lifted") return "waived";
  if (pending === true) return "pending";
  return severity === "block" ? "refused" : "warning";
}

/** The worst finding of a rule comes first: all of a target count as it. */
export function byState(a: StatedFinding, b: StatedFinding): number {
  return RANKS[findingState(a)] - RANKS[findingState(b)];
}

/** One rule that one target breaks. */
export interface CountedBreach {
  readonly rule: string;
  readonly target: string;
  /** `live`: by something in AWS that Git does not declare. */
  readonly state: FindingState | "live";
  readonly severity: Finding["severity"];
  readonly findings: number;
}

/** `4 findings of 3 rules in 2 targets: 1 refused, 2 warnings, 1 warning in AWS; waived: 1 finding of 1 rule in 1 target` */
export function ruleCountsText(breaches: readonly CountedBreach[]): string {
  const broken = breaches.filter(({ state }) => state !== "waived");
  const waived = breaches.filter(({ state }) => state === "waived");
  const of = (state: CountedBreach["state"], severity?: CountedBreach["severity"]): number =>
    findingsOf(
      broken.filter((one) => one.state === state && (severity === undefined || one.severity === severity)),
    );
  const pending = of("pending");
  const inAws = of("live", "block");
  const warnedInAws = of("live", "warn");
  const states = [
    `${of("refused")} refused`,
    ...(pending === 0 ? [] : [`${pending} pending`]),
    counted(of("warning"), "warning"),
    ...(inAws === 0 ? [] : [`${inAws} in AWS`]),
    ...(warnedInAws === 0 ? [] : [`${counted(warnedInAws, "warning")} in AWS`]),
  ].join(", ");
  const rest = waived.length === 0 ? "" : `; waived: ${extentText(waived)}`;
  return `${extentText(broken)}: ${states}${rest}`;
}

function findingsOf(breaches: readonly CountedBreach[]): number {
  return breaches.reduce((sum, { findings }) => sum + findings, 0);
}

function extentText(breaches: readonly CountedBreach[]): string {
  const distinct = (of: (one: CountedBreach) => string): number => new Set(breaches.map(of)).size;
  const rules = counted(
    distinct(({ rule }) => rule),
    "rule",
  );
  const targets = counted(
    distinct(({ target }) => target),
    "target",
  );
  return `${counted(findingsOf(breaches), "finding")} of ${rules} in ${targets}`;
}
