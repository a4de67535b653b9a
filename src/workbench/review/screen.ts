import type { Layout } from "../../cli/screen/layout.ts";
import { problemLines } from "../../cli/screen/problem.ts";
import { continued } from "../../text/layout/wrap.ts";
import { objectName } from "../../plan/render/plan-view.ts";
import { someOf, counted } from "../../text/phrases.ts";
import { reflowed, toned, type ScreenLine } from "../../text/screen-line.ts";
import { inOrder, planLines } from "../plan/report.ts";
import { type ReportedProblem } from "../reports/problem-report.ts";
import { reportedPlaceText } from "../reports/reported-place.ts";
import { approvalText, awaitedApprovals } from "./approvals.ts";
import { accessText, unchangedNotes, verdictText } from "./verdict-text.ts";
import { correctionLines } from "../corrections/screen.ts";
import { obstacleTexts } from "./obstacles.ts";
import { liveTexts } from "./live/live-texts.ts";
import type { Review } from "./review.ts";

const MOST_REASONS = 10;

/** The plan, then new problems with corrected lines, then approvals, then whether it may merge by itself. */
export function reviewLines(review: Review, { width }: Layout): readonly ScreenLine[] {
  const { plan, problems, corrections, live } = review;
  const added = problems.current.filter(({ state }) => state === "new");
  const sections = [
    planLines(plan),
    titled("NEW ACCESS", wrappedLines(accessTexts(plan.views), width)),
    titled(
      "NEW PROBLEMS",
      added.flatMap((one) => problemOn(one, width)),
    ),
    titled("CORRECTED LINES", corrections.flatMap(correctionLines)),
    titled(
      "NO LONGER A PROBLEM",
      problems.gone.flatMap((one) => goneLines(one, width)),
    ),
    titled("IN AWS AFTER THE MERGE", wrappedLines(liveLines(live), width)),
    titled("APPROVALS AFTER THE MERGE", wrappedLines(awaitedApprovals(review).map(approvalText), width)),
    wrappedLines(unchangedNotes(problems.current.length - added.length), width),
    verdictLines(review, width),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return shown.flatMap((lines, at) => (at === 0 ? lines : ["", ...lines]));
}

function liveLines(live: Review["live"]): readonly string[] {
  return liveTexts(live, "operator").flatMap(({ text, parts }) => [
    text,
    ...parts.map((part) => `  ${part}`),
  ]);
}

function titled(title: string, lines: readonly ScreenLine[]): readonly ScreenLine[] {
  return lines.length === 0 ? [] : [...toned("head", [title]), ...lines];
}

function problemOn({ code, level, place, message, hint }: ReportedProblem, width: number) {
  return problemLines(
    { level, place: reportedPlaceText(place), message: `${code}: ${message}`, hint },
    width,
  );
}

function goneLines({ code, place, message }: ReportedProblem, width: number): readonly ScreenLine[] {
  return wrappedLines([`${reportedPlaceText(place)}: ${code}: ${message}`], width);
}

/** Functions with the same new access share a line. */
function accessTexts(views: Review["plan"]["views"]): readonly string[] {
  const added = inOrder(views).filter(
    ({ delta, broken, brokenBase }) =>
      broken === null && (brokenBase !== null || delta.allowed.length + delta.unknownEffect.length > 0),
  );
  const groups = Map.groupBy(added, accessText);
  return [...groups].map(
    ([text, group]) => `${someOf([...new Set(group.map(({ key }) => objectName(key)))])}: ${text}`,
  );
}

function verdictLines(review: Review, width: number): readonly ScreenLine[] {
  const obstacles = obstacleTexts(review);
  const more = obstacles.length - MOST_REASONS;
  const reasons = obstacles.slice(0, MOST_REASONS).map((text) => `  ${text}`);
  return wrappedLines(
    [
      verdictText(obstacles),
      ...reasons,
      ...(more > 0 ? [`  and ${counted(more, "more reason")} (-o json)`] : []),
    ],
    width,
  );
}

function wrappedLines(texts: readonly string[], width: number): readonly ScreenLine[] {
  return reflowed(texts, (text) => continued(text, width));
}
