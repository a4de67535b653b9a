import { Option } from "commander";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { connect } from "../../cli/client/connect.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import {
  addControllerReportOptions,
  type ReportOptions,
  type ServerOptions,
} from "../../cli/toolbox/options.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import { boardLines, boardReport } from "../rules/board-screen.ts";
import { knownRule } from "../rules/known-rule.ts";
import { ruleBoard, type RuleBoard } from "../rules/breaches.ts";
import { showReport } from "../reports/show-report.ts";

interface RulesOptions extends ReportOptions, ServerOptions {
  readonly dir?: string;
  readonly rule?: string;
  readonly namespace?: string;
  readonly exitCode?: true;
}

export const rules: CliCommand<RulesOptions> = {
  name: "rules",
  summary: "list which function breaks which guard rule, and since when",
  description:
    "Asks the controller which function or ManagedPolicy breaks which guard rule: since when, at which revision it was first found, and until when a Waiver lifts it. `live` is what AWS has and Git does not declare; nothing is refused for it, and no Waiver lifts it. Parts that the rules could not judge are named. `rules show ID` explains a rule without a controller.",
  examples: [
    ["grantkeeper rules", "every broken rule"],
    ["grantkeeper rules --rule RES-001 -n orders", "one rule in one namespace"],
    ["grantkeeper rules -o wide", "with places and the age of the reading"],
    ["grantkeeper rules --exit-code -o junit", "for a nightly pipeline"],
  ],
  define: (command) => {
    addControllerReportOptions(command)
      .option("-n, --namespace <name>", "of this namespace only")
      .option("--rule <id>", "this rule only")
      .option("--exit-code", "exit with 3 if a rule refuses something, or would if Git declared it")
      .addOption(new Option("--dir <folder>").hideHelp());
  },
  run: async ({ options, toolbox }) => {
    if (options.dir !== undefined)
      throw new CliError(
        "rules asks the controller, which reads its own source: it takes no --dir",
        `list the broken rules of a checkout with: grantkeeper validate --dir ${options.dir}`,
      );
    // A typing error must not look like a rule that nothing breaks.
    const rule = options.rule === undefined ? undefined : knownRule(options.rule);
    const client = await connect(options, toolbox).catch(withOffline);
    const board = await readBoard(client, { ...options, ...(rule === undefined ? {} : { rule }) });
    const time = { nowMs: toolbox.clock.nowMs(), about: aboutText(options) };
    const answer = {
      value: board,
      lines: (layout: Parameters<typeof boardLines>[2]) => boardLines(board, time, layout),
      names: () => [...new Set(board.items.map(({ target }) => target))],
      report: () => boardReport(board),
    };
    await showReport(answer, options.output, toolbox);
    return options.exitCode === true && board.items.some(isFailure) ? 3 : 0;
  },
};

/** Without a controller people often want the rules themselves, or to try a checkout. */
function withOffline(cause: unknown): never {
  if (!(cause instanceof CliError) || cause.fix === null || cause.problems.length > 1) throw cause;
  const offline =
    "without a controller: grantkeeper rules show lists the rules, and grantkeeper validate DIR tries a checkout";
  throw new CliError(cause.message, `${cause.fix}; ${offline}`, { cause });
}

/** A waived rule is no failure, and one that refuses only after an approval is none yet. */
function isFailure({ state, severity }: RuleBoard["items"][number]): boolean {
  return state !== "waived" && state !== "pending" && severity === "block";
}

async function readBoard(client: ApiClient, { rule, namespace }: RulesOptions): Promise<RuleBoard> {
  const request = { namespace };
  // The documents first: a key that is declared afterwards would be missing without a trace.
  const [accounts, functions, policies] = await Promise.all([
    client.accountNames(),
    client.list("functionpermissions", request),
    client.list("managedpolicies", request),
  ]);
  const plans = await client.list("plans", request);
  const declared = [...functions, ...policies].flatMap(({ status }) => status.bindings.map(({ key }) => key));
  return ruleBoard({
    plans,
    declared,
    targetOf: (key) => targetText(addressOf(key, accounts)),
    rule: rule ?? null,
  });
}

function aboutText({ rule, namespace }: RulesOptions): string {
  const of = rule === undefined ? "" : ` for ${rule}`;
  return `${of}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}
