import { resolve } from "node:path";
import { statementChanges, type RecordedDelta, type RecordedDeltaRow } from "../../model/delta.ts";
import { LOOK_FIRST } from "../../adopt/manifests/notes.ts";
import { byText } from "../../text/order.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { inPlaceLines } from "./in-place-lines.ts";
import { whoseText } from "./whose-text.ts";
import { switchCostLines } from "./switch-costs.ts";
import { cappedLines } from "./capped-lines.ts";
import { deployerLines, oldRoleLines } from "./switch-lines.ts";
import { isLookFirst, QUOTA_RULE, type ImportReport } from "./report.ts";
import type { ReportLine } from "./report-line.ts";

type FunctionReport = ImportReport["functions"][number];

export interface ReportedFolders {
  /** Where the files are written. */
  readonly folder: string;
  /** The folder with `platform/`, without which the files mean nothing. */
  readonly repository: string;
  /** The operator's file; null: none was given. */
  readonly config: string | null;
}

/** The answer first, then what people decide about, then the next commands. */
export function reportLines(report: ImportReport, folders: ReportedFolders): readonly ReportLine[] {
  const { functions } = report;
  const noted = functions.flatMap((one) =>
    one.notes.map((note) => ({ one, isFirst: isLookFirst(note), ...note })),
  );
  const noteLines = (isFirst: boolean): readonly ReportLine[] =>
    folded(noted.filter((each) => each.isFirst === isFirst));
  return [
    summary(report),
    ...recognised(functions),
    ...fileLines(report),
    ...section("Not read: these may have more functions", unreadLines(report)),
    ...ageLines(report),
    ...section("Worth a look first", noteLines(true)),
    ...section("Differs from AWS", folded(functions.flatMap(differenceFacts))),
    ...section("Refused by rules unless waived: grantkeeper validate shows why", refusedLines(functions)),
    ...section("Larger than AWS accepts (SIZ-001), which no Waiver changes", oversizedLines(functions)),
    ...section("The line that each deployer changes: get role-arn prints the ARN", deployerLines(report)),
    ...section("Old roles", oldRoleLines(report)),
    ...section("Before functions switch to their roles", switchCostLines(report.switchCosts)),
    ...section("Take over in place, only where a new role is not possible", inPlaceLines(functions)),
    ...section("Without a manifest", withoutLines(functions)),
    ...section("Notes", noteLines(false)),
    ...nextLines(report, folders),
  ];
}

