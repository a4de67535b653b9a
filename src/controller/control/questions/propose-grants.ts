import { roleByArn } from "../../../adopt/estate/role-users.ts";
import { rolePolicies } from "../../../adopt/manifests/role-policies.ts";
import { proposedGrants } from "../../../adopt/proposal/proposed-grants.ts";
import { mayClaim } from "../../../iam/names/name-pattern.ts";
import type { WhyReader } from "../../../model/answers/questions/access-questions.ts";
import type { GrantProposal, ProposalRequest } from "../../../model/answers/questions/grant-proposal.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import { targetText } from "../../../model/keys/key.ts";
import { liveFunction } from "../../../model/live.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { noRevision } from "../no-revision.ts";
import { askAccounts, withAsked } from "./asked-accounts.ts";
import { failingOf, type Asking } from "./asking.ts";
import { knownFunctions } from "./functions.ts";
import { hasFence, teamUseOf } from "./own-functions.ts";

/**
 * The permissions of the role of a function that no manifest declares, by the last read. A caller with namespaces, which
 * has that of the request, gets it only if the Team of the namespace allows the function and its role. Makes no AWS calls.
 */
export async function proposeGrants(
  request: ProposalRequest,
  reader: WhyReader,
  { state, ports }: Pick<ControllerContext, "state" | "ports">,
): Promise<Result<GrantProposal, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const account = [...enforced.accounts.values()].find(({ name }) => name === request.account);
  // Before anything is read: whether the account exists, and its state, are no answer to a namespace without it.
  if (!reader.seesEverything && (account === undefined || !hasFence(request, enforced.compilation.desired)))
    return err(notProposed(request));
  if (account === undefined)
    return err({ code: "not-found", message: `no AwsAccount is named ${request.account}` });
  const records = await ports.store.accounts();
  const asked = await askAccounts([account.id], { state, ports });
  const nowMs = ports.clock.nowMs();
  const asking: Asking = { state: withAsked(state, asked), enforced, records, reader, nowMs };
  return proposalOf(request, account, asking);
}

function proposalOf(
  request: ProposalRequest,
  account: DesiredAccount,
  asking: Asking,
): Result<GrantProposal, Refusal> {
  const { functionName, region } = request;
  const place: UndeclaredPlace = { target: targetOf(request), account, region, functionName };
  const refusal = declaredRefusal(place, asking) ?? notOwnRefusal(request, account, asking);
  return refusal === null ? liveProposal(place, asking) : err(refusal);
}

/** A caller with namespaces gets one answer for what does not exist and for what is not its own. */
function notOwnRefusal(request: ProposalRequest, account: DesiredAccount, asking: Asking): Refusal | null {
  if (asking.reader.seesEverything) return fenceRefusal(request, asking);
  const { live } = asking.state.account(account.id);
  if (live === null) return null;
  const use = teamUseOf({ ...request, account }, live, asking);
  if (use.kind === "own") return null;
  if (use.kind === "unknown") return unread(`account ${account.name}`, use.reason);
  return notProposed(request);
}

function targetOf({ functionName, account, region }: ProposalRequest): string {
  return `function ${functionName}@${account}/${region}`;
}

function notProposed(request: ProposalRequest): Refusal {
  const { namespace } = request;
  return {
    code: "not-found",
    message: `no grants are proposed to namespace ${namespace} for ${targetOf(request)}`,
    hint: `the function does not exist, or the Team of ${namespace} does not allow it, its account or its role, or others use it or its role: a token for all namespaces gets the reason`,
  };
}

/** What the namespace may not declare. */
function fenceRefusal(request: ProposalRequest, { enforced }: Asking): Refusal | null {
  const { functionName, region, namespace } = request;
  const role = { name: defaultRoleName(functionName, region) };
  if (mayClaim({ ...request, role }, enforced.compilation.desired)) return null;
  return {
    code: "conflict",
    message: `no valid Team lets namespace ${namespace} have ${targetOf(request)}`,
    hint: `add the function and the account to the Team of ${namespace}, or choose another namespace`,
  };
}

/** What a manifest declares already. */
function declaredRefusal(
  { target, account, functionName, region }: UndeclaredPlace,
  asking: Asking,
): Refusal | null {
  const declared = knownFunctions(account, asking).find(
    ({ binding, declaration }) =>
      declaration.kind !== "removed" && binding.functionName === functionName && binding.region === region,
  );
  if (declared === undefined) return null;
  return {
    code: "conflict",
    message: `${target} is declared already, by ${targetText(declared.binding)}`,
    hint: "edit that manifest",
  };
}

interface UndeclaredPlace extends Pick<ProposalRequest, "functionName" | "region"> {
  readonly account: DesiredAccount;
  /** `function orders-api@prod/eu-west-1`. */
  readonly target: string;
}

function liveProposal(place: UndeclaredPlace, asking: Asking): Result<GrantProposal, Refusal> {
  const { target, account } = place;
  const { live, failure } = asking.state.account(account.id);
  const failing = failingOf(account.id, asking.records);
  const readMs = asking.records.find(({ accountId }) => accountId === account.id)?.lastSweepMs ?? null;
  if (live === null || readMs === null)
    return err(
      unread(`account ${account.name}`, failing?.reason ?? failure ?? "it was not read completely yet"),
    );
  const found = liveFunction(live, place.region, place.functionName);
  if (found.kind === "unknown") return err(unread(target, found.reason));
  if (found.kind === "absent")
    return err({ code: "not-found", message: `${target} does not exist, by the last read of AWS` });
  if (found.value.edge)
    return err({ code: "conflict", message: `${target} is of Lambda@Edge, which is not supported` });
  const role = roleByArn(live, found.value.roleArn);
  if (role.kind === "unknown") return err(unread(`the role of ${target}`, role.reason));
  if (role.kind === "absent")
    return err({
      code: "not-found",
      message: `the role of ${target} does not exist: ${found.value.roleArn}`,
    });
  const policies = rolePolicies(role.value, live);
  if (policies.kind === "unknown") return err(unread(`the role of ${target}`, policies.reason));
  const { partition } = account;
  const subject = { found: found.value, role: role.value, policies, live, partition, region: place.region };
  return ok({
    target,
    role: role.value.arn,
    // A read of single objects after a write sets the time of the account, and reads neither this function nor its role.
    readAt: new Date(Math.min(readMs, live.observedAtMs)).toISOString(),
    failing,
    ...proposedGrants(subject),
  });
}

function unread(place: string, reason: string): Refusal {
  return {
    code: "unavailable",
    message: `${place} was not read: ${reason}`,
    hint: "ask again after the next complete read of the account",
  };
}
