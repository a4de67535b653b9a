import { managedText } from "../../../diff/documents/permissions.ts";
import { arnParts, functionInArn, type FunctionInArn } from "../../../model/aws/arn.ts";
import { parseAccountId, parseRegion } from "../../../model/aws/ids.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import { accountIdOf } from "../../../model/keys/key.ts";
import { policiesReadMs, type LiveAccount } from "../../../model/live.ts";
import { formatDuration } from "../../../model/values/duration.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { WhyAnswer } from "../../../model/answers/why.ts";
import type { WhyReader, WhyRequest } from "../../../model/answers/questions/access-questions.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { noRevision } from "../no-revision.ts";
import { inSlices } from "../../slices.ts";
import type { FixInputs } from "../../../explain/why/fix.ts";
import { whyAnswer, type LiveInputs } from "../../../explain/why/case.ts";
import { functionOf, type NotFound } from "../../../explain/why/find-function.ts";
import type { Question } from "../../../explain/why/question.ts";
import { reportedContext, reportedQuestion } from "../../../explain/why/reported-question.ts";
import { servicesFor } from "../../../explain/why/services.ts";
import { askAccounts, withAsked } from "./asked-accounts.ts";
import { declarationOf } from "./functions.ts";
import { failingOf, fileName, liveOf, resourcePolicy, type Asking } from "./asking.ts";

/** Answers from the accepted revision and the readings of the last pass. Makes no AWS calls. */
export async function askWhy(
  request: WhyRequest,
  reader: WhyReader,
  { state, settings, ports }: ControllerContext,
): Promise<Result<WhyAnswer, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const nowMs = ports.clock.nowMs();
  const known = { state, enforced, records: await ports.store.accounts(), reader, nowMs };
  const subject = subjectOf(request, known);
  if (subject.kind === "err") return subject;
  const { binding, notDeclared } = subject.value;
  const parsedQuestion = questionOf(request, binding);
  if (parsedQuestion.kind === "err") return parsedQuestion;
  const question = parsedQuestion.value;
  const owner = parseAccountId(functionInArn(question.resource)?.accountId ?? "");
  const accounts = [binding.accountId, ...(owner === undefined ? [] : [owner])];
  const asking = { ...known, state: withAsked(state, await askAccounts(accounts, { state, ports })) };
  const live = liveToAnswer(question, asking);
  const sources = await sourcesOf(question, asking, { settings, ports });
  const steps = whyAnswer({ question, reported: request.reported, live, notDeclared }, sources);
  const answer = await inSlices(steps, ports.eventLoop, state.hardStop);
  return ok({ ...answer, notes: [...answer.notes, ...readNotes(answer, live, asking)] });
}

/** The role as the last pass read it, with the policy of the resource if it was read too; a sentence if the role was not read. */
function liveToAnswer(question: Question, asking: Asking): LiveInputs | string {
  const inputs = liveOf(question.binding, asking);
  if (typeof inputs === "string") return inputs;
  return { ...inputs, policies: { ...inputs.policies, resource: resourcePolicy(question, asking) } };
}

async function sourcesOf(
  { binding, action }: Question,
  { state, enforced, nowMs }: Asking,
  { settings, ports }: Pick<ControllerContext, "settings" | "ports">,
): Promise<FixInputs> {
  const { desired } = enforced.compilation;
  const { live: account } = state.account(binding.accountId);
  const awsText = (arn: string): string | undefined =>
    account === null ? undefined : managedText(arn, account);
  return {
    files: [...enforced.inputs.values()].flatMap(({ parsed }) => [...parsed.values()]),
    desired,
    // The lines claim no role, so earlier holders of roles do not matter.
    compile: {
      ...settings.compile,
      revision: enforced.revision,
      nowMs,
      holders: new Map(),
      earlierTenancy: desired.tenancy.kind,
      readings: state.references.readings(),
    },
    actionData: await ports.actionData.load(servicesFor(binding, action, desired)),
    shipped: { snapshotDate: "the last read", textOf: awsText, nearestTo: () => undefined },
    nowMs,
    fileName,
    awsText,
  };
}

interface AskedBinding {
  readonly binding: DesiredBinding;
  /** Why no valid manifest declares it now; null: one does. */
  readonly notDeclared: string | null;
}

