import type { ReferencesOption } from "../../cli/toolbox/options.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { againstBase, type BaseComparison, NOT_READ } from "../plan/against-base.ts";
import { planExitCode, type PlanReport } from "../plan/report.ts";
import { findingDiagnostics } from "../project/diagnostics.ts";
import { findingsOffline } from "../project/findings.ts";
import { checkExists, requestFor, type Project } from "../project/project.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { isOfService, ownDiagnostics, pathInSource, type ServiceOptions } from "../project/service.ts";
import { reportedProblems, type ReportedProblem } from "../reports/problem-report.ts";
import { correctedFindings, fileNames } from "../corrections/corrected-findings.ts";
import { correctedLines } from "../corrections/corrected-lines.ts";
import type { CorrectedLine } from "../reports/corrected-line.ts";
import type { Finding } from "../../model/finding.ts";
import { byText } from "../../text/order.ts";
import { compareProblems, type ComparedProblems } from "./compare-problems.ts";
import { askedReview, type AskedReview, type ControllerOption } from "./live/ask-controller.ts";

/** A change for those who decide about it. */
export interface Review {
  readonly plan: PlanReport;
  readonly problems: ComparedProblems;
  /** A line for each part of what a merge changes that was not compared. */
  readonly unread: readonly string[];
  readonly live: AskedReview;
  /** Of the problems that the change brings. */
  readonly corrections: readonly CorrectedLine[];
  /** The hash of the reviewed commit; null: the working tree. */
  readonly commit: string | null;
}

interface ReviewedRange extends ServiceOptions, ReferencesOption, ControllerOption {
  /** In the syntax of Git. */
  readonly base: string;
  /** Missing: the working tree. */
  readonly head?: string;
}

/**
 * Compares what the head makes of the newest commit that it shares with the base: what only the base has is no change of
 * the head. @throws CliError, SourceError
 */
export async function reviewOf(dir: string, options: ReviewedRange, toolbox: Toolbox): Promise<Review> {
  await checkExists(dir);
  const settings = await serviceSettings(dir, options, toolbox);
  const names = { base: options.base, head: options.head ?? "HEAD" };
  const request = { ...requestFor(dir, settings), ...names };
  const { base, mergeBase, head, isBaseNewer, changed } = await toolbox.gitRange(request, toolbox.signal);
  const from = base === mergeBase ? options.base : mergeBase;
  const compared = await againstBase(dir, { base: from, head: options.head, settings }, toolbox);
  const { to } = compared;
  const { report, others } = ownReport(compared);
  // No one made a change of the base.
  const asDeclared = { ...compared.facts, authors: new Map() };
  const problems = compareProblems(
    problemsOf(compared.from, findingsOffline(compared.from.compilation, asDeclared), report.root),
    problemsOf(to, compared.findings, report.root),
  );
  const live = await askedReview(compared, options, toolbox);
  return {
    // Each mistake is one of the problems. The controller's answer has the time of its read.
    plan: {
      ...report,
      errors: [],
      gaps:
        live.kind === "previewed"
          ? report.gaps.map((gap) => (gap === NOT_READ ? WITHOUT_AWS : gap))
          : report.gaps,
    },
    unread: [
      ...(isBaseNewer ? [`${options.base} has newer manifests, which are not part of this review`] : []),
      ...(to.snapshot.uncommitted ? [UNCOMMITTED] : []),
      ...overAnother(live, mergeBase),
      ...(others === 0 ? [] : [othersText(others)]),
      ...(changed?.every(isReadBy(compared.from, to)) === true ? [] : [OTHERS]),
    ],
    live,
    problems,
    corrections: correctionsOf(compared, problems.current, report.root),
    commit: options.head === undefined ? null : head,
  };
}

/** Everyone who reads a pull request of a service reads its review: changes of other namespaces have no name in it. */
function ownReport({ report, to }: BaseComparison): { readonly report: PlanReport; readonly others: number } {
  const views = report.views.filter(({ key }) => isOfService(key, to.service));
  const others = report.views.filter(({ key }) => !isOfService(key, to.service));
  const areUsable = planExitCode({ ...report, views: others }, false) === 0;
  return { report: { ...report, views, incomplete: !areUsable || report.incomplete }, others: others.length };
}

function othersText(count: number): string {
  const they =
    count === 1
      ? "function or policy of another namespace changes"
      : "functions and policies of other namespaces change";
  return `${count} ${they} or cannot be used`;
}

/** The controller did not judge the result of this change on its base. */
function overAnother(live: AskedReview, mergeBase: string): readonly string[] {
  if (live.kind !== "previewed" || live.preview.revision.endsWith(mergeBase)) return [];
  return [
    `the controller has ${shortRevision(live.preview.revision)} in force, and this branch begins at another commit`,
  ];
}

/** Next to the controller's answer, which rests on a read. */
const WITHOUT_AWS = "The manifests were compared without AWS";
const OTHERS = "files that are no manifests change, which are not part of this review";
const UNCOMMITTED = "the working tree has changes that are not committed";

/** A file counts as read if one of the revisions has a document in it. */
function isReadBy(from: Project, to: Project): (path: string) => boolean {
  const files = [...from.files, ...to.files].filter(({ documents }) => documents.length > 0);
  const read = new Set(files.map(({ path }) => path));
  return (path) => read.has(to.service === null ? path : pathInSource(path, to.service));
}

/** All that is wrong or doubtful in a revision, also where nothing changes. */
function problemsOf(
  { compilation, service }: Project,
  findings: BaseComparison["findings"],
  root: string,
): readonly ReportedProblem[] {
  const found = findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts);
  const all = [...compilation.diagnostics, ...found];
  return reportedProblems(ownDiagnostics(all, service), root);
}

/** Of what the change brings. */
function correctionsOf(
  { to, facts, findings }: BaseComparison,
  current: readonly ReportedProblem[],
  root: string,
): readonly CorrectedLine[] {
  const added = current.filter(({ state }) => state === "new");
  const places = new Set(added.map(({ code, place }) => JSON.stringify([code, place])));
  const fileOf = fileNames(to, root);
  const isNew = ({ rule, origin }: Finding): boolean => {
    if (origin === null) return false;
    const { file, line, column } = origin;
    return places.has(JSON.stringify([rule, { kind: "file", file: fileOf(file), line, column }]));
  };
  return [
    ...correctedLines(added, linesIn(to, fileOf)),
    ...correctedFindings({ project: to, facts, findings }, { fileOf, isWanted: isNew }),
  ].toSorted((a, b) => byText(a.file, b.file) || a.line - b.line);
}

function linesIn(
  { snapshot }: Project,
  fileOf: (path: string) => string,
): (file: string) => readonly string[] | null {
  const files = new Map(snapshot.files.map(({ path, bytes }) => [fileOf(path), bytes]));
  return (file) => {
    const bytes = files.get(file);
    return bytes === undefined ? null : Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  };
}