function summary({ functions }: ImportReport): string {
  const count = (outcome: FunctionReport["outcome"]): number =>
    functions.filter((one) => one.outcome === outcome).length;
  const importedFunctions = functions.filter((one) => one.outcome === "written");
  const proved = importedFunctions.filter(({ isProved }) => isProved === true).length;
  const others = (["declared", "unmatched", "unknown", "blocked", "excluded"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  const imported = `${importedFunctions.length} imported, ${proved} of them proved equal`;
  return `${counted(functions.length, "function")}: ${[imported, ...others].join(", ")}`;
}

function recognised(functions: readonly FunctionReport[]): readonly string[] {
  const counts = functions.flatMap(({ statements }) => (statements === null ? [] : [statements]));
  const total = counts.reduce((sum, one) => sum + one.total, 0);
  const known = counts.reduce((sum, one) => sum + one.recognised, 0);
  const withLeftOut = counts.reduce((sum, one) => sum + one.withLeftOut, 0);
  if (total === 0) return [];
  return [
    `${known} of ${counted(total, "statement")} recognised as grants (${Math.floor((100 * known) / total)} %)`,
    ...(withLeftOut === 0
      ? []
      : [
          `${withLeftOut} of them have permissions that no request can use; the grants leave these out (left-out in the notes)`,
        ]),
  ];
}

function fileLines({ files }: ImportReport): readonly string[] {
  const named = (state: (typeof files)[number]["state"]): readonly string[] =>
    files.filter((file) => file.state === state).map(({ path }) => path);
  const kept = named("kept");
  const counts = `${counted(named("written").length, "file")} written, ${named("unchanged").length} unchanged`;
  return [counts, ...(kept.length === 0 ? [] : [`kept, with other content: ${someOf(kept)}`])];
}

/** One line for all regions of an account with the same reason. */
function unreadLines({ places }: ImportReport): readonly string[] {
  const unread = places.filter(({ reason }) => reason !== null);
  const groups = Map.groupBy(unread, ({ account, reason, next }) => JSON.stringify([account, reason, next]));
  return [...groups.values()].map((same) => {
    const [first] = same as [(typeof unread)[number]];
    const regions = someOf(same.map(({ region }) => region));
    return `${first.account}/${regions}: ${first.reason ?? ""}; ${first.next ?? ""}`;
  });
}

const SAME_READ_MS = 3_600_000;

/** Only if the regions were read in different runs. */
function ageLines({ places }: ImportReport): readonly string[] {
  const times = places.flatMap(({ readAt }) => (readAt === null ? [] : [readAt])).sort();
  const [oldest = "", newest = ""] = [times[0], times.at(-1)];
  if (times.length < 2 || Date.parse(newest) - Date.parse(oldest) < SAME_READ_MS) return [];
  return ["", `Read between ${oldest} and ${newest}: later changes in AWS are not in it`];
}

function section(title: string, lines: readonly ReportLine[]): readonly ReportLine[] {
  const indented = lines.map((line): ReportLine =>
    typeof line === "string" ? `  ${line}` : { ...line, text: `  ${line.text}` },
  );
  return lines.length === 0 ? [] : ["", title, ...indented];
}

function differenceFacts(one: FunctionReport): readonly Fact[] {
  const { difference } = one;
  if (difference === null) return [];
  const callers = difference.callers.map((sid) => ({ kind: "caller", text: `${sid} is not in AWS` }));
  return [
    ...deltaFacts(difference.permissions, "permission"),
    ...deltaFacts(difference.trust, "trust"),
    ...callers,
  ].map((fact) => ({ one, ...fact }));
}

const MOST_ROWS = 5;

/** The first statements of each side: `-o json` has all of them. */
function deltaFacts(delta: RecordedDelta, kind: string): readonly Omit<Fact, "one">[] {
  const side = (rows: readonly RecordedDeltaRow[], sign: "+" | "-"): readonly string[] => {
    const texts = rows.map((row) => `${sign} ${rowText(row, sign)}`);
    const more = texts.length - MOST_ROWS;
    return more > 0 ? [...texts.slice(0, MOST_ROWS), `${sign} ${counted(more, "more row")}`] : texts;
  };
  const { added, removed } = statementChanges(delta);
  const unclear = delta.unknownEffect.length === 0 ? [] : ["not compared in full"];
  return [...side(added, "+"), ...side(removed, "-"), ...unclear].map((text) => ({ kind, text }));
}

/** A row of the boundary grants nothing itself, so that it is never shown as a permission. */
function rowText(row: RecordedDeltaRow, sign: "+" | "-"): string {
  const { effect, principal, action, resource, condition, from, limit } = row;
  const permission = [
    principal === null ? "" : `${principal} `,
    action,
    resource === "" ? "" : ` on ${resource}`,
    condition === "" ? "" : " under a condition",
  ].join("");
  const isDeny = effect === "Deny";
  if (from === "boundary")
    return `${isDeny ? "Deny of the boundary" : "limit of the boundary"}: ${permission}`;
  if (isDeny) return `Deny ${permission}`;
  return limit === null ? permission : `${permission}, ${LIMITS[sign][limit.kind]}`;
}

const LIMITS = {
  "+": { denial: "which a Deny excludes today", boundary: "which the boundary excludes today" },
  "-": { denial: "which a Deny excludes", boundary: "which the boundary excludes" },
} as const;

interface Fact {
  readonly one: FunctionReport;
  readonly kind: string;
  readonly text: string;
  readonly commands?: readonly string[];
}

const MOST_LINES = 5;

/** By kind, one line for all functions of which the same is true. `-o json` names each. */
function folded(facts: readonly Fact[]): readonly ReportLine[] {
  const byKind = Map.groupBy(facts, ({ kind }) => kind);
  return [...byKind].sort(byImportance).flatMap(([kind, all]) => {
    const groups = [
      ...Map.groupBy(all, ({ text, commands = [] }) => JSON.stringify([text, commands])).values(),
    ];
    const lines = groups
      .toSorted((a, b) => b.length - a.length)
      .map((same) => {
        const [{ text, commands = [] }] = same as [Fact];
        return { text: `${kind}: ${whoseText(same)}: ${text}`, commands };
      });
    return cappedLines(lines, MOST_LINES, `${kind}: `);
  });
}

function byImportance([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const order: readonly string[] = LOOK_FIRST;
  return order.indexOf(a) - order.indexOf(b) || byText(a, b);
}

const MOST_REFUSED = 10;

/** One line for all functions that the same rules refuse. `-o json` has all rules of each. */
function refusedLines(functions: readonly FunctionReport[]): readonly string[] {
  const facts = functions.flatMap((one) => {
    const rules = one.refusedBy.filter((rule) => rule !== QUOTA_RULE);
    return rules.length === 0 ? [] : [{ one, rules }];
  });
  const groups = [...Map.groupBy(facts, ({ rules }) => rules.join(" ")).values()];
  const lines = groups
    .toSorted((a, b) => b.length - a.length)
    .map((same) => `${whoseText(same)}: ${someOf(same[0]?.rules ?? [])}`);
  return cappedLines(lines, MOST_REFUSED);
}

/** One line: their manifests are written, and cannot be applied as they are. */
function oversizedLines(functions: readonly FunctionReport[]): readonly string[] {
  const facts = functions.filter(({ refusedBy }) => refusedBy.includes(QUOTA_RULE)).map((one) => ({ one }));
  if (facts.length === 0) return [];
  const next = "make their policies smaller in AWS and import again, or split the function";
  return [`${whoseText(facts)}: grantkeeper validate shows the sizes; ${next}`];
}

function withoutLines(functions: readonly FunctionReport[]): readonly ReportLine[] {
  const facts = functions.flatMap((one) => {
    if (one.reason === null) return [];
    const hint = one.next === null ? "" : `; ${one.next}`;
    return [{ one, kind: one.outcome, text: `${one.reason}${hint}` }];
  });
  return folded(facts);
}

function nextLines(
  { files }: ImportReport,
  { folder, repository, config }: ReportedFolders,
): readonly string[] {
  if (files.length === 0) return [];
  const isElsewhere = resolve(folder) !== resolve(repository);
  return [
    "",
    "Next:",
    ...(isElsewhere ? [`  cp -R ${shellText(folder)}/. ${shellText(repository)}`] : []),
    `  grantkeeper validate ${shellText(repository)}`,
    `  grantkeeper plan ${shellText(repository)} --config ${config === null ? "FILE" : shellText(config)}`,
  ];
}

/** As one word of a shell. */
function shellText(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
