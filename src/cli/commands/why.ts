import { readDenials } from "../../iam/denial/read-denials.ts";
import { fullResource } from "../../iam/denial/event-resource.ts";
import type { ReportedDenial } from "../../iam/denial/reported.ts";
import { servicesUsed } from "../../iam/services.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { CliError } from "../cli-error.ts";
import type { CliCommand } from "../command.ts";
import { addConfig, addOutput, type OutputOptions } from "../options.ts";
import { printNote, show } from "../print.ts";
import { findGround, loadDirectory, type Project } from "../project.ts";
import {
  checkAction,
  checkResource,
  checkResourceAccount,
  contextOption,
  contextValues,
  resourceAccountOption,
} from "../request-context.ts";
import { matching, targetText } from "../target.ts";
import type { Toolbox } from "../toolbox.ts";
import { caseOf, exitCodeOf, type Case } from "../why/case.ts";
import { functionOf } from "../why/find-function.ts";
import type { LiveOptions } from "../why/live.ts";
import type { MendGround } from "../why/mend.ts";
import type { Question } from "../why/question.ts";
import { caseLines, caseValue } from "../why/report.ts";

interface WhyOptions extends LiveOptions, OutputOptions {
  readonly dir: string;
  readonly namespace?: string;
  readonly context?: readonly string[];
  readonly resourceAccount?: string;
}

export const why: CliCommand<WhyOptions> = {
  name: "why",
  summary: "may a function do something, why not, and which line would mend it",
  description:
    "Says whether a function may carry out ACTION on RESOURCE by the manifests of a folder, which statement decides and where it is written, or what is missing: then the line to add or change, proved by compiling and evaluating it, and whether the guard would refuse it. With - it reads what AWS said on standard input: an access-denied message, a log that has one, a CloudTrail event, a decoded authorization message; then the function is found by its role. With --live it also asks AWS itself, or a state that `plan --save-live` kept, and that answer counts. Without --live it needs neither configuration nor AWS. Exit code 0 allowed, 2 denied, 1 unknown or an error.",
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
      .option("--live [file]", "also as it stands in AWS, or in a saved live state");
  },
  run: async ({ args, options, toolbox }) => {
    const ground = await findGround(options, toolbox);
    const project = await loadDirectory(options.dir, ground, toolbox);
    const asked = await questionsOf(args, options, project, toolbox);
    const actionData = await actionDataFor(asked, project, toolbox);
    const context: MendGround = { project, ground, actionData, toolbox, dir: options.dir, awsText: NOT_READ };
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

interface Asked {
  readonly question: Question;
  readonly reported: ReportedDenial | null;
}

async function questionsOf(
  [target = "", action, resource]: readonly string[],
  options: WhyOptions,
  project: Project,
  toolbox: Toolbox,
): Promise<readonly Asked[]> {
  const bindings = [...project.compilation.desired.bindings.values()];
  const context = Object.fromEntries(contextValues(options.context ?? []));
  const { resourceAccount } = options;
  checkResourceAccount(resourceAccount);
  if (target !== "-" && action !== "-") {
    if (action === undefined || resource === undefined)
      throw new CliError("an action and a resource are needed", "or -, and AWS's message on standard input");
    checkAction(action);
    checkResource(resource);
    const binding = oneBinding(target, bindings, options.namespace, project);
    return [{ question: { binding, action, resource, context, resourceAccount }, reported: null }];
  }
  const named = target === "-" ? null : oneBinding(target, bindings, options.namespace, project);
  const reports = await readReports(toolbox);
  return reports.map((reported) => {
    const binding = named ?? boundTo(reported, bindings, project);
    const told = { ...lowerKeys(reported), ...context };
    return { question: { binding, ...wanted(reported, binding), context: told, resourceAccount }, reported };
  });
}

function lowerKeys({ context }: ReportedDenial): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
}

function oneBinding(
  target: string,
  bindings: readonly DesiredBinding[],
  namespace: string | undefined,
  project: Project,
): DesiredBinding {
  const [one, ...others] = found(target, bindings, namespace, project);
  if (one !== undefined && others.length === 0) return one;
  const names = [one, ...others].flatMap((binding) => (binding === undefined ? [] : targetText(binding)));
  throw new CliError(`${target} means ${names.length} functions: ${names.join(", ")}`, "name one of them");
}

function found(
  target: string,
  bindings: readonly DesiredBinding[],
  namespace: string | undefined,
  project: Project,
): readonly DesiredBinding[] {
  try {
    return matching(target, bindings, namespace ?? null);
  } catch (error) {
    if (!(error instanceof CliError) || project.compilation.invalid.size === 0) throw error;
    throw new CliError(error.message, `${error.mend ?? ""}; ${INVALID}`, 1, error);
  }
}

const INVALID = "some manifests here have problems: grantkeeper validate";

function boundTo(
  reported: ReportedDenial,
  bindings: readonly DesiredBinding[],
  { compilation }: Project,
): DesiredBinding {
  const result = functionOf(reported, bindings);
  if (result.kind === "ok") return result.value;
  const { message, mend } = result.error;
  throw new CliError(message, compilation.invalid.size === 0 ? mend : `${mend ?? ""}; ${INVALID}`);
}

/** More at once is a log to be searched, and no question. */
const REPORTS = 20;
const STDIN_BYTES = 16_777_216;

async function readReports(toolbox: Toolbox): Promise<readonly ReportedDenial[]> {
  const reports = readDenials(await standardInput(toolbox));
  if (reports.length === 0)
    throw new CliError(
      "standard input tells no refused call",
      "paste the message (User: … is not authorized to perform: …) or the CloudTrail event",
    );
  if (reports.length > REPORTS)
    await printNote(`note: ${reports.length} refusals, the first ${REPORTS} are answered`, toolbox);
  return reports.slice(0, REPORTS);
}

async function standardInput({ terminal }: Toolbox): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of terminal.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > STDIN_BYTES)
      throw new CliError(
        `standard input has more than ${STDIN_BYTES / 1_048_576} MiB`,
        "paste the refusal alone",
      );
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws CliError that says what the report leaves out */
function wanted(reported: ReportedDenial, binding: DesiredBinding): Pick<Question, "action" | "resource"> {
  const { action, resource, operation, encoded } = reported;
  const call = operation === null ? "the call" : operation;
  if (action === null) {
    if (encoded !== null)
      throw new CliError(
        `the message of ${call} is encoded`,
        "aws sts decode-authorization-message --encoded-message … decodes it; paste its answer",
      );
    throw new CliError(
      `which action ${call} needs is not told`,
      `grantkeeper why ${targetText(binding)} ACTION RESOURCE`,
    );
  }
  const place = { partition: binding.partition, region: binding.region, accountId: binding.accountId };
  const full = resource === null ? null : fullResource(action, resource, place);
  if (full !== null) return { action, resource: full };
  if (resource === null && isWithoutResource(action)) return { action, resource: "*" };
  const told = resource === null ? "does not say" : `calls it ${resource}, which is no ARN:`;
  throw new CliError(
    `AWS's message ${told} what ${action} was asked for`,
    `grantkeeper why ${targetText(binding)} ${action} RESOURCE`,
  );
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
function isWithoutResource(action: string): boolean {
  return /^(cloudwatch:PutMetricData|xray:Put\w+)$/i.test(action);
}

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
