import { Option } from "commander";
import type { WhyAnswer } from "../../model/answers/why.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import {
  addLocalOptions,
  addNamespace,
  type OutputOptions,
  type ConfigOptions,
} from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { contextOption, resourceAccountOption, contextValues } from "../policy/request-context.ts";
import { answersOfFolder, type FolderWhyOptions } from "../why/of-folder.ts";
import { caseLines } from "../why/report.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { WhyQuestion } from "../../api/questions.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { connect } from "../../cli/client/connect.ts";
import { knownBindings } from "../../cli/client/known-bindings.ts";
import { keyParts } from "../../model/keys/key.ts";
import { theOnly } from "../../cli/toolbox/target.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { questionParts, readReports, type AskOptions } from "../why/questions.ts";

interface WhyOptions extends FolderWhyOptions, OutputOptions {
  readonly server?: ControllerWhyOptions["server"];
}

export const why: CliCommand<WhyOptions> = {
  name: "why",
  summary: "explain why a function may or may not do something, and how to fix it",
  description:
    "Shows whether the manifests of a folder allow a function to carry out ACTION on RESOURCE, and which statement decides, with its file and line. If nothing allows it, shows the line to add or change, proved by compiling and evaluating it, and whether the guard would refuse that line. With -, reads an error from standard input: an access-denied message, a log with one, a CloudTrail event or a decoded authorization message; the role in it names the function. With --live, also reads AWS; with --live-file, also a state that `plan --save-live` saved; then the answer from AWS decides. Without these two options, needs neither configuration nor AWS. With --server, the running controller answers from the accepted revision and its last read of AWS: no checkout and no AWS credentials are needed. Exit code 0 allowed, 2 denied, 3 unknown.",
  examples: [
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::in/1",
      "whether it is allowed, and how to allow it",
    ],
    ["grantkeeper why - < denied.txt", "an error message of AWS, which names everything"],
    ["grantkeeper why orders/orders-api@prod - < event.json", "this function, from a CloudTrail event"],
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::in/1 --live",
      "as declared in Git, and in AWS",
    ],
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::in/1 --server",
      "from the running controller, without AWS credentials",
    ],
  ],
  define: (command) => {
    command
      .argument("<target>", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form of one target; or -")
      .argument("[action]", "such as s3:GetObject; or - for an error message of AWS")
      .argument("[resource]", "an ARN, or * for an action that takes none");
    addNamespace(addLocalOptions(command))
      .option("--dir <folder>", "the checkout", ".")
      .addOption(contextOption())
      .addOption(resourceAccountOption())
      .addOption(
        new Option(
          "--server [url]",
          "ask the running controller: this address, else GRANTKEEPER_SERVER or the operator's file",
        ).conflicts(["live", "liveFile"]),
      )
      .option("--live", "also ask AWS")
      .addOption(new Option("--live-file <file>", "also ask a saved live state").conflicts("live"));
  },
  run: async ({ args, options, toolbox }) => {
    const answers =
      options.server === undefined
        ? await answersOfFolder(args, options, toolbox)
        : await answersOfController(args, options, toolbox);
    const prefix = options.server === undefined ? options.dir : "";
    const lines = ({ width }: Layout): readonly ScreenLine[] =>
      answers.flatMap((one, at) => [...(at === 0 ? [] : ["", ""]), ...caseLines(one, prefix, width)]);
    const value = answers.length === 1 ? answers[0] : answers;
    await show({ value, lines }, options.output, toolbox);
    return exitCodeOf(answers);
  },
};

const EXIT_CODES = { allowed: 0, denied: 2, unknown: 3 } as const satisfies Record<
  WhyAnswer["answer"],
  ExitCode
>;

function exitCodeOf(answers: readonly WhyAnswer[]): ExitCode {
  const kinds = answers.map(({ answer }) => answer);
  return EXIT_CODES[(["denied", "unknown"] as const).find((kind) => kinds.includes(kind)) ?? "allowed"];
}

interface ControllerWhyOptions extends AskOptions, ConfigOptions {
  /** true: the address from the environment or from the operator's file. */
  readonly server: string | true;
}

/** The answers of the controller, from the accepted revision and its last read of AWS. @throws CliError */
async function answersOfController(
  args: readonly string[],
  { server, ...options }: Omit<ControllerWhyOptions, "server"> & { readonly server?: string | true },
  toolbox: Toolbox,
): Promise<readonly WhyAnswer[]> {
  const parts = questionParts(args, options);
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  const key = await keyOf(parts.target, options.namespace ?? null, client);
  const about = {
    ...(key !== null && { key }),
    context: Object.fromEntries(contextValues(options.context ?? [])),
    ...(options.resourceAccount !== undefined && { resourceAccount: options.resourceAccount }),
  };
  const questions: readonly WhyQuestion[] =
    parts.kind === "question"
      ? [{ ...about, action: parts.action, resource: parts.resource }]
      : (await readReports(toolbox)).map((reported) => ({ ...about, reported }));
  const answers: WhyAnswer[] = [];
  for (const question of questions) answers.push((await client.create("whys", question)).status);
  const namespaces = new Set(answers.map((answer) => keyParts(answer.key).namespace));
  await noteAskedRollbacks(client, namespaces, toolbox);
  return answers;
}

async function keyOf(
  target: string | null,
  namespace: string | null,
  client: ApiClient,
): Promise<string | null> {
  if (target === null) return null;
  return theOnly(target, await knownBindings(target, client, namespace)).key;
}
