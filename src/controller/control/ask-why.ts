import type { AccountRecord } from "../../model/records/account-record.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import type { ResourcePolicy } from "../../iam/evaluate/evaluate.ts";
import { mayClaim } from "../../iam/names/team-claims.ts";
import { attachedPolicy } from "../../iam/evaluate/policy.ts";
import { arnParts, functionArn, functionInArn, type FunctionInArn } from "../../model/aws/arn.ts";
import { parseAccountId, parsePartition, parseRegion } from "../../model/aws/ids.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { liveFunction, policiesReadMs, type LiveAccount } from "../../model/live.ts";
import { formatDuration } from "../../model/values/duration.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import type { Refusal, WhyReader, WhyRequest } from "../ports/control.ts";
import type { ControllerContext } from "../settings.ts";
import { noRevision } from "./no-revision.ts";
import { inSlices } from "../slices.ts";
import type { ControllerState, EnforcedNow } from "../state/controller-state.ts";
import type { FixInputs } from "../../explain/why/fix.ts";
import { liveInputs, whyAnswer, type LiveInputs } from "../../explain/why/case.ts";
import { functionOf, type NotFound } from "../../explain/why/find-function.ts";
import type { Question } from "../../explain/why/question.ts";
import { reportedContext, reportedQuestion } from "../../explain/why/reported-question.ts";
import { servicesFor } from "../../explain/why/services.ts";

/** The API names a file by its path in the repository. */
const fileName = (path: string): string => path;

/** Answers from the accepted revision and the readings of the last pass. Makes no AWS calls. */
export async function askWhy(
  request: WhyRequest,
  reader: WhyReader,
  { state, settings, ports }: ControllerContext,
): Promise<Result<WhyAnswer, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const asking = {
    state,
    enforced,
    records: await ports.store.accounts(),
    reader,
    nowMs: ports.clock.nowMs(),
  };
  const found = subjectOf(request, asking);
  if (found.kind === "err") return found;
  const { binding, notDeclared } = found.value;
  const asked = questionOf(request, binding);
  if (asked.kind === "err") return asked;
  const question = asked.value;
  const live = liveOf(question, asking);
  const sources = await sourcesOf(question, asking, { settings, ports });
  const steps = whyAnswer({ question, reported: request.reported, live, notDeclared }, sources);
  const answer = await inSlices(steps, ports.eventLoop, state.hardStop);
  return ok({ ...answer, notes: [...answer.notes, ...readNotes(answer, live, asking)] });
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

interface Subject {
  readonly binding: DesiredBinding;
  /** Why no valid manifest declares it now; null: one does. */
  readonly notDeclared: string | null;
}

