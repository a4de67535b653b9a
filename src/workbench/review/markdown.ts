import { planCounts } from "../../plan/render/plan-summary.ts";
import { isChange } from "../../plan/render/plan-view.ts";
import { counted } from "../../text/phrases.ts";
import { changeRows, pipelineModeText, platformText, resultText } from "../plan/pipeline.ts";
import { gapLines, shownViews } from "../plan/report.ts";
import { inert } from "../../text/markdown.ts";
import { fenceFor, limitedList, limitedTable, problemBlocks } from "../reports/markdown.ts";
import { approvalText, awaitedApprovals } from "./approvals.ts";
import { accessText, unchangedNotes, verdictText } from "./verdict-text.ts";
import { mostUrgentFirst } from "./urgency.ts";
import { replacedLines, type CorrectedLine } from "../reports/corrected-line.ts";
import { correctionTitle } from "../corrections/screen.ts";
import { obstacleTexts } from "./obstacles.ts";
import { liveTexts } from "./live/live-texts.ts";
import type { Review } from "./review.ts";

/** Of the characters of a comment, which has at most 65,536. Fixed texts have the rest. */
const SHARES = {
  modes: 3_000,
  platform: 5_000,
  changes: 15_000,
  live: 5_000,
  obstacles: 4_000,
  approvals: 4_000,
  problems: 15_000,
  corrections: 5_000,
  gone: 3_000,
  notes: 3_000,
} as const;

/** Less than a comment of GitHub may have (65,536), so that a marker and the end of the table fit. */
const LONGEST = 64_000;

/** A review as a comment of a pull request: the answer, what changes, who must approve, what is wrong and how to fix it. */
export function reviewMarkdown(review: Review): string {
  const obstacles = obstacleTexts(review);
  const before = blocksBefore(review, obstacles);
  const after = blocksAfter(review, obstacles);
  const used = [...before, ...after].join("\n\n").length;
  // The changes also have what the other parts leave.
  const table = changeTable(review, Math.max(SHARES.changes, LONGEST - used));
  return `${[...before, ...table, ...after].join("\n\n")}\n`;
}

function blocksBefore({ plan }: Review, obstacles: readonly string[]): readonly string[] {
  const { views, modeChanges, platformChanges, ruleEffects } = plan;
  return [
    `### Grantkeeper review: ${planCounts(views, modeChanges.length)}`,
    `**${verdictText(obstacles)}**`,
    ...limitedList(modeChanges.map(pipelineModeText), SHARES.modes),
    ...limitedList([...(platformChanges ?? []), ...ruleEffects].map(platformText), SHARES.platform),
  ];
}

function changeTable({ plan }: Review, size: number): readonly string[] {
  const changes = mostUrgentFirst(shownViews(plan).filter(isChange));
  return limitedTable(
    ["Function", "Targets", "Changed in Git", "New access", "Result"],
    changeRows(changes, (view) => [accessText(view), resultText(view)]),
    size,
  );
}

function blocksAfter(
  { plan, problems, corrections, live }: Review,
  obstacles: readonly string[],
): readonly string[] {
  const added = problems.current.filter(({ state }) => state === "new");
  return [
    ...titled(
      "Why it does not merge by itself",
      limitedList(
        obstacles.map((text) => `- ${inert(text)}`),
        SHARES.obstacles,
      ),
    ),
    ...titled("In AWS after the merge", limitedList(liveItems(live), SHARES.live)),
    ...titled("Approvals after the merge", limitedList(approvalItems({ plan, live }), SHARES.approvals)),
    ...titled("New problems", problemBlocks({ problems: added, notes: [] }, SHARES)),
    ...titled("Corrected lines", correctionBlocks(corrections)),
    ...titled(
      "No longer a problem",
      limitedList(
        problems.gone.map(({ code, message }) => `- ${inert(`${code}: ${message}`)}`),
        SHARES.gone,
      ),
    ),
    ...limitedList(
      [...unchangedNotes(problems.current.length - added.length), ...gapLines(plan), plan.about].map(
        (note) => `- ${inert(note)}`,
      ),
      SHARES.notes,
    ),
  ];
}

/** A heading for blocks, if there are any. */
function titled(title: string, blocks: readonly string[]): readonly string[] {
  return blocks.length === 0 ? [] : [`#### ${title}`, ...blocks];
}

/** The lines about overwritten and unread differences belong to the line before them. */
function liveItems(live: Review["live"]): readonly string[] {
  return liveTexts(live, "repository").flatMap(({ text, parts }) => [
    `- ${inert(text)}`,
    ...parts.map((part) => `  - ${inert(part)}`),
  ]);
}

function approvalItems(review: Pick<Review, "plan" | "live">): readonly string[] {
  return awaitedApprovals(review).map((approval) => `- ${inert(approvalText(approval))}`);
}

/** As many as fit; the others are in the table of problems. */
function correctionBlocks(corrections: readonly CorrectedLine[]): readonly string[] {
  let used = 0;
  const blocks = corrections.map(correctionBlock);
  const shown = blocks.filter(({ length }) => (used += length) <= SHARES.corrections);
  const left = blocks.length - shown.length;
  return left === 0
    ? shown
    : [...shown, `${counted(left, "more corrected line")}: run \`grantkeeper review\``];
}

function correctionBlock(correction: CorrectedLine): string {
  const { removed, added } = replacedLines(correction);
  const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  const fence = fenceFor(lines.join("\n"));
  return [inert(correctionTitle(correction)), "", `${fence}diff`, ...lines, fence].join("\n");
}