function subjectOf(
  { key, reported }: WhyRequest,
  { reader, state, enforced }: Asking,
): Result<AskedBinding, Refusal> {
  const { desired } = enforced.compilation;
  if (key === null) {
    if (reported === null) return err({ code: "invalid", message: "a key or AWS's message is needed" });
    const visible = [...desired.bindings.values()].filter((binding) => reader.sees(binding.key));
    const reportedFunction = functionOf(reported, visible);
    return reportedFunction.kind === "ok"
      ? ok({ binding: reportedFunction.value, notDeclared: null })
      : err(refusal(reportedFunction.error));
  }
  const declared = desired.bindings.get(key);
  if (declared !== undefined) return ok({ binding: declared, notDeclared: null });
  const former = state.account(accountIdOf(key)).views.get(key)?.desired ?? null;
  if (former === null || !("functionName" in former))
    return err({ code: "not-found", message: `unknown function ${key}` });
  const declaration = declarationOf(key, enforced);
  const notDeclared = declaration.kind === "broken" ? declaration.reason : "no manifest declares it";
  return ok({ binding: former, notDeclared });
}

function refusal({ message, fix }: NotFound): Refusal {
  return { code: "invalid", message, ...(fix !== null && { hint: fix }) };
}

function questionOf(request: WhyRequest, binding: DesiredBinding): Result<Question, Refusal> {
  const { action, resource, reported, context, resourceAccount } = request;
  const account = resourceAccount ?? undefined;
  if (action !== null && resource !== null)
    return inPartition({ binding, action, resource, context, resourceAccount: account });
  if (reported === null)
    return err({ code: "invalid", message: "an action and a resource, or AWS's message, are needed" });
  const parsedQuestion = reportedQuestion(reported, binding);
  if (parsedQuestion.kind === "err") return err(refusal(parsedQuestion.error));
  const known = { ...reportedContext(reported), ...context };
  return inPartition({ binding, ...parsedQuestion.value, context: known, resourceAccount: account });
}

/** No request crosses partitions. */
function inPartition(question: Question): Result<Question, Refusal> {
  const { resource, binding } = question;
  const partition = resource === "*" ? binding.partition : arnParts(resource).partition;
  if (partition === binding.partition) return ok(question);
  return err({
    code: "invalid",
    message: `${resource} is in partition ${partition}, the function of ${binding.partition}`,
    hint: `name a resource of ${binding.partition}`,
  });
}

/** The age of the reading, and unread policies that may still deny an allowed call. */
function readNotes(
  { live, resource }: WhyAnswer,
  inputs: LiveInputs | string,
  asking: Asking,
): readonly string[] {
  if (typeof inputs === "string" || live === null) return [];
  const age = `AWS was read ${ageText(inputs.readAtMs, asking)} ago`;
  if (inputs.policies.resource.kind !== "not-read") return [age, ...resourceNotes(resource, inputs, asking)];
  const unseen = "the policy of the resource was not read: it may contain a Deny";
  return live.kind === "allowed" ? [age, unseen] : [age];
}

/** The policy of a function in another account is as old as the read of that account. */
function resourceNotes(resource: string, { role }: LiveInputs, asking: Asking): readonly string[] {
  const { state, records } = asking;
  const lambdaArn = functionInArn(resource);
  const owner = parseAccountId(lambdaArn?.accountId ?? "");
  const live = owner === undefined ? null : state.account(owner).live;
  if (owner === undefined || live === null || owner === arnParts(role.arn)?.accountId) return [];
  const failing = failingOf(owner, records);
  const fails = failing === null ? "" : `; newer reads of account ${owner} fail: ${failing.reason}`;
  return [
    `the policy of the resource was read ${ageText(policyReadMs(live, lambdaArn), asking)} ago${fails}`,
  ];
}

function policyReadMs(live: LiveAccount, lambdaArn: FunctionInArn | null): number {
  const region = parseRegion(lambdaArn?.region ?? "");
  if (lambdaArn === null || region === undefined) return live.observedAtMs;
  return policiesReadMs(live, region, lambdaArn.name);
}

function ageText(atMs: number, { nowMs }: Asking): string {
  return formatDuration(Math.max(0, nowMs - atMs));
}
