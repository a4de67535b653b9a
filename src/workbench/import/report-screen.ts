import type { RecordedDelta } from "../../model/delta.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { functionName, isLookFirst, type ImportReport } from "./report.ts";

type Reported = ImportReport["functions"][number];

/** The answer first, then what people decide about, then the next commands. */
export function reportLines(report: ImportReport, folder: string): readonly string[] {
  const { functions } = report;
  const noted = functions.flatMap((one) => one.notes.map((note) => ({ one, note })));
  const noteLines = (isFirst: boolean): readonly string[] =>
    noted
      .filter(({ note }) => isLookFirst(note) === isFirst)
      .map(({ one, note }) => `${note.kind}: ${functionName(one)}: ${note.text}`);
  return [
    summary(report),
    ...recognised(functions),
    ...fileLines(report),
    ...section("Worth a look first", noteLines(true)),
    ...section("Differs from AWS", functions.flatMap(differenceLines)),
    ...section("Without a manifest", functions.flatMap(withoutLines)),
    ...section("Notes", noteLines(false)),
    ...nextLines(report, folder),
  ];
}

function summary({ functions }: ImportReport): string {
  const count = (outcome: Reported["outcome"]): number =>
    functions.filter((one) => one.outcome === outcome).length;
  const written = functions.filter((one) => one.outcome === "written");
  const proved = written.filter(({ isProved }) => isProved === true).length;
  const others = (["declared", "unmatched", "unknown", "blocked", "excluded"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  const imported = `${written.length} imported, ${proved} of them proved equal`;
  return `${counted(functions.length, "function")}: ${[imported, ...others].join(", ")}`;
}

function recognised(functions: readonly Reported[]): readonly string[] {
  const counts = functions.flatMap(({ statements }) => (statements === null ? [] : [statements]));
  const total = counts.reduce((sum, one) => sum + one.total, 0);
  const known = counts.reduce((sum, one) => sum + one.recognised, 0);
  if (total === 0) return [];
  return [
    `${known} of ${counted(total, "statement")} recognised as grants (${Math.floor((100 * known) / total)} %)`,
  ];
}

function fileLines({ files }: ImportReport): readonly string[] {
  const named = (state: (typeof files)[number]["state"]): readonly string[] =>
    files.filter((file) => file.state === state).map(({ path }) => path);
  const kept = named("kept");
  const counts = `${counted(named("written").length, "file")} written, ${named("unchanged").length} unchanged`;
  return [counts, ...(kept.length === 0 ? [] : [`kept, with other content: ${someOf(kept)}`])];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function differenceLines(one: Reported): readonly string[] {
  const { difference } = one;
  if (difference === null) return [];
  const { permissions, trust, callers } = difference;
  return [
    ...deltaLines(permissions, ""),
    ...deltaLines(trust, "trust: "),
    ...callers.map((sid) => `caller ${sid} is not in AWS`),
  ].map((line) => `${functionName(one)}: ${line}`);
}

const MOST_ROWS = 5;

/** The first rows of each side: `-o json` has all of them. */
function deltaLines(delta: RecordedDelta, label: string): readonly string[] {
  const side = (rows: RecordedDelta["allowed"], sign: "+" | "-"): readonly string[] => {
    const texts = rows.map(({ principal, action, resource }) => {
      const where = resource === "" ? "" : ` on ${resource}`;
      return `${label}${sign} ${principal === null ? "" : `${principal} `}${action}${where}`;
    });
    const more = texts.length - MOST_ROWS;
    return more > 0 ? [...texts.slice(0, MOST_ROWS), `${label}${sign} ${counted(more, "more row")}`] : texts;
  };
  const unclear = delta.unknownEffect.length === 0 ? [] : [`${label}not compared in full`];
  return [...side(delta.allowed, "+"), ...side(delta.noLongerAllowed, "-"), ...unclear];
}

function withoutLines(one: Reported): readonly string[] {
  if (one.reason === null) return [];
  const hint = one.next === null ? [] : [`  hint: ${one.next}`];
  return [`${one.outcome}: ${functionName(one)}: ${one.reason}`, ...hint];
}

function nextLines({ files }: ImportReport, folder: string): readonly string[] {
  if (files.length === 0) return [];
  return ["", "Next:", `  grantkeeper validate ${folder}`, `  grantkeeper plan ${folder} --config FILE`];
}
