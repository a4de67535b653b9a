import { isBlocking } from "../../model/finding.ts";
import { parseRevision, revisionParts, shortRevision, type Revision } from "../../model/revision.ts";
import { isChange, renderPlan, renderPlanSummary, type PlanView } from "../../plan/render-plan.ts";
import { counted } from "../render/words.ts";
import type { ExitCode } from "../cli-error.ts";
import type { SettingsChange } from "./settings.ts";

/** A plan ready to be shown. */
export interface PlanReport {
  readonly views: readonly PlanView[];
  /** Offline only; with a live state they are calls. */
  readonly settings: readonly SettingsChange[];
  /** What could not be read or judged: a line each. */
  readonly gaps: readonly string[];
  /** `main@9c1d04e → 51ab7e0 · live state not read`. */
  readonly about: string;
  /** Part of an account was not read: nothing is concluded of it. */
  readonly incomplete: boolean;
}

export function planLines({ views, settings, gaps, about }: PlanReport): readonly string[] {
  const changes = renderPlan(views);
  return [
    ...changes,
    ...blank(changes),
    ...settings.map(({ target, fields }) => `settings  ${target}: ${fields.join(", ")}`),
    ...blank(settings),
    ...gaps,
    ...blank(gaps),
    settings.length === 0
      ? renderPlanSummary(views)
      : `${renderPlanSummary(views)} · settings of ${counted(settings.length, "binding")}`,
    about,
  ];
}

function blank(block: readonly unknown[]): readonly string[] {
  return block.length === 0 ? [] : [""];
}

export function planValue({ views, settings, gaps, about, incomplete }: PlanReport): object {
  return {
    about,
    incomplete,
    changes: views.filter(isChange),
    unchanged: views.filter((view) => !isChange(view)).map(({ key }) => key),
    settings,
    gaps,
  };
}

/** 3: something is refused or held; 1: incomplete; 2: differences, where the exit code is to say so. */
export function planExitCode(
  { views, settings, incomplete }: PlanReport,
  withDifferences: boolean,
): ExitCode {
  if (views.some(isStopped)) return 3;
  if (incomplete) return 1;
  return withDifferences && (views.some(isChange) || settings.length > 0) ? 2 : 0;
}

function isStopped({ verdict, findings, plan }: PlanView): boolean {
  return (
    findings.some(isBlocking) ||
    (verdict !== null && verdict.kind !== "allow") ||
    (plan?.approvable ?? []).length > 0
  );
}

/** `main@9c1d04e → 51ab7e0`, of other branches `main@9c1d04e → topic@51ab7e0`. */
export function rangeText(base: Revision, head: Revision): string {
  const [from, to] = [revisionParts(base), revisionParts(head)];
  if (to.ref === "dir") return `${shortRevision(base)} → the folder as it lies here`;
  return `${shortRevision(base)} → ${from.ref === to.ref || to.ref === "HEAD" ? to.hash.slice(0, 7) : shortRevision(head)}`;
}

export function revisionText(revision: string): string {
  const parsed = parseRevision(revision);
  if (parsed === undefined) return revision;
  return revisionParts(parsed).ref === "dir" ? "the folder as it lies here" : shortRevision(parsed);
}
