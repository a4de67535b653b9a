import { posix } from "node:path";
import { whyAnswer, liveInputs, type LiveInputs } from "../../explain/why/case.ts";
import type { FixInputs } from "../../explain/why/fix.ts";
import { servicesFor } from "../../explain/why/services.ts";
import { complete } from "../../model/values/steps.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import { shippedPoliciesOf } from "../project/findings.ts";
import { compileContext, projectSettings, loadDirectory, type Project } from "../project/project.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { questionsOf, type FolderAskOptions } from "./questions.ts";
import { declaredStatements } from "../../explain/why/role-policies.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { liveFunction, liveRole, type LiveAccount, type Reading, type LiveRole } from "../../model/live.ts";
import type { TargetedRequest } from "../../model/read-requests.ts";
import { orThrow } from "../../model/values/result.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { loadLive } from "../plan/live-file.ts";
import { withProgress } from "../../cli/screen/progress.ts";

export interface FolderWhyOptions extends LiveAnswerOptions, FolderAskOptions {}

/** The answers from the manifests of a folder and, if requested, from AWS or a saved state. @throws CliError, AwsError */
export async function answersOfFolder(
  args: readonly string[],
  options: FolderWhyOptions,
  toolbox: Toolbox,
): Promise<readonly WhyAnswer[]> {
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(options.dir, settings, toolbox);
  const questions = await questionsOf(args, options, { project, toolbox });
  const { desired } = project.compilation;
  const services = questions.flatMap(({ question }) =>
    servicesFor(question.binding, question.action, desired),
  );
  const actionData = await (await toolbox.actionData()).load([...new Set(services)].sort());
  const shipped = await shippedPoliciesOf([desired], toolbox);
  const compile = compileContext(project.snapshot, settings, toolbox);
  const known = {
    files: project.files,
    desired,
    compile,
    actionData,
    shipped,
    fileName: (path: string) => posix.join(options.dir, path),
    awsText: NOT_READ,
  };
  const isLiveAsked = options.live === true || options.liveFile !== undefined;
  const answers: WhyAnswer[] = [];
  for (const { question, reported } of questions) {
    const live = isLiveAsked ? await readLiveInputs(question.binding, { project, toolbox }, options) : null;
    const context: FixInputs = { ...known, nowMs: toolbox.clock.nowMs() };
    answers.push(complete(whyAnswer({ question, reported, live, notDeclared: null }, context)));
  }
  return answers;
}

const NOT_READ = (): undefined => undefined;

interface LiveAnswerOptions extends ConfigOptions {
  /** Also read AWS. */
  readonly live?: true;
  /** Also read the state that was saved in this file. */
  readonly liveFile?: string;
}

/** The role in AWS with its policies; a sentence if it cannot be determined. @throws CliError, AwsError */
async function readLiveInputs(
  binding: DesiredBinding,
  { project, toolbox }: { readonly project: Project; readonly toolbox: Toolbox },
  options: LiveAnswerOptions & { readonly dir: string },
): Promise<LiveInputs | string> {
  const live =
    options.liveFile === undefined
      ? await readNow(binding, options, { project, toolbox })
      : await readSaved(binding, options.liveFile);
  return typeof live === "string" ? live : inputsOf(binding, live, options.dir);
}

function inputsOf(binding: DesiredBinding, account: LiveAccount, dir: string): LiveInputs | string {
  const functionReading = liveFunction(account, binding.region, binding.functionName);
  const roleOf = (arn: string): Reading<LiveRole> => liveRole(account, nameInArn(arn));
  const ofGit = declaredStatements(binding, (path) => posix.join(dir, path));
  return liveInputs({ binding, ofGit, found: functionReading, roleOf, account });
}

async function readSaved(
  { account, accountId }: DesiredBinding,
  file: string,
): Promise<LiveAccount | string> {
  const saved = await loadLive(file);
  const savedAccount = saved.accounts.find((one) => one.accountId === accountId);
  if (savedAccount === undefined) return `${account} is not in the saved state`;
  return savedAccount.live.kind === "read"
    ? savedAccount.live.account
    : `${account} was not read: ${savedAccount.live.reason}`;
}

/** Reads only the function, its role, and the policies that this role and Git attach. */
async function readNow(
  binding: DesiredBinding,
  options: ConfigOptions,
  { project: { compilation }, toolbox }: { readonly project: Project; readonly toolbox: Toolbox },
): Promise<LiveAccount> {
  const installation = await requireInstallation(options, toolbox);
  const account = compilation.desired.accounts.get(binding.accountId);
  if (account === undefined) throw new Error(`${binding.key} was compiled without its account`);
  const aws = await installation.aws();
  const pass = `why-${toolbox.clock.nowMs().toString(36)}`;
  const { region, functionName } = binding;
  const request = {
    account,
    pass,
    functions: [{ region, functionName, qualifiers: [], versions: false, aliases: false, switchTo: null }],
  };
  const readNamed = async (named: Pick<TargetedRequest, "roleNames" | "policyArns">): Promise<LiveAccount> =>
    orThrow(await aws.live.read({ ...request, ...named }, toolbox.signal));
  try {
    return await withProgress("reading AWS", toolbox, async () => {
      const first = await readNamed({ roleNames: [], policyArns: [] });
      const functionReading = liveFunction(first, region, functionName);
      if (functionReading.kind !== "present") return first;
      const roleNames = [nameInArn(functionReading.value.roleArn)];
      const second = await readNamed({ roleNames, policyArns: [] });
      const ofGit = binding.role.attachments.filter(({ policy }) => policy === null).map(({ arn }) => arn);
      const ofRole = policiesOf(liveRole(second, roleNames[0] ?? ""));
      const policyArns = [...new Set([...ofRole, ...ofGit])].sort();
      if (policyArns.length === 0) return second;
      return readNamed({ roleNames, policyArns });
    });
  } finally {
    aws.close();
  }
}

function policiesOf(role: Reading<LiveRole>): readonly string[] {
  if (role.kind !== "present") return [];
  const { attachments, boundary } = role.value;
  return boundary === null ? attachments : [...attachments, boundary];
}
