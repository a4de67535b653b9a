import type { LiveStateSaved } from "./live-file.ts";
import type { Desired } from "../../model/desired.ts";
import { byTextOf } from "../../text/order.ts";
import type { Project } from "../project/project.ts";
import { revisionParts, shortRevision, type Revision } from "../../model/values/revision.ts";
import { renderPlan } from "../../plan/render/plan.ts";
import { renderPlanSummary } from "../../plan/render/plan-summary.ts";
import { isChange, isHeld, isRefused, type PlanView } from "../../plan/render/plan-view.ts";
import { recorded, recordedPlan } from "../../plan/render/recorded.ts";
import type { RecordedDelta } from "../../model/delta.ts";
import { hanging } from "../../plan/render/columns.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { findingDiagnostics } from "../project/diagnostics.ts";
import { foldDiagnostics } from "../project/fold.ts";
import { type Key, ownerText } from "../../model/keys/key.ts";
import { ownDiagnostics, type ServiceFolder } from "../project/service.ts";
import { SKIPPED } from "../project/skipped.ts";
import { mergeVerdict, reportVerdict, type ComparedParts } from "./merge/merge-verdict.ts";
import { modeLines } from "./mode-changes.ts";
import { errorText } from "./broken-keys.ts";
import { referenceLines, referencesValue, type PlannedReferences } from "./references/planned.ts";
import type { OtherChange } from "./other-changes.ts";
import { lineText, reflowed, type ScreenLine, toned } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

/** A mistake of a manifest, for which something is not compared. */
interface ManifestError {
  readonly line: string;
  /** The same mistake as a broken view shows it, without the other accounts in which it was found. */
  readonly broken: string;
}

/** A plan ready to be shown. */
export interface PlanReport extends ComparedParts {
  readonly errors: readonly ManifestError[];
  /** Functions that change only by a boundary, whose policy's notes have what they lose. */
  readonly limited: ReadonlySet<Key>;
  /** Of the functions that change. */
  readonly references: readonly PlannedReferences[];
  /** A line for each other part that could not be read or judged. */
  readonly gaps: readonly ScreenLine[];
  /** `main@9c1d04e → 51ab7e0 · live state not read`. */
  readonly about: string;
  /** What is wrong or doubtful in the manifests, and the guard's findings in what is planned. */
  readonly problems: readonly Diagnostic[];
  /** From the root of the repository to the folder that the paths of files begin at. */
  readonly root: string;
  /** The repository of a service that the plan is for; null: the platform's. */
  readonly service: ServiceFolder | null;
}

/** What a plan against AWS does not compare. */
export const ONLY_OF_REVISIONS = {
  others: [],
  limited: new Set<Key>(),
  platformChanges: null,
} as const satisfies Partial<PlanReport>;

/** Each problem of a plan once, at its place. */
export function planProblems(
  { compilation, service }: Project,
  views: readonly PlanView[],
): readonly Diagnostic[] {
  const findings = views.flatMap((view) => view.findings);
  const all = [...compilation.diagnostics, ...findingDiagnostics(findings, compilation.desired.accounts)];
  return ownDiagnostics(all, service);
}

export function planLines(report: PlanReport): readonly ScreenLine[] {
  const { views, others, errors, gaps, about, modeChanges } = report;
  const platformLines = [...(report.platformChanges ?? []), ...report.ruleEffects];
  // The error of a broken manifest is shown with its function, and not again.
  const shown = new Set(views.map(({ broken }) => broken));
  const unshown = errors.filter(({ broken }) => !shown.has(broken)).map(({ line }) => line);
  const modes = modeChanges.flatMap((change) => modeLines(change, views));
  const changes = renderPlan(shownViews(report));
  const references = referenceLines(report.references).flatMap((text) => hanging(text, ""));
  const otherLines = otherTexts(others).flatMap((text) => hanging(text, ""));
  return [
    ...modes,
    ...blank(modes),
    ...changes,
    ...blank(changes),
    ...references,
    ...blank(references),
    ...otherLines,
    ...blank(otherLines),
    ...platformLines.flatMap((text) => hanging(`platform: ${text}`, "")),
    ...blank(platformLines),
    ...(comparedNothing(report)
      ? ["Plan: nothing could be compared"]
      : hanging(renderPlanSummary(views, modeChanges.length), "")),
    ...hanging(about, ""),
    ...reflowed([...toned("danger", unshown), ...gaps], (gap) => hanging(gap, "")),
  ];
}

const OTHER = {
  settings: "settings",
  "left git": "no longer declared",
} as const satisfies Record<OtherChange["kind"], string>;

/** The same change of several targets of one object is one line. */
function otherTexts(others: readonly OtherChange[]): readonly string[] {
  const groups = Map.groupBy(others, ({ kind, owner, what }) => JSON.stringify([kind, owner, what]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const places = group.map(({ place }) => place).sort();
    return [`${OTHER[first.kind]}: ${first.owner}@${places.join(", ")}: ${first.what}`];
  });
}

