import { Option } from "commander";
import { checkedQueueUrl } from "../../model/aws/queue-url.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import { addConfig, type ConfigOptions } from "../../cli/toolbox/options.ts";
import type { OperatorConfig } from "../../cli/toolbox/toolbox.ts";
import { printNote, structuredText } from "../../cli/screen/print.ts";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { someOf } from "../../text/phrases.ts";
import { forwardsOf, type EventQueue, type Forward } from "./event-routes.ts";
import { EVENT_FORMATS, eventFiles, eventStackSets, type EventFormat } from "./event-files.ts";
import { eventStacks } from "./event-stacks.ts";
import { writeBootstrapFiles } from "../bootstrap/write-files.ts";
import { loadDirectory, settingsOf } from "../project/project.ts";

interface EventOptions extends ConfigOptions {
  readonly format?: EventFormat;
  readonly out?: string;
  readonly dir: string;
}

export const bootstrapEvents: CliCommand<EventOptions> = {
  name: "bootstrap events",
  summary: "print the queues and rules that send change events to Grantkeeper",
  description:
    "Prints, for the queues of `changeEvents` in the operator's file, a template of CloudFormation for each account and region: the queue with its dead-letter queue and its policy, the rule of EventBridge that sends to it, and, for the events of other accounts and regions, the rule and the role that forward them to the event bus of the queue. Events of IAM are in us-east-1 only (in China cn-north-1, in GovCloud us-gov-west-1), those of Lambda in the regions of the accounts, which are those of the manifests. A trail must record management events in each account. With --out, one file for each; `--format terraform` writes a module for each, which deploys the same stack, `--format stackset` one template with a stack set for each, which creates nothing in the management account. Calls no AWS; the same input prints the same bytes.",
  examples: [
    ["grantkeeper bootstrap events", "all templates, in the order in which they are deployed"],
    [
      "grantkeeper bootstrap events --format cloudformation --out events",
      "a file for each account and region",
    ],
    [
      "grantkeeper bootstrap events --format stackset",
      "one template with a stack set for each account and region",
    ],
  ],
  define: (command) => {
    addConfig(command)
      .addOption(new Option("--format <format>", "what to print (default: json)").choices(EVENT_FORMATS))
      .option("--out <folder>", "write files below this folder")
      .option("--dir <folder>", "the checkout", ".");
  },
  run: async ({ options, toolbox }) => {
    const { format, out, dir } = options;
    if ((format === "cloudformation" || format === "terraform") && out === undefined)
      throw new CliError("each account and region has a file of its own", "write them with --out FOLDER");
    const { config } = await requireInstallation(options, toolbox);
    const { baseRole, organizationalUnits, callAs } = requireBootstrap(config, format);
    const queues = queuesOf(config);
    const { compilation } = await loadDirectory(dir, settingsOf(config), toolbox);
    const accounts = accountsOf(queues, [...compilation.desired.accounts.values()]);
    const found = eventStacks({ queues, accounts, baseRole });
    if (forwardsOf(queues, accounts).some(isUncertain))
      await printNote(
        "outside the partition aws, check that EventBridge sends events between these regions, or add a queue in each",
        toolbox,
      );
    const settings = { instance: config.instance, organizationalUnits, callAs };
    if (out !== undefined)
      return writeBootstrapFiles(out, eventFiles(found, format ?? "cloudformation", settings), toolbox);
    const printed = format === "stackset" ? eventStackSets(found.stacks, settings) : found;
    await toolbox.terminal.out(structuredText(printed, "json"));
    return 0;
  },
};

/** @see https://aws.amazon.com/blogs/compute/expanding-cross-region-event-routing-with-amazon-eventbridge/ */
function isUncertain({ region, to }: Forward): boolean {
  return to.partition !== "aws" && to.region !== region;
}

function requireBootstrap(
  { bootstrap, file }: OperatorConfig,
  format: EventFormat | undefined,
): OwnRoleSettings {
  if (bootstrap !== null && format === "stackset" && bootstrap.organizationalUnits.length === 0)
    throw new CliError(
      "bootstrap.organizationalUnits is missing",
      "write the organizational units of the accounts (ou-…), or the root (r-…)",
      { place: file, code: "Configuration" },
    );
  if (bootstrap !== null) return bootstrap;
  throw new CliError(
    "bootstrap.baseRole is missing: the role of the process, which reads the queues",
    "add to the file: bootstrap: {baseRole: arn:aws:iam::ACCOUNT:role/grantkeeper-base}",
    { place: file, code: "Configuration" },
  );
}

function queuesOf({ changeEvents, file }: OperatorConfig): readonly EventQueue[] {
  if (changeEvents.length === 0)
    throw new CliError(
      "changeEvents names no queue",
      "add to the file: changeEvents: [{queueUrl: https://sqs.us-east-1.amazonaws.com/ACCOUNT/grantkeeper-changes}]",
      { place: file, code: "Configuration" },
    );
  return changeEvents.map(({ queueUrl, accounts }) => ({ address: checkedQueueUrl(queueUrl), accounts }));
}

/** @throws CliError if an account is in no manifest, so that its regions are not known, or in another partition than a queue */
function accountsOf(
  queues: readonly EventQueue[],
  declared: readonly DesiredAccount[],
): readonly DesiredAccount[] {
  const ids = [...new Set(queues.flatMap(({ accounts }) => accounts))].sort();
  const missing = ids.filter((id) => !declared.some((account) => account.id === id));
  if (missing.length > 0)
    throw new CliError(
      `changeEvents names accounts that no AwsAccount declares: ${someOf(missing)}`,
      "declare them, since their regions decide which rules they need, or name the checkout with --dir",
    );
  const accounts = ids.flatMap((id) => declared.filter((account) => account.id === id));
  for (const { id, partition } of accounts)
    for (const { address, accounts: listed } of queues)
      if (listed.includes(id) && address.partition !== partition)
        throw new CliError(
          `the queue ${address.url} is in another partition than its account ${id}`,
          "name a queue of the same partition: EventBridge sends to no other one",
        );
  return accounts;
}
