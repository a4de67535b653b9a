import { problemLines } from "../../src/cli/screen/problem.ts";
import { formatOrigin } from "../../src/model/values/origin.ts";
import type { Stage } from "../stage.ts";
import type { Played, Step } from "../story.ts";
import { overviewOf, untilApplied, untilShown } from "./bindings.ts";
import { bindingOf, functionOf, roleOf } from "./world-parts.ts";
import { lineText } from "../../src/text/screen-line.ts";

/** 80 columns without the indent of a report. */
const WIDTH = 77;
const BROKEN = "teams/search/index.yaml";
const OTHER = "teams/reports/report-mailer.yaml";
const OTHER_AFTER = "    - sns: { topic: reports-sent, allow: [publish] }\n";
const OTHER_LINE = "    - sns: { topic: reports-failed, allow: [publish] }\n";

/** One mistake stops one function; the other changes of the same push are applied. */
export const brokenFile: Step = { title: "A broken manifest", by: "git push: 2 files, 1 broken", play };

async function play(stage: Stage): Promise<Played> {
  const { world } = stage.simulator;
  const index = bindingOf(stage, "staging", "index");
  const other = bindingOf(stage, "staging", "report-mailer");
  const state = (): string => JSON.stringify([roleOf(world, index), functionOf(world, index)]);
  const before = state();
  const mark = stage.ledger.mark();
  const commit = await stage.repository.push("Sam Weiss", "Search cursors", {
    [BROKEN]: (stage.files[BROKEN] ?? "").replace("- dynamodb:", "- dynamo:"),
    [OTHER]: (stage.files[OTHER] ?? "").replace(OTHER_AFTER, OTHER_AFTER + OTHER_LINE),
  });
  const diagnostic = await untilShown(stage, "the error is reported", async () => {
    const { diagnostics } = await overviewOf(stage);
    return diagnostics.find((one) => one.severity === "error" && one.origin.file === BROKEN);
  });
  await untilApplied(stage, [other.key], commit);
  const kept = state() === before;
  const writes = stage.ledger.writes(mark).length;
  const repaired = await stage.repository.push("Sam Weiss", "Restore the search cursors", {
    [BROKEN]: stage.files[BROKEN] ?? "",
  });
  await untilApplied(stage, [index.key], repaired);
  const place = formatOrigin(diagnostic.origin);
  return {
    lines: [
      ...problemLines(
        { level: "error", place, message: diagnostic.message, hint: diagnostic.fix },
        WIDTH,
      ).map(lineText),
      kept
        ? "Its last applied revision remains in effect; the other manifests are applied."
        : "Its function CHANGED.",
    ],
    facts: { place, message: diagnostic.message, kept, writes },
    checks: [
      { claim: "the error is reported with its line", holds: diagnostic.origin.line === lineOf(stage) },
      { claim: "search/index keeps its last applied state", holds: kept },
      { claim: "report-mailer was updated, by one call", holds: writes === 1 },
    ],
  };
}

/** 1-based. */
function lineOf(stage: Stage): number {
  const lines = (stage.files[BROKEN] ?? "").split("\n");
  return lines.findIndex((line) => line.includes("- dynamodb:")) + 1;
}
