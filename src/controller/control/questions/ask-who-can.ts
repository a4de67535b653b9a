import { actionNameOf } from "../../../model/aws/action-name.ts";
import { roleByArn } from "../../../adopt/estate/role-users.ts";
import { managedText } from "../../../diff/documents/permissions.ts";
import { mergedWhoCan, whoCan, type AskedFunction } from "../../../explain/reverse/who-can.ts";
import { liveInputs, type LiveInputs } from "../../../explain/why/case.ts";
import type { ActionData } from "../../../iam/action-data.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import { declaredPolicies } from "../../../explain/why/role-policies.ts";
import type { ResourcePolicy } from "../../../iam/evaluate/evaluate.ts";
import type { WhoCan } from "../../../model/answers/questions/who-can.ts";
import { arnParts, functionInArn } from "../../../model/aws/arn.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import { targetText } from "../../../model/keys/key.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { WhoCanRequest, WhyReader } from "../../../model/answers/questions/access-questions.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { inSlices } from "../../slices.ts";
import { noRevision } from "../no-revision.ts";
import { answerInParts, askAccounts, withAsked } from "./asked-accounts.ts";
import { failingOf, fileName, liveOf, resourcePolicy, type Asking } from "./asking.ts";
import {
  knownFunctions,
  otherFunctions,
  unreadPlacesOfQuestion,
  visibleAccounts,
  type KnownFunction,
  type OtherFunction,
} from "./functions.ts";

/** The functions that may do it, by the accepted revision and the last read of every account. Makes no AWS calls. */
export async function askWhoCan(
  { action, resource, context, resourceAccount }: WhoCanRequest,
  reader: WhyReader,
  { state, ports }: ControllerContext,
): Promise<Result<WhoCan, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const records = await ports.store.accounts();
  const known = { state, enforced, records, reader, nowMs: ports.clock.nowMs() };
  const access = { action, resource, context, resourceAccount: resourceAccount ?? undefined };
  const { service } = actionNameOf(action.toLowerCase());
  const actionData = await ports.actionData.load([service]);
  const unknown = unknownAction(action, actionData);
  if (unknown !== null) return err(unknown);
  const about = { actionData, nowMs: known.nowMs };
  const accounts = visibleAccounts(known);
  const policy = await policyOf(access, { known, accounts, holders: ports });
  const answers = await answerInParts(accounts, { state, ports }, async (part) => {
    const asking = { ...known, state: withAsked(state, part.asked) };
    const steps = whoCan(access, askedFunctions(access, { asking, policy, accounts: part.accounts }), about);
    const answer = await inSlices(steps, ports.eventLoop, state.hardStop);
    return { answer, unread: unreadPlacesOfQuestion(asking, part.accounts) };
  });
  const [{ answer: first }, ...others] = answers;
  const merged = mergedWhoCan([first, ...others.map(({ answer }) => answer)]);
  return ok({ ...merged, unread: answers.flatMap(({ unread }) => unread).toSorted() });
}

/** No policy can allow a misspelt action: that no function may do it would be true, and no answer. */
function unknownAction(action: string, actionData: ActionData): Refusal | null {
  if (actionData.find(action) !== undefined) return null;
  const { service } = actionNameOf(action.toLowerCase());
  const data = `AWS's data of ${actionData.snapshotDate}`;
  if (!actionData.knowsService(service))
    return { code: "invalid", message: `${data} has no service ${service}` };
  const names = actionData.actionNames(service).map((name) => `${service}:${name}`);
  return { code: "invalid", message: `${data} has no action ${action}${didYouMean(action, names)}` };
}

/** Of the function that is asked about, whose account another replica may read. */
async function policyOf(
  access: Pick<WhoCanRequest, "action" | "resource">,
  {
    known,
    accounts,
    holders,
  }: {
    readonly known: Asking & { readonly state: ControllerContext["state"] };
    readonly accounts: readonly DesiredAccount[];
    readonly holders: Pick<ControllerContext["ports"], "holders">;
  },
): Promise<ResourcePolicy> {
  const { state } = known;
  const owner = functionInArn(access.resource)?.accountId;
  const ids = accounts.flatMap(({ id }) => (id === owner ? [id] : []));
  const asked = await askAccounts(ids, { state, ports: holders });
  return resourcePolicy(access, { ...known, state: withAsked(state, asked) });
}

function* askedFunctions(
  access: Pick<WhoCanRequest, "action" | "resource">,
  {
    asking,
    policy,
    accounts,
  }: {
    readonly asking: Asking;
    readonly policy: ResourcePolicy;
    readonly accounts: readonly DesiredAccount[];
  },
): Generator<AskedFunction> {
  for (const account of accounts) {
    // No request crosses partitions.
    if (access.resource !== "*" && arnParts(access.resource).partition !== account.partition) continue;
    for (const known of knownFunctions(account, asking)) yield knownAsked(known, policy, asking);
    for (const other of otherFunctions(account, asking)) yield otherAsked(other, policy, asking);
  }
}

function knownAsked(known: KnownFunction, policy: ResourcePolicy, asking: Asking): AskedFunction {
  const { binding } = known;
  const view = asking.state.account(binding.accountId).views.get(binding.key);
  const isAbsent = view?.readings?.function.kind === "absent";
  return {
    target: targetText(binding),
    key: binding.key,
    function: binding,
    git: declaredRole(known, asking),
    live: isAbsent ? { kind: "absent" } : withPolicy(liveOf(binding, asking), policy),
  };
}

function declaredRole(
  { binding, declaration }: KnownFunction,
  { state, enforced }: Asking,
): AskedFunction["git"] {
  if (declaration.kind === "removed") return null;
  if (declaration.kind === "broken") return declaration.reason;
  const { live } = state.account(binding.accountId);
  const awsText = (arn: string): string | undefined => (live === null ? undefined : managedText(arn, live));
  const { desired } = enforced.compilation;
  return { role: binding.role, policies: declaredPolicies(binding, desired, { fileName, awsText }) };
}

function withPolicy(inputs: LiveInputs | string, resource: ResourcePolicy): LiveInputs | string {
  return typeof inputs === "string" ? inputs : { ...inputs, policies: { ...inputs.policies, resource } };
}

/** A function without a manifest. */
function otherAsked(
  { at, target, found, live }: OtherFunction,
  policy: ResourcePolicy,
  { records }: Asking,
): AskedFunction {
  const inputs = liveInputs({
    binding: at,
    ofGit: null,
    found: { kind: "present", value: found },
    roleOf: (arn) => roleByArn(live, arn),
    account: live,
  });
  const failing = failingOf(at.accountId, records);
  const read = typeof inputs === "string" ? inputs : { ...inputs, failing };
  return { target, key: null, function: at, git: null, live: withPolicy(read, policy) };
}
