import type { ActionData } from "../../iam/action-data.ts";
import { evaluate, type AppliedPolicies } from "../../iam/evaluate/evaluate.ts";
import { arnParts } from "../../model/arn.ts";
import type { Decision, Denied, FailedPart, FoundStatement } from "../../model/decision.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import { formatOrigin } from "../../model/origin.ts";
import type { AccessAnswer } from "../../model/why.ts";
import type { Standing } from "./standing.ts";

/** With actions as AWS spells them. */
export function answerOf(standing: Standing, request: AccessRequest, actionData: ActionData): AccessAnswer {
  const answer = answerBy(standing, request);
  if (!("nearest" in answer) || answer.nearest === null) return answer;
  const failed = answer.nearest.failed.map((part) => spelled(part, actionData));
  return { ...answer, nearest: { ...answer.nearest, failed } };
}

/** The normal form, by which a request is decided, has actions in lower case. */
function spelled(part: FailedPart, actionData: ActionData): FailedPart {
  if (part.kind !== "action") return part;
  const values = part.wanted.values.map((action) => actionData.find(action)?.action ?? action);
  return { ...part, wanted: { ...part.wanted, values } };
}

function answerBy(standing: Standing, request: AccessRequest): AccessAnswer {
  const own = isResourceRead(standing)
    ? evaluate(request, { ...policiesOf(standing), resource: standing.resource })
    : ownDecision(standing, request);
  if (own.kind === "unknown") return { ...own, nearest: null, grantHelps: false };
  if (own.kind === "denied") return deniedOr(own, standing);
  const by = isResourceRead(standing) ? own.by : own.by.filter(({ layer }) => layer !== "resource");
  const [doubt] = standing.unread;
  if (doubt !== undefined) {
    const but =
      doubt.side === "boundary" ? "if the boundary holds it" : "unless a policy of the role denies it";
    const reason = `${placesOf(by)} allows it, ${but}; ${doubt.arn}: ${doubt.why}`;
    return { kind: "unknown", reason, nearest: null, grantHelps: false };
  }
  if (isResourceRead(standing)) return { kind: "allowed", by: own.by };
  const whole = evaluate(request, { ...policiesOf(standing), resource: { kind: "not-read" } });
  if (whole.kind !== "unknown") return { kind: "allowed", by };
  const reason = `${placesOf(by)} allows it; ${whole.reason}`;
  return { kind: "unknown", reason, nearest: null, grantHelps: false };
}

function isResourceRead({ resource }: Standing): boolean {
  return resource.kind !== "not-read";
}

/** What the role's own policies say: the resource's policy is taken to leave it to them. */
export function ownDecision(standing: Standing, request: AccessRequest): Decision {
  const { caller, resourceAccount } = request;
  if (caller.kind !== "role") throw new Error("a function asks as its role");
  const partition = arnParts(caller.roleArn).partition;
  const policy = leavingItTo(caller.accountId, partition, resourceAccount ?? caller.accountId);
  return evaluate(request, { ...policiesOf(standing), resource: { kind: "policy", policy } });
}

function policiesOf({
  identity,
  boundary,
}: Standing): Pick<AppliedPolicies, "identity" | "boundary" | "session"> {
  return { identity, boundary, session: [] };
}

/** As a key's first policy is: it names the account, whose own policies decide then. */
function leavingItTo(accountId: string, partition: string, owner: string): AttachedPolicy {
  const root = `arn:${partition}:iam::${accountId}:root`;
  const statement = { Effect: "Allow", Principal: { AWS: root }, Action: "*", Resource: "*" };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  return attachedPolicy(
    { from: "the resource's policy", text },
    { dialect: "resource", partition, accountId: owner },
  );
}

function deniedOr(own: Denied, { unread }: Standing): AccessAnswer {
  if (own.cause === "explicit") return own;
  const { layer, nearest } = own;
  const doubt = unread.find(({ side }) => side === layer);
  if (doubt !== undefined) {
    const reason = `nothing that is known allows it; ${doubt.arn} may: ${doubt.why}`;
    return { kind: "unknown", reason, nearest, grantHelps: layer === "identity" };
  }
  if (nearest === null || !nearest.failed.every(isUnsaid)) return own;
  const keys = new Set(nearest.failed.flatMap((part) => (part.kind === "condition" ? [part.key] : [])));
  const said = [...keys].map((key) => `--context ${key}=…`).join(" ");
  const reason = `${placesOf([nearest.statement])} allows it under conditions; say what the request has: ${said}`;
  return { kind: "unknown", reason, nearest, grantHelps: false };
}

/** A condition on a key that nobody told: the request itself may well have it. */
function isUnsaid(part: FailedPart): boolean {
  return part.kind === "condition" && part.found.length === 0;
}

function placesOf(by: readonly FoundStatement[]): string {
  const [first] = by;
  if (first === undefined) return "the account itself";
  return first.origin === null ? first.from : formatOrigin(first.origin);
}
