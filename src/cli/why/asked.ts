import { fullResource } from "../../iam/denial/event-resource.ts";
import { readDenials } from "../../iam/denial/read-denials.ts";
import type { ReportedDenial } from "../../iam/denial/reported.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { CliError } from "../cli-error.ts";
import { printNote } from "../print.ts";
import type { Project } from "../project.ts";
import {
  checkAction,
  checkPartition,
  checkResource,
  checkResourceAccount,
  contextValues,
} from "../request-context.ts";
import { standardInput } from "../standard-input.ts";
import { matching, targetText } from "../target.ts";
import type { Toolbox } from "../toolbox.ts";
import { functionOf } from "./find-function.ts";
import type { Question } from "./question.ts";

export interface AskOptions {
  readonly namespace?: string;
  readonly context?: readonly string[];
  readonly resourceAccount?: string;
}

/** A question, and what AWS said where it came from there. */
export interface Asked {
  readonly question: Question;
  readonly reported: ReportedDenial | null;
}

/** What the command line asks, or standard input. @throws CliError that says what is missing */
export async function questionsOf(
  [target = "", action, resource]: readonly string[],
  options: AskOptions,
  project: Project,
  toolbox: Toolbox,
): Promise<readonly Asked[]> {
  const bindings = [...project.compilation.desired.bindings.values()];
  const context = Object.fromEntries(contextValues(options.context ?? []));
  const { resourceAccount } = options;
  checkResourceAccount(resourceAccount);
  if (target !== "-" && action !== "-") {
    if (action === undefined || resource === undefined)
      throw new CliError(
        "an action and a resource are needed",
        "name both, or write - and give AWS's message on standard input",
      );
    checkAction(action);
    checkResource(resource);
    const binding = oneBinding(target, bindings, options.namespace, project);
    checkPartition(resource, binding.partition);
    return [{ question: { binding, action, resource, context, resourceAccount }, reported: null }];
  }
  const beside = target === "-" ? action : resource;
  if (beside !== undefined)
    throw new CliError(`"${beside}" stands behind -`, "action and resource are read from standard input");
  const named = target === "-" ? null : oneBinding(target, bindings, options.namespace, project);
  const reports = await readReports(toolbox);
  return reports.map((reported) => {
    const binding = named ?? boundTo(reported, bindings, project);
    const told = { ...lowerKeys(reported), ...context };
    const asked = wanted(reported, binding);
    checkPartition(asked.resource, binding.partition);
    return { question: { binding, ...asked, context: told, resourceAccount }, reported };
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
    throw new CliError(error.message, `${error.mend ?? ""}; ${INVALID}`, 1, error, { code: "NotFound" });
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

async function readReports(toolbox: Toolbox): Promise<readonly ReportedDenial[]> {
  const reports = readDenials(await standardInput(toolbox, "paste the refusal alone"));
  if (reports.length === 0)
    throw new CliError(
      "standard input tells no refused call",
      "paste the message (User: … is not authorized to perform: …) or the CloudTrail event",
    );
  if (reports.length > REPORTS)
    await printNote(`note: ${reports.length} refusals, the first ${REPORTS} are answered`, toolbox);
  return reports.slice(0, REPORTS);
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
