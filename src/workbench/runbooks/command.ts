import { show } from "../../cli/screen/print.ts";
import { table } from "../../cli/screen/table.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { runbookFacts, runbookLines } from "./runbook-screen.ts";
import { RUNBOOKS, runbookNames, runbookOf } from "./runbooks.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Runbook } from "./runbook.ts";

export const runbook: CliCommand<OutputOptions> = {
  name: "runbook",
  summary: "show what to do about an alert or a condition",
  description:
    "Shows what an alert or a reason of a condition means, what is at risk, how to see it, what to do and how to know that it is over. NAME is a word with which status begins an item (exposed), a reason (AccessDenied), the kind of an alert (access-denied), its name in Alertmanager (GrantkeeperPlanHeld), or the name of a rule of Prometheus (GrantkeeperDown). Without NAME: lists all. Needs no controller and no configuration.",
  examples: [
    ["grantkeeper runbook GrantkeeperAccountUnreadable", "an alert of Prometheus"],
    ["grantkeeper runbook Contended", "the reason of a condition"],
    ["grantkeeper runbook drift-opened", "an alert of a route"],
  ],
  define: (command) => {
    addOutput(
      command.argument(
        "[name]",
        "a word of status, a reason, the kind or name of an alert, or the name of a rule",
      ),
    );
  },
  run: async ({ args: [name], options, toolbox }) => {
    if (name !== undefined) {
      const facts = runbookFacts(knownRunbook(name));
      return show({ value: facts, lines: (layout) => runbookLines(facts, layout) }, options.output, toolbox);
    }
    const all = RUNBOOKS.map(runbookFacts);
    const lines = (): readonly ScreenLine[] =>
      table(
        [
          { title: "RUNBOOK", cell: ({ id }) => id },
          { title: "TITLE", cell: ({ title }) => title },
        ],
        all,
      );
    return show({ value: all, lines }, options.output, toolbox);
  },
};

/** Conditions whose reasons lead to several runbooks. */
const MANY: readonly string[] = ["ready", "reconciling", "stalled"];
const OF_A_REASON = "grantkeeper describe NAMESPACE/NAME shows the reason, such as QuotaExceeded";

/** @throws CliError */
export function knownRunbook(text: string): Runbook {
  const found = runbookOf(text);
  if (found !== undefined) return found;
  if (MANY.includes(text.toLowerCase()))
    throw new CliError(`the condition ${text} has a runbook for each of its reasons`, OF_A_REASON, {
      code: "NotFound",
    });
  const near = nearestName(
    text,
    RUNBOOKS.flatMap((one) => [one.id, ...runbookNames(one)]),
  );
  const hint = near === undefined ? "grantkeeper runbook lists all" : `did you mean "${near}"?`;
  throw new CliError(`no runbook has the name "${text}"`, hint, { code: "NotFound" });
}
