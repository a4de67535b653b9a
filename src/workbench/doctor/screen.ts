import stringWidth from "string-width";
import type { Probe } from "../../model/answers/probe.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { grid } from "../../cli/screen/table.ts";
import { counted } from "../../text/phrases.ts";
import { continued, wrapped } from "../../text/layout/wrap.ts";
import { type ScreenLine, type Tone, toned } from "../../text/screen-line.ts";

export interface DoctorSection {
  readonly title: string;
  /** Of an account: `prod (111122223333)`. */
  readonly account?: string;
  readonly checks: readonly Probe[];
}

const TONES = {
  passed: null,
  warning: "warning",
  failed: "danger",
  "not-checked": null,
} as const satisfies Record<Probe["outcome"], Tone | null>;

const MARKS = {
  passed: "ok",
  warning: "! warning",
  failed: "✗ failed",
  "not-checked": "not checked",
} as const satisfies Record<Probe["outcome"], string>;

export interface DoctorReport {
  /** Of the installation itself: its configuration and its source. */
  readonly own: readonly DoctorSection[];
  readonly accounts: readonly DoctorSection[];
}

/** Where there are more accounts, one whose checks all passed is one line. */
const LISTED_ACCOUNTS = 10;

/** Sections in their order; passed checks of the same identity without a detail are one line. */
export function doctorLines(
  { own, accounts }: DoctorReport,
  { width, isWide }: Pick<Layout, "width" | "isWide">,
): readonly ScreenLine[] {
  const isFolded = ({ checks }: DoctorSection): boolean =>
    accounts.length > LISTED_ACCOUNTS && !isWide && checks.every(({ outcome }) => outcome === "passed");
  const sectionLines = ({ title, checks }: DoctorSection) => [
    ...continued(title, width),
    ...checkLines(rows(checks), width),
    "",
  ];
  const all = [...own, ...accounts].flatMap(({ checks }) => checks);
  const count = (outcome: Probe["outcome"]): number =>
    all.filter((check) => check.outcome === outcome).length;
  const warned = count("warning") === 0 ? "" : `${counted(count("warning"), "warning")}, `;
  return [
    ...own.flatMap(sectionLines),
    ...withSharedFailures(accounts.filter((section) => !isFolded(section))).flatMap(sectionLines),
    ...foldedLines(accounts.filter(isFolded)),
    `${counted(count("passed"), "check")} passed, ${count("failed")} failed, ${warned}${count("not-checked")} not checked`,
  ];
}

/** One broken credential fails in every account: accounts with the same failed checks are one section. */
function withSharedFailures(sections: readonly DoctorSection[]): readonly DoctorSection[] {
  const byChecks = Map.groupBy(sections, ({ checks }) => JSON.stringify(checks));
  return [...byChecks.values()].flatMap((group): readonly DoctorSection[] => {
    const checks = group[0]?.checks ?? [];
    if (group.length === 1 || !checks.some(({ outcome }) => outcome === "failed")) return group;
    const names = group.map(({ title, account }) => account ?? title).join(", ");
    return [{ title: `${counted(group.length, "account")} with the same result: ${names}`, checks }];
  });
}

function foldedLines(sections: readonly DoctorSection[]): readonly string[] {
  const lines = sections.map(({ title, checks }) => `${title}: ${counted(checks.length, "check")} passed`);
  return lines.length === 0 ? [] : [...lines, ""];
}

/** If a detail does not fit next to its check, every detail is below its check. */
function checkLines(checks: readonly CheckRow[], width: number): readonly ScreenLine[] {
  const toneAt = (at: number): Tone | null => TONES[checks[at]?.outcome ?? "passed"];
  const lines = grid(checks.map(({ cells }) => cells)).map((line) => `  ${line}`);
  if (lines.every((line) => stringWidth(line) <= width))
    return lines.flatMap((line, at) => toned(toneAt(at), [line]));
  return grid(checks.map(({ cells }) => cells.slice(0, -1))).flatMap((line, at) => {
    const detail = checks[at]?.cells.at(-1) ?? "";
    const below = detail === "" ? [] : wrapped(detail, width, { first: DETAIL, next: DETAIL });
    return toned(toneAt(at), [...continued(`  ${line}`, width), ...below]);
  });
}

const DETAIL = "      ";

interface CheckRow {
  readonly outcome: Probe["outcome"];
  readonly cells: readonly string[];
}

function rows(checks: readonly Probe[]): readonly CheckRow[] {
  const silent = checks.filter(({ outcome, detail }) => outcome === "passed" && detail === null);
  const together = [...Map.groupBy(silent, ({ identity }) => identity)].map(([identity, group]): CheckRow => {
    const what = group.length === 1 ? whatText(group[0]) : counted(group.length, "check");
    return { outcome: "passed", cells: [MARKS.passed, identity, what, ""] };
  });
  const spoken = checks.filter((check) => !silent.includes(check));
  return [
    ...together,
    ...spoken.map((check): CheckRow => {
      const { outcome, identity, detail } = check;
      return { outcome, cells: [MARKS[outcome], identity, whatText(check), detail ?? ""] };
    }),
  ];
}

function whatText(check: Probe | undefined): string {
  if (check === undefined) return "";
  return check.region === null ? check.what : `${check.what} in ${check.region}`;
}
