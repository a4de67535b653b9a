import { Option } from "commander";
import { servicesUsed } from "../../iam/services.ts";
import type { CliCommand } from "../command.ts";
import { shippedPoliciesOf } from "../findings.ts";
import { addConfig, addOutput, type OutputOptions } from "../options.ts";
import { show } from "../print.ts";
import { findGround, loadDirectory, type Project } from "../project.ts";
import { contextOption, resourceAccountOption } from "../request-context.ts";
import type { Toolbox } from "../toolbox.ts";
import { questionsOf, type Asked, type AskOptions } from "../why/asked.ts";
import { caseOf, exitCodeOf, type Case } from "../why/case.ts";
import type { LiveOptions } from "../why/live.ts";
import type { MendGround } from "../why/mend.ts";
import { caseLines, caseValue } from "../why/report.ts";

interface WhyOptions extends LiveOptions, OutputOptions, AskOptions {
  readonly dir: string;
}

export const why: CliCommand<WhyOptions> = {
  name: "why",
  summary: "may a function do something, why not, and which line would mend it",
  description:
    "Says whether a function may carry out ACTION on RESOURCE by the manifests of a folder, which statement decides and where it is written, or what is missing: then the line to add or change, proved by compiling and evaluating it, and whether the guard would refuse it. With - it reads what AWS said on standard input: an access-denied message, a log that has one, a CloudTrail event, a decoded authorization message; then the function is found by its role. With --live it also asks AWS itself, with --live-file a state that `plan --save-live` kept, and that answer counts. Without them it needs neither configuration nor AWS. Exit code 0 allowed, 2 denied, 3 unknown.",
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
      .option("--live", "also as it stands in AWS")
      .addOption(
        new Option("--live-file <file>", "also as it stands in a saved live state").conflicts("live"),
      );
  },
  run: async ({ args, options, toolbox }) => {
    const ground = await findGround(options, toolbox);
    const project = await loadDirectory(options.dir, ground, toolbox);
    const asked = await questionsOf(args, options, project, toolbox);
    const actionData = await actionDataFor(asked, project, toolbox);
    const shipped = await shippedPoliciesOf([project.compilation.desired], toolbox);
    const reading = { dir: options.dir, awsText: NOT_READ };
    const context: MendGround = { project, ground, actionData, shipped, toolbox, ...reading };
    const cases: Case[] = [];
    for (const { question, reported } of asked)
      cases.push(await caseOf(question, reported, options, context));
    const values = cases.map(caseValue);
    const lines = (): readonly string[] =>
      cases.flatMap((one, at) => [...(at === 0 ? [] : ["", ""]), ...caseLines(one, options.dir)]);
    await show({ value: values.length === 1 ? values[0] : values, lines }, options.output, toolbox);
    return exitCodeOf(cases);
  },
};

const NOT_READ = (): undefined => undefined;

/** Of what decides, and of what a mend may bring. */
async function actionDataFor(
  asked: readonly Asked[],
  { compilation }: Project,
  toolbox: Toolbox,
): Promise<MendGround["actionData"]> {
  const { policies } = compilation.desired;
  const statements = asked.flatMap(({ question: { binding } }) => {
    const { inline, attachments } = binding.role;
    const attached = attachments.flatMap(({ policy }) =>
      policy === null ? [] : (policies.get(policy)?.document.statements ?? []),
    );
    return [...inline.statements, ...attached];
  });
  const text = JSON.stringify({ Statement: statements.map(({ statement }) => statement) });
  const prefixes = asked.map(({ question }) => question.action.toLowerCase().split(":")[0] ?? "");
  return (await toolbox.actionData()).load([...new Set([...servicesUsed([text]), ...prefixes])].sort());
}
