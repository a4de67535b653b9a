import type { RemediedFinding } from "../../guard/judge-desired.ts";
import { formatOrigin, type Origin } from "../../model/values/origin.ts";
import type { Key } from "../../model/keys/key.ts";
import { posix } from "node:path";
import { byText } from "../../text/order.ts";
import type { Finding } from "../../model/finding.ts";
import { remediesOffline } from "../project/findings.ts";
import type { Project } from "../project/project.ts";
import { ownTexts } from "../project/service.ts";
import type { CorrectedLine } from "../reports/corrected-line.ts";
import { remediedText } from "./edits.ts";
import { lineChange, withLineChanges, type LineChange } from "./line-change.ts";
import { isCorrected, type JudgedProject } from "./trial.ts";

/** More places are not corrected: each may cost a compilation, and no one reads as many. */
const MOST_PLACES = 50;

/** Findings at one place, which one change of its lines ends. */
interface ProposedCorrection {
  readonly origin: Origin;
  readonly remedied: readonly RemediedFinding[];
  readonly change: LineChange;
}

interface WantedLines {
  /** The name of a file for people, from the root of the repository. */
  readonly fileOf: (path: string) => string;
  readonly isWanted: (finding: Finding) => boolean;
}

/**
 * The lines that end findings of rules, where exactly one change of the manifest does: it was made, compiled and judged
 * again. Sorted by file and line.
 */
export function correctedFindings(
  judged: JudgedProject,
  { fileOf, isWanted }: WantedLines,
): readonly CorrectedLine[] {
  return correctedPlaces(judged, isWanted)
    .map(({ origin, remedied, change }): CorrectedLine => {
      const rules = [...new Set(remedied.map(({ finding }) => finding.rule))];
      return {
        file: fileOf(origin.file),
        line: change.line,
        endLine: change.endLine,
        before: change.before.join("\n"),
        after: change.after.length === 0 ? null : change.after.join("\n"),
        corrects: rules.map((code) => ({ code, line: origin.line, column: origin.column })),
      };
    })
    .toSorted((a, b) => byText(a.file, b.file) || a.line - b.line);
}

/** As problems name the files: of a service, those of its own repository. */
export function fileNames({ service }: Pick<Project, "service">, root: string): (path: string) => string {
  return service === null ? (path) => posix.join(root, path) : ownTexts(service);
}

function correctedPlaces(
  judged: JudgedProject,
  isWanted: WantedLines["isWanted"],
): readonly ProposedCorrection[] {
  const places = proposedPlaces(judged, isWanted);
  if (places.length === 0) return [];
  if (areCorrected(places, judged)) return places;
  const alone = places.filter((place) => areCorrected([place], judged));
  return alone.length === 1 || (alone.length > 0 && areCorrected(alone, judged)) ? alone : [];
}

function areCorrected(places: readonly ProposedCorrection[], judged: JudgedProject): boolean {
  const texts = new Map<string, string>();
  for (const [file, group] of Map.groupBy(places, ({ origin }) => origin.file)) {
    const text = textOf(file, judged);
    if (text === null) return false;
    texts.set(
      file,
      withLineChanges(
        text,
        group.map(({ change }) => change),
      ),
    );
  }
  return isCorrected(
    texts,
    places.flatMap(({ remedied }) => remedied),
    judged,
  );
}

function proposedPlaces(
  judged: JudgedProject,
  isWanted: WantedLines["isWanted"],
): readonly ProposedCorrection[] {
  const { project, facts, findings } = judged;
  const keys = new Set<Key>();
  for (const [key, all] of findings) {
    if (keys.size < MOST_PLACES && all.some((one) => mayHaveRemedy(one) && isWanted(one))) keys.add(key);
  }
  if (keys.size === 0) return [];
  const remedied = remediesOffline(project.compilation, facts, keys).filter(
    ({ finding }) => mayHaveRemedy(finding) && isWanted(finding),
  );
  const groups = Map.groupBy(remedied, ({ finding: { origin } }) =>
    origin === null ? "" : formatOrigin(origin),
  );
  const places = [...groups.values()].slice(0, MOST_PLACES).flatMap((group) => placeOf(group, judged) ?? []);
  return places.filter((place) => !places.some((other) => other !== place && overlaps(place, other)));
}

/** The lines of a template belong to every function that uses it, and a waived finding needs no change. */
function mayHaveRemedy({ origin, waiver }: Finding): boolean {
  return origin !== null && origin.template === undefined && waiver.kind !== "lifted";
}

function placeOf(remedied: readonly RemediedFinding[], judged: JudgedProject): ProposedCorrection | null {
  const origin = remedied[0]?.finding.origin ?? null;
  const file = judged.project.files.find(({ path }) => path === origin?.file);
  const text = origin === null ? null : textOf(origin.file, judged);
  if (origin === null || file === undefined || text === null) return null;
  const placed = remedied.map(({ remedy }) => ({ remedy, origin }));
  const edited = remediedText(text, file, placed);
  const change = edited === null ? null : lineChange(text, edited);
  return change === null ? null : { origin, remedied, change };
}

/** Also where one follows directly below the other: a forge takes each suggestion alone. */
function overlaps(a: ProposedCorrection, b: ProposedCorrection): boolean {
  if (a.origin.file !== b.origin.file) return false;
  return a.change.line <= b.change.endLine && b.change.line <= a.change.endLine;
}

function textOf(path: string, { project }: JudgedProject): string | null {
  const file = project.snapshot.files.find((one) => one.path === path);
  return file === undefined ? null : Buffer.from(file.bytes).toString("utf8");
}