function subjectOf(
  { key, reported }: WhyRequest,
  { reader, state, enforced }: Asking,
): Result<Subject, Refusal> {
  const { compilation, brokenFileKeys } = enforced;
  const { desired, invalid } = compilation;
  if (key === null) {
    if (reported === null) return err({ code: "invalid", message: "a key or AWS's message is needed" });
    const visible = [...desired.bindings.values()].filter((binding) => reader.sees(binding.key));
    const found = functionOf(reported, visible);
    return found.kind === "ok" ? ok({ binding: found.value, notDeclared: null }) : err(refusal(found.error));
  }
  const declared = desired.bindings.get(key);
  if (declared !== undefined) return ok({ binding: declared, notDeclared: null });
  const former = state.account(keyParts(key).accountId).views.get(key)?.desired ?? null;
  if (former === null || !("functionName" in former))
    return err({ code: "not-found", message: `unknown function ${key}` });
  const diagnostic = invalid.get(key)?.[0] ?? brokenFileKeys.get(key);
  if (diagnostic === undefined) return ok({ binding: former, notDeclared: "no manifest declares it" });
  const { origin, message } = diagnostic;
  const place = `${origin.file}:${origin.line}:${origin.column}`;
  return ok({ binding: former, notDeclared: `its manifest is broken: ${place}: ${message}` });
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
  const asked = reportedQuestion(reported, binding);
  if (asked.kind === "err") return err(refusal(asked.error));
  const known = { ...reportedContext(reported), ...context };
  return inPartition({ binding, ...asked.value, context: known, resourceAccount: account });
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

/** The function and its role as the last pass read them; a sentence if they were not read. */
function liveOf(question: Question, asking: Asking): LiveInputs | string {
  const { state, records, reader } = asking;
  const { binding } = question;
  const { live, views, failure } = state.account(binding.accountId);
  const view = views.get(binding.key);
  if (live === null || view === undefined) return failure ?? "AWS was not read yet";
  if (reader.hides(view)) return "the role carries the tag of another owner: it is not shown to this token";
  if (view.readings === null) return view.unread[0] ?? "not read since it was declared";
  const { function: found, declaredRole, otherRole } = view.readings;
  const inputs = liveInputs(
    { binding, found, roleOf: () => otherRole ?? declaredRole, account: live },
    fileName,
  );
  if (typeof inputs === "string") return inputs;
  const resource = resourcePolicy(question, asking);
  return {
    ...inputs,
    policies: { ...inputs.policies, resource },
    readAtMs: Date.parse(view.readAt),
    failing: failingOf(binding.accountId, records),
  };
}

/** One question, with the state that answers it. */
interface Asking {
  readonly state: ControllerState;
  readonly enforced: EnforcedNow;
  readonly records: readonly AccountRecord[];
  readonly reader: WhyReader;
  readonly nowMs: number;
}

function failingOf(accountId: string, records: readonly AccountRecord[]): LiveInputs["failing"] {
  const failing = records.find((record) => record.accountId === accountId)?.failing ?? null;
  if (failing === null) return null;
  return { since: new Date(failing.sinceMs).toISOString(), reason: failing.reason };
}

const NOT_READ = { kind: "not-read" } as const;

/** The policy of the requested function, if the controller reads it and the token may see its owner. */
function resourcePolicy(
  { action, resource }: Question,
  { reader, state, enforced: { compilation } }: Asking,
): ResourcePolicy {
  const asked = functionInArn(resource);
  if (asked === null || !/^lambda:/i.test(action)) return NOT_READ;
  const { name, qualifier } = asked;
  const partition = parsePartition(asked.partition);
  const region = parseRegion(asked.region);
  const accountId = parseAccountId(asked.accountId);
  if (partition === undefined || region === undefined || accountId === undefined) return NOT_READ;
  const arn = functionArn({ partition, region, accountId }, name, null);
  const { desired } = compilation;
  // A manifest may name any function: it is the owner only if its Team allows that.
  const keys = [...desired.bindings.values()].flatMap((binding) =>
    binding.functionArn === arn && mayClaim(binding, desired) ? [binding.key] : [],
  );
  if (!isSeen(keys, reader)) return NOT_READ;
  const { live } = state.account(accountId);
  const found = live === null ? null : liveFunction(live, region, name);
  const policy = found?.kind === "present" ? found.value.policies.get(qualifier ?? "") : undefined;
  if (policy === undefined || policy.kind === "unknown") return NOT_READ;
  if (policy.kind === "absent") return { kind: "none" };
  const document = { from: `policy of function ${name}`, text: policy.value.text };
  const context = documentContext({ partition, accountId }, "resource");
  return { kind: "policy", policy: attachedPolicy(document, context) };
}

function isSeen(owners: readonly Key[], reader: WhyReader): boolean {
  return owners.length === 0 ? reader.seesEverything : owners.every((key) => reader.sees(key));
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
  const asked = functionInArn(resource);
  const owner = parseAccountId(asked?.accountId ?? "");
  const live = owner === undefined ? null : state.account(owner).live;
  if (owner === undefined || live === null || owner === arnParts(role.arn)?.accountId) return [];
  const failing = failingOf(owner, records);
  const fails = failing === null ? "" : `; newer reads of account ${owner} fail: ${failing.reason}`;
  return [`the policy of the resource was read ${ageText(policyReadMs(live, asked), asking)} ago${fails}`];
}

function policyReadMs(live: LiveAccount, asked: FunctionInArn | null): number {
  const region = parseRegion(asked?.region ?? "");
  if (asked === null || region === undefined) return live.observedAtMs;
  return policiesReadMs(live, region, asked.name);
}

function ageText(atMs: number, { nowMs }: Asking): string {
  return formatDuration(Math.max(0, nowMs - atMs));
}
