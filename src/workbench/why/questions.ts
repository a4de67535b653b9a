import { readDenials } from "../../iam/denial/read-denials.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import { functionOf } from "../../explain/why/find-function.ts";
import type { Question } from "../../explain/why/question.ts";
import { reportedContext, reportedQuestion } from "../../explain/why/reported-question.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { printNote } from "../../cli/screen/print.ts";
import type { Project } from "../project/project.ts";
import {
  checkAction,
  checkPartition,
  checkResource,
  checkResourceAccount,
  contextValues,
} from "../policy/request-context.ts";
import { standardInput } from "../../cli/toolbox/standard-input.ts";
import { theOnly } from "../../cli/toolbox/target.ts";
import { matchingDeclared } from "../project/declared-target.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

export interface AskOptions {
  readonly namespace?: string;
  readonly context?: readonly string[];
  readonly resourceAccount?: string;
}

/** Options of a question that the manifests of a folder answer. */
export interface FolderAskOptions extends AskOptions {
  readonly dir: string;
}

/** A question, and the error message of AWS that it was taken from. */
interface AskedQuestion {
  readonly question: Question;
  readonly reported: ReportedDenial | null;
}

/** The command line has the question, or an error message of AWS has it. `target` null: the message names the function. */
type QuestionParts =
  | {
      readonly kind: "question";
      readonly target: string;
      readonly action: string;
      readonly resource: string;
    }
  | { readonly kind: "reported"; readonly target: string | null };

/** @throws CliError that names the missing part */
export function questionParts(
  [target = "", action, resource]: readonly string[],
  { resourceAccount }: AskOptions,
): QuestionParts {
  checkResourceAccount(resourceAccount);
  if (target !== "-" && action !== "-") {
    if (action === undefined || resource === undefined)
      throw new CliError(
        "an action and a resource are needed",
        "name both, or write - and paste the error message of AWS to standard input",
      );
    checkAction(action);
    checkResource(resource);
    return { kind: "question", target, action, resource };
  }
  const extra = target === "-" ? action : resource;
  if (extra !== undefined)
    throw new CliError(`unexpected "${extra}" after -`, "action and resource are read from standard input");
  return { kind: "reported", target: target === "-" ? null : target };
}

/** The questions of the command line or of standard input. @throws CliError that names the missing part */
export async function questionsOf(
  args: readonly string[],
  options: FolderAskOptions,
  { project, toolbox }: { readonly project: Project; readonly toolbox: Toolbox },
): Promise<readonly AskedQuestion[]> {
  const parts = questionParts(args, options);
  const bindings = [...project.compilation.desired.bindings.values()];
  const context = Object.fromEntries(contextValues(options.context ?? []));
  const { resourceAccount } = options;
  const named = parts.target === null ? null : oneBinding(parts.target, options, project);
  if (parts.kind === "question" && named !== null) {
    const { action, resource } = parts;
    checkPartition(resource, named.partition);
    return [{ question: { binding: named, action, resource, context, resourceAccount }, reported: null }];
  }
  const reports = await readReports(toolbox);
  return reports.map((reported) => {
    const binding = named ?? boundTo(reported, bindings, project);
    const known = { ...reportedContext(reported), ...context };
    const reportedAccess = reportedQuestion(reported, binding);
    if (reportedAccess.kind === "err")
      throw new CliError(reportedAccess.error.message, reportedAccess.error.fix);
    checkPartition(reportedAccess.value.resource, binding.partition);
    return { question: { binding, ...reportedAccess.value, context: known, resourceAccount }, reported };
  });
}

function oneBinding(
  target: string,
  { dir, namespace }: FolderAskOptions,
  { compilation }: Project,
): DesiredBinding {
  try {
    const bindings = [...compilation.desired.bindings.values()];
    return theOnly(target, matchingDeclared(target, bindings, { dir, namespace: namespace ?? null }));
  } catch (error) {
    const isNotFound = error instanceof CliError && error.problems[0]?.code === "NotFound";
    if (!isNotFound || compilation.invalid.size === 0) throw error;
    const fix = `${error.fix ?? ""}; ${INVALID}`;
    throw new CliError(error.message, fix, { cause: error, code: "NotFound" });
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
  const { message, fix } = result.error;
  throw new CliError(message, compilation.invalid.size === 0 ? fix : `${fix ?? ""}; ${INVALID}`);
}

/** A longer input is probably a log that was not searched first. */
const REPORTS = 20;

export async function readReports(toolbox: Toolbox): Promise<readonly ReportedDenial[]> {
  const reports = readDenials(await standardInput(toolbox, "paste only the error message"));
  if (reports.length === 0)
    throw new CliError(
      "standard input has no denied call",
      "paste the message (User: … is not authorized to perform: …) or the CloudTrail event",
    );
  if (reports.length > REPORTS)
    await printNote(`${reports.length} denied calls, only the first ${REPORTS} are answered`, toolbox);
  return reports.slice(0, REPORTS);
}
