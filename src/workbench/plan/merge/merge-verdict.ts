import { isBlocking } from "../../../model/finding.ts";
import { newAccessText } from "../../../model/rules/guardrail-profile.ts";
import { refusedRules, refusalReason } from "../../../model/rules/refusal.ts";
import { isHeld, type PlanView } from "../../../plan/render/plan-view.ts";
import { counted } from "../../../text/phrases.ts";
import type { ModeChange } from "../mode-changes.ts";
import type { OtherChange } from "../other-changes.ts";

/** Why a person must look at a change before it is merged. */
export interface MergeObstacle {
  /**
   * `invalid`: a document cannot be used; `refused`: a rule refuses it; `held`: it awaits an approval, or will; `new`: it
   * claims a function or a name that nothing had; `new-access`: it
   * allows something that was not allowed; `unknown-effect`: what it allows cannot be compared; `settings`, `mode`,
   * `removed`: it changes more than permissions; `platform`: it changes what the platform decides; `overwrites`: it
   * overwrites what was changed in AWS; `not-read`: a part of the comparison is missing.
   */
  readonly code:
    | "invalid"
    | "refused"
    | "held"
    | "new"
    | "new-access"
    | "unknown-effect"
    | "settings"
    | "mode"
    | "removed"
    | "platform"
    | "overwrites"
    | "not-read";
  readonly reason: string;
}

export interface MergeVerdict {
  /** Proved: the change grants nothing new but what profiles list as preapproved, and nothing about it is unknown. */
  readonly autoMergeable: boolean;
  /** Empty if it is mergeable. */
  readonly whyNot: readonly MergeObstacle[];
}

/** The verdict on one function or policy. An unproved claim counts as an obstacle. */
export function mergeVerdict(view: PlanView): MergeVerdict {
  const { broken, brokenBase, findings, verdict, approvers } = view;
  const blocking = findings.filter(isBlocking);
  const found: readonly (MergeObstacle | null)[] = [
    broken === null ? null : { code: "invalid", reason: broken },
    brokenBase === null ? null : { code: "not-read", reason: brokenBaseText(brokenBase) },
    ...refusedRules(blocking).map((rule): MergeObstacle => ({
      code: "refused",
      reason: refusalReason([rule]),
    })),
    isHeld(view) ? { code: "held", reason: heldReason(view) } : null,
    approvers.length === 0 ? null : { code: "held", reason: newAccessText(approvers) },
    ...(brokenBase === null ? differenceObstacles(view) : []),
    verdict?.kind === "refuse" && blocking.length === 0 ? { code: "refused", reason: verdict.reason } : null,
  ];
  return verdictOf(found.filter((obstacle) => obstacle !== null));
}

/** Only from a base that can be compiled: it declares what cannot be read of a broken one. */
function differenceObstacles({
  broken,
  isNew,
  isPreapproved,
  delta: { allowed, unknownEffect },
}: PlanView): readonly (MergeObstacle | null)[] {
  return [
    isNew && broken === null ? { code: "new", reason: "it was not declared before" } : null,
    allowed.length === 0 || isPreapproved
      ? null
      : { code: "new-access", reason: `allows ${counted(allowed.length, "permission")} more` },
    unknownEffect.length === 0
      ? null
      : { code: "unknown-effect", reason: "the effect of a part of the change on permissions is unknown" },
  ];
}

/** @param error `teams/search/index.yaml:17:9: unknown grant "dynamo"` */
export function brokenBaseText(error: string): string {
  return `new access not known: the base is broken (${error})`;
}

function heldReason({ verdict, plan }: PlanView): string {
  if (verdict?.kind === "hold") return verdict.reason;
  return plan?.approvable[0]?.reason ?? plan?.withheld[0]?.reason ?? "it awaits an approval";
}

const INCOMPLETE: MergeObstacle = {
  code: "not-read",
  reason: "a part of the manifests or of AWS could not be used",
};

const WITHOUT_BASE: MergeObstacle = {
  code: "not-read",
  reason: "without --base it is not known whether documents of the platform change",
};

/** The parts of a plan that decide. */
export interface ComparedParts {
  readonly views: readonly PlanView[];
  /** Offline only; with a live state they are calls. */
  readonly others: readonly OtherChange[];
  readonly modeChanges: readonly ModeChange[];
  /** Documents of the platform that differ; null: there is no earlier revision to compare with. */
  readonly platformChanges: readonly string[] | null;
  /** What the rules refuse now and did not before, and the reverse, because profiles changed. */
  readonly ruleEffects: readonly string[];
  /** A part of an account was not read: nothing is concluded about it. */
  readonly incomplete: boolean;
}

/** The verdict on the complete plan: on each function and policy, and on what is in none of them. */
export function reportVerdict(report: ComparedParts): MergeVerdict {
  const { views, others, modeChanges, platformChanges, ruleEffects, incomplete } = report;
  const ofViews = views.flatMap((view) =>
    mergeVerdict(view).whyNot.map(({ code, reason }) => ({ code, reason: `${view.target}: ${reason}` })),
  );
  const found: readonly MergeObstacle[] = [
    ...ofViews,
    ...others.map(({ kind, target, what }): MergeObstacle => ({
      code: kind === "settings" ? "settings" : "removed",
      reason: `${target}: ${what}`,
    })),
    ...modeChanges.map(({ account }): MergeObstacle => ({
      code: "mode",
      reason: `the mode of account ${account} changes`,
    })),
    ...[...(platformChanges ?? []), ...ruleEffects].map((reason): MergeObstacle => ({
      code: "platform",
      reason,
    })),
    ...(platformChanges === null ? [WITHOUT_BASE] : []),
    ...(incomplete ? [INCOMPLETE] : []),
  ];
  return verdictOf(found);
}

function verdictOf(whyNot: readonly MergeObstacle[]): MergeVerdict {
  return { autoMergeable: whyNot.length === 0, whyNot };
}
