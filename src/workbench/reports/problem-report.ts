import { posix } from "node:path";
import type { Correction, Diagnostic, RelatedPlace } from "../../model/diagnostic.ts";
import { counted } from "../../text/phrases.ts";
import type { CorrectedLine } from "./corrected-line.ts";
import type { ReportedChange } from "./reported-change.ts";
import type { ReportedPlace } from "./reported-place.ts";
import { foldDiagnostics } from "../project/fold.ts";
import { fairByFolder } from "../../model/values/fair-paths.ts";
import { digestOf } from "../../model/values/digest.ts";
import { inPlaceOrder } from "../project/diagnostics.ts";

/** What a command found, for the tools of a pipeline. */
export interface ProblemReport {
  /** `validate`, `plan`, `rules`. */
  readonly command: string;
  readonly problems: readonly ReportedProblem[];
  /** What was checked and has no error, by name. */
  readonly passed: readonly string[];
  /** What waits for an approval: neither passed nor wrong. */
  readonly waiting: readonly WaitingItem[];
  /** Of a review: what it changes, without being a problem. */
  readonly changes: readonly ReportedChange[];
  /** What could not be read or judged. */
  readonly notes: readonly string[];
  /** False if a part was not read: a problem that is not listed may exist. */
  readonly isComplete: boolean;
  /** One line. */
  readonly summary: string;
}

export interface WaitingItem {
  readonly name: string;
  readonly reason: string;
}

export interface ReportedProblem {
  /** A rule's id, or the code of another problem. */
  readonly code: string;
  readonly level: "error" | "warning";
  readonly place: ReportedPlace;
  readonly message: string;
  /** The message without the targets that a comparison of two revisions added to it; missing: it added none. */
  readonly ownMessage?: string;
  readonly hint: string | null;
  /** How many findings this one stands for. */
  readonly count: number;
  readonly related: readonly RelatedProblemPlace[];
  /** Only if a part of the line is probably meant to be another text. */
  readonly correction?: Correction;
  /** Only if corrected lines were asked for, and there are any. */
  readonly corrected?: CorrectedLine;
  /** Only if the same problem can occur in several accounts or regions. */
  readonly perTarget?: ProblemTargets;
  /** Only of a comparison of two revisions: whether the base has it too, in every target. */
  readonly state?: "new" | "unchanged";
}

export interface ProblemTargets {
  /** Equal for the same problem at one place, in every target. */
  readonly cause: string;
  /** `account prod`: those in which it has the level of the problem. */
  readonly targets: readonly string[];
  /** Those in which it is only a warning, and the problem is an error. */
  readonly warnsIn: readonly string[];
}

/** Another place that has a part in the problem. */
interface RelatedProblemPlace {
  readonly label: string;
  readonly place: ReportedPlace;
}

/**
 * Equal for the same problem at another line, so that a change above it makes no new problem, and for one that a comparison
 * finds new in some of its targets: a forge compares it with the report of the target branch, which has no such text.
 */
export function problemFingerprint({
  code,
  place,
  message,
  ownMessage = message,
}: Pick<ReportedProblem, "code" | "place" | "message" | "ownMessage">): string {
  const where = place.kind === "target" ? place.target : place.file;
  // A lone surrogate has no UTF-8 form, so that it has no hash.
  return digestOf([code, where, ownMessage].map((text) => text.toWellFormed()));
}

/** One problem for each mistake. `root` leads from the root of the repository to the manifests. */
export function reportedProblems(
  diagnostics: readonly Diagnostic[],
  root: string,
): readonly ReportedProblem[] {
  return foldDiagnostics(inPlaceOrder(diagnostics)).map(({ lead, message, more, targets, warnsIn }) => {
    const { code, severity, origin, fix, omitted, correction, perTarget } = lead;
    return {
      code,
      level: severity,
      place: placeIn(root, origin),
      message: more === 0 ? message : `${message} (and ${counted(more, "more finding")} at this line)`,
      hint: fix,
      count: omitted === undefined ? more + 1 : omitted.errors + omitted.warnings,
      related: relatedPlaces(lead).map(({ label, origin: place }) => ({
        label,
        place: placeIn(root, place),
      })),
      ...(correction !== undefined && { correction }),
      ...(perTarget !== undefined && { perTarget: { cause: perTarget.cause, targets, warnsIn } }),
    };
  });
}

/** The problems with the lines that are for them. */
export function withCorrectedLines(
  problems: readonly ReportedProblem[],
  corrections: readonly CorrectedLine[],
): readonly ReportedProblem[] {
  const idOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);
  const byProblem = new Map(
    corrections.flatMap((corrected) =>
      corrected.corrects.map(({ code, line, column }) => [
        idOf(code, corrected.file, line, column),
        corrected,
      ]),
    ),
  );
  return problems.map((problem) => {
    const { code, place } = problem;
    if (place.kind === "target") return problem;
    const corrected = byProblem.get(idOf(code, place.file, place.line, place.column));
    return corrected === undefined ? problem : { ...problem, corrected };
  });
}

/** False if problems of a file are only counted: a tool that keeps records must not take them for fixed. */
export function isEveryListed(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every(({ omitted }) => omitted === undefined);
}

/** At most this number of problems, errors first, and a share for every folder. In the order of the report. */
export function limitedProblems(
  problems: readonly ReportedProblem[],
  most: number,
): readonly ReportedProblem[] {
  if (problems.length <= most) return problems;
  const fair = (level: ReportedProblem["level"], left: number): readonly ReportedProblem[] =>
    fairByFolder(
      problems.filter((problem) => problem.level === level),
      left,
      ({ place }) => (place.kind === "file" ? place.file : place.target),
    );
  const errors = fair("error", most);
  const kept = new Set([...errors, ...fair("warning", most - errors.length)]);
  return problems.filter((problem) => kept.has(problem));
}

type RelatedOrigin = RelatedPlace["origin"];

function placeIn(root: string, { file, line, column }: Omit<RelatedOrigin, "path">): ReportedPlace {
  return { kind: "file", file: root === "" ? file : posix.join(root, file), line, column };
}

function relatedPlaces({ origin, related = [] }: Diagnostic) {
  const { template } = origin;
  const ofTemplate = template === undefined ? [] : [{ label: `template ${template.name}`, origin: template }];
  return [...ofTemplate, ...related];
}
