import { Option } from "commander";
import type { WhyAnswer } from "../../model/answers/why.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addConfig, addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { contextOption, resourceAccountOption } from "../policy/request-context.ts";
import { answersOfController, type ControllerWhyOptions } from "../why/of-controller.ts";
import { answersOfFolder, type FolderWhyOptions } from "../why/of-folder.ts";
import { caseLines } from "../why/report.ts";

interface WhyOptions extends FolderWhyOptions, OutputOptions {
  readonly server?: ControllerWhyOptions["server"];
}

export const why: CliCommand<WhyOptions> = {
  name: "why",
  summary: "may a function do something, why not, and which line would fix it",
  description:
    "Says whether a function may carry out ACTION on RESOURCE by the manifests of a folder, which statement decides and where it is written, or what is missing: then the line to add or change, proved by compiling and evaluating it, and whether the guard would refuse it. With - it reads what AWS said on standard input: an access-denied message, a log that has one, a CloudTrail event, a decoded authorization message; then the function is found by its role. With --live it also asks AWS itself, with --live-file a state that `plan --save-live` kept, and that answer counts. Without them it needs neither configuration nor AWS. With --server the running controller answers, by the accepted revision and by what it last read in AWS: no checkout and no AWS credentials are needed, and the answer by AWS counts. Exit code 0 allowed, 2 denied, 3 unknown.",
  examples: [
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::uploads/1",
      "may it, and what is missing",
    ],
    ["grantkeeper why - < denied.txt", "the function and the rest stand in AWS's own message"],
    ["grantkeeper why orders/orders-api@prod - < event.json", "of this function, by a CloudTrail event"],
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::uploads/1 --live",
      "as git says, and as it stands in AWS",
    ],
    [
      "grantkeeper why orders/orders-api@prod s3:GetObject arn:aws:s3:::uploads/1 --server",
      "as the running controller knows it, without AWS credentials",
    ],
  ],
  define: (command) => {
    addOutput(
      addConfig(
        command
          .argument("<target>", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form that means one; or -")
          .argument("[action]", "such as s3:GetObject; or -, for what AWS said")
          .argument("[resource]", "an ARN, or * for an action that takes none"),
      ),
    )
      .option("-n, --namespace <name>", "of a target without one")
      .option("--dir <folder>", "the checkout", ".")
      .addOption(contextOption())
      .addOption(resourceAccountOption())
      .addOption(
        new Option(
          "--server [url]",
          "ask the running controller: this address, else GRANTKEEPER_SERVER or the operator's file",
        ).conflicts(["live", "liveFile"]),
      )
      .option("--live", "also as it stands in AWS")
      .addOption(
        new Option("--live-file <file>", "also as it stands in a saved live state").conflicts("live"),
      );
  },
  run: async ({ args, options, toolbox }) => {
    const answers =
      options.server === undefined
        ? await answersOfFolder(args, options, toolbox)
        : await answersOfController(args, options, toolbox);
    const prefix = options.server === undefined ? options.dir : "";
    const lines = ({ width }: Layout): readonly string[] =>
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
