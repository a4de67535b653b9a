import { isBlocking } from "../../model/finding.ts";
import { isBindingKey } from "../../model/keys/key.ts";
import { refusedRules, ruleNames } from "../../model/rules/refusal.ts";
import { homeOf } from "../../plan/render/words.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { planCounts, renderPlanSummary } from "../../plan/render/plan-summary.ts";
import { isChange, isHeld, isRefused, objectName, type PlanView } from "../../plan/render/plan-view.ts";
import {
  isEveryListed,
  reportedProblems,
  type ProblemReport,
  type WaitingItem,
} from "../reports/problem-report.ts";
import { inert } from "../../text/markdown.ts";
import { limitedList, limitedTable, problemBlocks } from "../reports/markdown.ts";
import { counted } from "../../text/phrases.ts";
import { gapLines, inOrder, shownViews, type PlanReport } from "./report.ts";
import type { ModeChange } from "./mode-changes.ts";

/** What a plan found, for the tools of a pipeline. */
export function problemsOfPlan(report: PlanReport): ProblemReport {
  const { views, problems, root, about, incomplete, modeChanges } = report;
  const ordered = inOrder(views);
  return {
    command: "plan",
    problems: reportedProblems(problems, root),
    passed: ordered.filter((view) => !isWrong(view) && !isHeld(view)).map(targetOf),
    waiting: ordered.filter((view) => !isWrong(view) && isHeld(view)).map(waitingOf),
    changes: [],
    notes: [...gapLines(report), about],
    isComplete: !incomplete && isEveryListed(problems),
    summary: renderPlanSummary(views, modeChanges.length),
  };
}

function isWrong(view: PlanView): boolean {
  return isRefused(view) || view.broken !== null;
}

function targetOf({ key, target }: PlanView): string {
  return `${objectName(key)}@${target}`;
}

function waitingOf(view: PlanView): WaitingItem {
  const { verdict, plan } = view;
  const reasons = [
    ...(verdict?.kind === "hold" ? [verdict.reason] : []),
    ...(plan?.approvable ?? []).map(({ reason }) => reason),
    ...(plan?.withheld ?? []).map(({ reason }) => reason),
  ];
  return { name: targetOf(view), reason: [...new Set(reasons)].join("; ") };
}

/** The plan as a comment of a pull request: the changes of each function, then the problems. */
export function planMarkdown(report: PlanReport): string {
  const { views, modeChanges, platformChanges } = report;
  const changes = shownViews(report).filter(isChange);
  const head = views.every(({ plan }) => plan === null) ? "Changed in Git" : "Change in AWS";
  const { problems, notes } = problemsOfPlan(report);
  const blocks = [
    `### Grantkeeper plan: ${planCounts(views, modeChanges.length)}`,
    ...limitedList(modeChanges.map(pipelineModeText), SHARES.modes),
    ...limitedList((platformChanges ?? []).map(platformText), SHARES.platform),
    ...limitedTable(["Function", "Targets", head, "Result"], changeRows(changes), SHARES.changes),
    ...problemBlocks({ problems, notes }, SHARES),
  ];
  return `${blocks.join("\n\n")}\n`;
}

export function platformText(change: string): string {
  return `- Platform: ${inert(change)}`;
}

/** Of the characters of a comment, which has at most 65,536. */
const SHARES = { modes: 4_000, platform: 6_000, changes: 25_000, problems: 22_000, notes: 4_000 } as const;

export function pipelineModeText(change: ModeChange): string {
  return `- ⚠️ Account ${inert(change.account)}: ${modeChangeText(change)}`;
}

export function modeChangeText({ from, to, functions }: ModeChange): string {
  const verb = to === "enforce" ? "starts" : "stops";
  return `${from} → ${to}. Grantkeeper ${verb} to write ${counted(functions, "function")}.`;
}

/** Targets of one object with the same change and result are one row. `cells`: what the row has at its end. */
export function changeRows(
  changes: readonly PlanView[],
  cells: (view: PlanView) => readonly string[] = (view) => [resultText(view)],
): readonly (readonly string[])[] {
  const rows = changes.map((view) => ({
    target: view.target,
    own: [inert(objectName(view.key)), changeText(view), ...cells(view)],
  }));
  const groups = Map.groupBy(rows, ({ own }) => JSON.stringify(own));
  return [...groups.values()].flatMap((group) => {
    const [name = "", ...others] = group[0]?.own ?? [];
    const targets = group.map(({ target }) => target).sort();
    return [[name, inert(targets.join(", ")), ...others]];
  });
}

const SHOWN = 10;

/** A policy has notes where its change affects functions. */
function changeText({ key, delta, notes, brokenBase }: PlanView): string {
  if (brokenBase !== null) return "declared, not compared";
  const changes = permissionChanges(delta, homeOf(key)).map(permissionText);
  const more = changes.length - SHOWN;
  return [
    ...changes.slice(0, SHOWN).map(inert),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(isBindingKey(key) ? [] : notes.map(inert)),
  ].join("<br>");
}

export function resultText(view: PlanView): string {
  if (isRefused(view)) return refusalText(view);
  if (view.broken !== null) return "broken";
  if (view.brokenBase !== null) return "not compared";
  if (isHeld(view)) return "awaiting approval";
  if (view.plan === null) return "guard rules passed";
  return view.plan.actions.some(({ risk }) => risk === "high") ? "risk high" : "risk low";
}

function refusalText({ findings, verdict }: PlanView): string {
  if (findings.some(isBlocking)) return `refused: ${inert(ruleNames(refusedRules(findings)))}`;
  return verdict?.kind === "refuse" ? `refused: ${inert(verdict.reason)}` : "refused";
}
