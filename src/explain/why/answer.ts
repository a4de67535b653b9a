import type { ActionData } from "../../iam/action-data.ts";
import { evaluate, type AppliedPolicies } from "../../iam/evaluate/evaluate.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Decision, Denial, FailedPart, FoundStatement } from "../../model/answers/decision.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { AccessAnswer } from "../../model/answers/why.ts";
import type { RolePolicies } from "./role-policies.ts";

/** With actions as AWS spells them. */
export function answerOf(
  policies: RolePolicies,
  request: AccessRequest,
  actionData: ActionData,
): AccessAnswer {
  const answer = answerBy(policies, request);
  if (!("nearest" in answer) || answer.nearest === null) return answer;
  const failed = answer.nearest.failed.map((part) => spelled(part, actionData));
  return { ...answer, nearest: { ...answer.nearest, failed } };
}

/** The normal form, which decides a request, has actions in lower case. */
function spelled(part: FailedPart, actionData: ActionData): FailedPart {
  if (part.kind !== "action") return part;
  const values = part.wanted.values.map((action) => actionData.find(action)?.action ?? action);
  return { ...part, wanted: { ...part.wanted, values } };
}

function answerBy(policies: RolePolicies, request: AccessRequest): AccessAnswer {
  const own = isResourceRead(policies)
    ? evaluate(request, { ...policiesOf(policies), resource: policies.resource })
    : ownDecision(policies, request);
  if (own.kind === "unknown") return { ...own, nearest: null, grantHelps: false };
  if (own.kind === "denied") return deniedOr(own, policies);
  const by = isResourceRead(policies) ? own.by : own.by.filter(({ layer }) => layer !== "resource");
  const [doubt] = policies.unread;
  if (doubt !== undefined) {
    const but =
      doubt.side === "boundary" ? "if the boundary allows it" : "unless a policy of the role denies it";
    const reason = `${placesOf(by)} allows it, ${but}; ${doubt.arn}: ${doubt.why}`;
    return { kind: "unknown", reason, nearest: null, grantHelps: false };
  }
  if (isResourceRead(policies)) return { kind: "allowed", by: own.by };
  const complete = evaluate(request, { ...policiesOf(policies), resource: { kind: "not-read" } });
  if (complete.kind !== "unknown") return { kind: "allowed", by };
  const reason = `${placesOf(by)} allows it; ${complete.reason}`;
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

function isResourceRead({ resource }: RolePolicies): boolean {
  return resource.kind !== "not-read";
}

/** The decision of the role's own policies, as if the resource's policy left it to them. */
export function ownDecision(policies: RolePolicies, request: AccessRequest): Decision {
  const { caller, resourceAccount } = request;
  if (caller.kind !== "role") throw new Error("the caller of a function is its role");
  const partition = arnParts(caller.roleArn).partition;
  const policy = leavingItTo(caller.accountId, partition, resourceAccount ?? caller.accountId);
  return evaluate(request, { ...policiesOf(policies), resource: { kind: "policy", policy } });
}

function policiesOf({
  identity,
  boundary,
}: RolePolicies): Pick<AppliedPolicies, "identity" | "boundary" | "session"> {
  return { identity, boundary, session: [] };
}

/** Like a KMS key's default policy: it names the account, so that the account's own policies decide. */
function leavingItTo(accountId: string, partition: string, owner: string): AttachedPolicy {
  const root = `arn:${partition}:iam::${accountId}:root`;
  const statement = { Effect: "Allow", Principal: { AWS: root }, Action: "*", Resource: "*" };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  return attachedPolicy(
    { from: "the resource's policy", text },
    { dialect: "resource", partition, accountId: owner },
  );
}

function deniedOr(own: Denial, { unread }: RolePolicies): AccessAnswer {
  if (own.cause === "explicit") return own;
  const { layer, nearest } = own;
  const doubt = unread.find(({ side }) => side === layer);
  if (doubt !== undefined) {
    const reason = `no known policy allows it; ${doubt.arn} may: ${doubt.why}`;
    return { kind: "unknown", reason, nearest, grantHelps: layer === "identity" };
  }
  if (nearest === null || !nearest.failed.every(lacksValue)) return own;
  const keys = new Set(nearest.failed.map(({ key }) => key));
  const flags = [...keys].map((key) => `--context ${key}=…`).join(" ");
  const reason = `${placesOf([nearest.statement])} allows it under conditions; add what the request contains: ${flags}`;
  return { kind: "unknown", reason, nearest, grantHelps: false };
}

/** A condition on a key without a given value: the real request may well contain it. */
function lacksValue(part: FailedPart): part is Extract<FailedPart, { readonly kind: "condition" }> {
  return part.kind === "condition" && part.found.length === 0;
}

function placesOf(by: readonly FoundStatement[]): string {
  const [first] = by;
  if (first === undefined) return "the account itself";
  return first.origin === null ? first.from : formatOrigin(first.origin);
}