/** Without any comparison, "0 functions change" would be wrong. */
function comparedNothing({ views, others, incomplete }: PlanReport): boolean {
  return incomplete && views.length + others.length === 0;
}

/** What screens show on its own, in order. */
export function shownViews({ views, limited }: PlanReport): readonly PlanView[] {
  return inOrder(views.filter(({ key }) => !limited.has(key)));
}

/** By name, so that the targets of one function are together. */
export function inOrder(views: readonly PlanView[]): readonly PlanView[] {
  const name = ({ key }: PlanView): string => `${ownerText(key)} ${key}`;
  return views.toSorted(byTextOf(name));
}

function blank(block: readonly unknown[]): readonly string[] {
  return block.length === 0 ? [] : [""];
}

/** Hints for accounts that could not be read, and the checks that were skipped because there was no record of an account. */
export function readingLines(saved: LiveStateSaved, bindings: Desired["bindings"]): readonly ScreenLine[] {
  return [...fixLines(saved), ...withoutRecord(saved, bindings)];
}

/** A hint for several accounts is shown once. */
function fixLines({ accounts }: LiveStateSaved): readonly ScreenLine[] {
  const fixes = accounts.flatMap(({ live }) => (live.kind === "failed" ? (live.fix ?? []) : []));
  return [...new Set(fixes)].sort().flatMap((fix) => labelledLines("hint", fix));
}

function withoutRecord({ accounts }: LiveStateSaved, bindings: Desired["bindings"]): readonly string[] {
  if (accounts.every(({ record }) => record !== null)) return [];
  const skipped = "limits, approvals, waits, deletes, mode changes, AI-001";
  const isOrdered = [...bindings.values()].some(({ dependsOn = [] }) => dependsOn.length > 0);
  return [
    `Skipped without the controller's record: ${skipped}`,
    ...(isOrdered
      ? [
          "Without the record, dependsOn is compared with AWS only: a suspension or a failed write is not seen",
        ]
      : []),
  ];
}

/** A line for each part that could not be read or judged, and for each error of a manifest. */
export function gapLines({ errors, gaps }: PlanReport): readonly string[] {
  return [...errors.map(({ line }) => line), ...gaps.map(lineText)];
}

export function planValue(report: PlanReport) {
  const { views, others, about, incomplete, modeChanges } = report;
  const gaps = gapLines(report);
  const ordered = inOrder(views);
  const unchanged = ordered.filter((view) => !isChange(view)).map(({ key }) => key);
  const changes = ordered.filter(isChange).map((view) => ({ ...recordedView(view), ...mergeVerdict(view) }));
  const platformChanges = [...(report.platformChanges ?? []), ...report.ruleEffects];
  const references = referencesValue(report.references);
  const parts = { modeChanges, changes, unchanged, others, references, platformChanges, gaps };
  return { about, incomplete, ...reportVerdict(report), ...parts };
}

function recordedView(view: PlanView): PlanView<RecordedDelta> {
  return { ...recorded(view), plan: view.plan && recordedPlan(view.plan) };
}

/** 3: something is refused or awaits approval, or an account was not read; 2: differences, with `--exit-code`. */
export function planExitCode(report: PlanReport, withDifferences: boolean): ExitCode {
  const { views, others, incomplete, modeChanges, platformChanges } = report;
  if (views.some((view) => isRefused(view) || view.broken !== null || isHeld(view))) return 3;
  if (incomplete) return 3;
  const different = others.length + modeChanges.length + (platformChanges?.length ?? 0);
  return withDifferences && (views.some(isChange) || different > 0) ? 2 : 0;
}

/** `main@9c1d04e → 51ab7e0`, of other branches `main@9c1d04e → topic@51ab7e0`. */
export function rangeText(base: Revision, head: Revision): string {
  const [from, to] = [revisionParts(base), revisionParts(head)];
  if (to.ref === "dir") return `${shortRevision(base)} → working tree`;
  return `${shortRevision(base)} → ${from.ref === to.ref || to.ref === "HEAD" ? to.hash.slice(0, 7) : shortRevision(head)}`;
}

export function manifestErrors({ compilation, service }: Project): readonly ManifestError[] {
  const own = ownDiagnostics(compilation.diagnostics, service);
  const errors = own.filter(({ severity }) => severity === "error");
  return foldDiagnostics(errors).map(({ lead, message }) => ({
    line: `error: ${formatOrigin(lead.origin)}: ${message}`,
    broken: errorText(lead),
  }));
}

/** Files that look like manifests, but that the controller does not read. */
export function skippedLines({ compilation, service }: Project): readonly ScreenLine[] {
  const skipped = ownDiagnostics(compilation.diagnostics, service).filter(
    ({ severity, code }) => severity === "warning" && (code === SKIPPED || code === "refused-file"),
  );
  return skipped.flatMap(({ origin, message, fix }) => [
    ...labelledLines("warning", `${origin.file}: ${message}`),
    ...(fix === null ? [] : labelledLines("hint", fix)),
  ]);
}
