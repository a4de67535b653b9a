import { evaluate, type AppliedPolicies, type ResourcePolicy } from "../../iam/evaluate/evaluate.ts";
import { parseCaller, type Caller } from "../../iam/evaluate/caller.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import { lowerCase } from "../../iam/lower-case.ts";
import { unusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";
import { unusableText } from "../policy/unusable-text.ts";
import { timeContext } from "../../iam/evaluate/time-context.ts";
import { accessRequest, type AccessRequest } from "../../iam/evaluate/request.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Dialect } from "../../model/aws/policy-document.ts";
import { CliError, type ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, repeated, type OutputOptions } from "../../cli/toolbox/options.ts";
import { PolicyReader } from "../policy/policy-files.ts";
import { printAside, printNote, show } from "../../cli/screen/print.ts";
import { hintLines } from "../../cli/screen/problem.ts";
import { decisionLines } from "../policy/decision.ts";
import {
  checkAction,
  checkPartition,
  checkResource,
  checkResourceAccount,
  contextOption,
  contextValues,
  resourceAccountOption,
} from "../policy/request-context.ts";

interface CanOptions extends OutputOptions {
  readonly as: string;
  readonly policy?: readonly string[];
  readonly boundary?: string;
  readonly sessionPolicy?: readonly string[];
  readonly resourcePolicy?: string;
  readonly trust?: string;
  readonly resourceAccount?: string;
  readonly context?: readonly string[];
}

export const policyCan: CliCommand<CanOptions> = {
  name: "policy can",
  summary: "evaluate a request against policies, and explain the answer",
  description:
    "Shows whether the given documents allow CALLER to carry out ACTION on RESOURCE, and which statements decide, or which statement comes nearest and what fails in it. Omitted policies are assumed absent, except the policy of another account's resource, a role's trust and a key's policy: without these the answer is unknown. Policies of an organization are not evaluated. The time is now, unless --context aws:CurrentTime=… is given. Needs no configuration. Exit code 0 allowed, 2 denied, 3 unknown.",
  examples: [
    [
      "grantkeeper policy can --as arn:aws:iam::111122223333:role/orders \\\n    --policy role.json s3:GetObject arn:aws:s3:::data/x",
      "whether the role may read it",
    ],
    [
      "grantkeeper policy can --as events.amazonaws.com \\\n    --resource-policy function.json --context aws:SourceAccount=111122223333 \\\n    lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:orders",
      "whether a service may invoke it",
    ],
  ],
  define: (command) => {
    addOutput(
      command
        .argument("<action>", "such as s3:GetObject")
        .argument("<resource>", "an ARN, or * for an action that takes none"),
    )
      .requiredOption(
        "--as <caller>",
        "ARN of a role, session or user, account id, service principal, or anonymous",
      )
      .addOption(
        repeated(
          "--policy <file>",
          "an identity policy of the caller, or - for standard input; may be repeated",
        ),
      )
      .option("--boundary <file>", "its permissions boundary")
      .addOption(repeated("--session-policy <file>", "a policy passed to its session; may be repeated"))
      .option("--resource-policy <file>", "the resource's own policy")
      .option("--trust <file>", "the trust of the role that is assumed")
      .addOption(resourceAccountOption())
      .addOption(contextOption());
  },
  run: async ({ args: [action = "", resource = ""], options, toolbox }) => {
    const caller = callerOption(options.as);
    const request = requestOf({ action, resource, caller, options, nowMs: toolbox.clock.nowMs() });
    const policies = await policiesOf(request, options, new PolicyReader(toolbox));
    const decision = evaluate(request, policies);
    await show({ value: decision, lines: () => decisionLines(request, decision) }, options.output, toolbox);
    const unusable = unusablePermission(lowerCase(action), resource);
    if (unusable !== null) await printNote(unusableText(unusable), toolbox);
    if (decision.kind === "unknown" && policies.resource.kind === "not-read")
      await printAside((width) => hintLines(NAME_THE_POLICY, width), toolbox);
    return EXIT_CODES[decision.kind];
  },
};

const NAME_THE_POLICY = "name it with --resource-policy, or --trust for a role that is assumed";
const EXIT_CODES = { allowed: 0, denied: 2, unknown: 3 } as const satisfies Record<string, ExitCode>;

function callerOption(text: string): Caller {
  const caller = parseCaller(text);
  if (caller.kind === "ok") return caller.value;
  throw new CliError(`--as "${text}" ${caller.error}`, "such as arn:aws:iam::111122223333:role/orders");
}

interface RequestInputs {
  readonly action: string;
  readonly resource: string;
  readonly caller: Caller;
  readonly options: CanOptions;
  readonly nowMs: number;
}

function requestOf({ action, resource, caller, options, nowMs }: RequestInputs): AccessRequest {
  const { resourceAccount } = options;
  checkAction(action);
  checkResource(resource);
  checkResourceAccount(resourceAccount);
  if (options.as.startsWith("arn:")) checkPartition(resource, arnParts(options.as).partition);
  const context = { ...timeContext(nowMs), ...Object.fromEntries(contextValues(options.context ?? [])) };
  return accessRequest({ caller, action, resource, resourceAccount, context });
}

async function policiesOf(
  { caller, resource, resourceAccount }: AccessRequest,
  options: CanOptions,
  reader: PolicyReader,
): Promise<AppliedPolicies> {
  const { policy = [], boundary, sessionPolicy = [], resourcePolicy, trust } = options;
  if (resourcePolicy !== undefined && trust !== undefined)
    throw new CliError("--trust and --resource-policy exclude each other", "a role has its trust alone");
  const own = "accountId" in caller ? caller.accountId : "";
  const owner = resourceAccount ?? own;
  const partition = resource === "*" ? "aws" : arnParts(resource).partition;
  const read = async (file: string, dialect: Dialect, accountId: string): Promise<AttachedPolicy> => {
    const context = { dialect, partition, accountId };
    const { name, text } = await reader.read(file, context);
    return attachedPolicy({ from: name, text }, context);
  };
  const readAll = async (files: readonly string[]): Promise<readonly AttachedPolicy[]> => {
    const found = [];
    for (const file of files) found.push(await read(file, "identity", own));
    return found;
  };
  const ofResource = async (): Promise<ResourcePolicy> => {
    if (trust !== undefined) return { kind: "policy", policy: await read(trust, "trust", owner) };
    if (resourcePolicy === undefined) return { kind: "not-read" };
    return { kind: "policy", policy: await read(resourcePolicy, "resource", owner) };
  };
  return {
    identity: await readAll(policy),
    boundary: boundary === undefined ? null : await read(boundary, "boundary", own),
    session: await readAll(sessionPolicy),
    resource: await ofResource(),
  };
}
