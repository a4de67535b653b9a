import { allowTie, appliesTo, denyMeets } from "./applies.ts";
import { callerAccount, type PrincipalTie } from "./caller.ts";
import type { Decision, FoundStatement, Layer, NearMiss } from "../../model/answers/decision.ts";
import { foundStatement } from "./found-statement.ts";
import { nearestStatement } from "./nearest-statement.ts";
import type { AttachedPolicy, StatementMatcher } from "./policy.ts";
import type { AccessRequest } from "./request.ts";
import { lowerCase } from "../lower-case.ts";
import { hasMark } from "../match/wildcard.ts";
import { arnParts } from "../../model/aws/arn.ts";

/** The policy of what is asked for; a role's trust when the role itself is. */
export type ResourcePolicy =
  | { readonly kind: "policy"; readonly policy: AttachedPolicy }
  | { readonly kind: "none" }
  /** Counts as none where it could only add, as unknown where it has to allow. */
  | { readonly kind: "not-read" };

/** Everything that is known to decide. Organizations' policies are not: what they forbid is not seen. */
export interface AppliedPolicies {
  readonly identity: readonly AttachedPolicy[];
  readonly boundary: AttachedPolicy | null;
  /** What was passed when the session was made; empty when nothing was. */
  readonly session: readonly AttachedPolicy[];
  readonly resource: ResourcePolicy;
}

/**
 * Is the request allowed, and by which statements? Any Deny that applies wins; then who has to allow depends on
 * whose resource it is and on how its policy names the caller.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(request: AccessRequest, policies: AppliedPolicies): Decision {
  const action = lowerCase(request.action);
  const layers = layersOf(policies);
  if (hasPrivateUse(request)) return { kind: "unknown", reason: PRIVATE_USE_REASON };
  const denial = findDenial(layers, { action, request, hasBoundary: policies.boundary !== null });
  if (denial.kind === "found") return { kind: "denied", cause: "explicit", by: denial.by };
  const answer = allowingSides({ action, request, policies });
  if (answer.kind === "yes") {
    if (denial.kind === "unclear") return { kind: "unknown", reason: denial.reason };
    return { kind: "allowed", by: answer.by };
  }
  if (answer.kind === "unclear") return { kind: "unknown", reason: answer.reason };
  const { layer } = answer;
  return { kind: "denied", cause: "implicit", layer, nearest: nearestOf(layer, layers, request) };
}

const PRIVATE_USE_REASON = "the request contains a character for private use (U+E000 to U+F8FF)";

function hasPrivateUse({ resource, context }: AccessRequest): boolean {
  if (hasMark(resource)) return true;
  for (const values of context.values()) if (values.some(hasMark)) return true;
  return false;
}

type PolicyOfLayer = readonly [layer: Layer, attached: AttachedPolicy];

/** Where no identity policy comes near, the resource's own may: one of the two is enough in the same account. */
function nearestOf(layer: Layer, layers: readonly PolicyOfLayer[], request: AccessRequest): NearMiss | null {
  const among = layers.filter(([name]) => name === layer).map(([, attached]) => attached);
  const nearest = nearestStatement(layer, among, request);
  if (nearest !== null || layer !== "identity") return nearest;
  const ofResource = nearestOf("resource", layers, request);
  return ofResource === null || ofResource.failed.length === 0 ? null : ofResource;
}

function layersOf({ identity, boundary, session, resource }: AppliedPolicies): readonly PolicyOfLayer[] {
  const layers: PolicyOfLayer[] = identity.map((attached) => ["identity", attached]);
  if (boundary !== null) layers.push(["boundary", boundary]);
  for (const attached of session) layers.push(["session", attached]);
  if (resource.kind === "policy") layers.push(["resource", resource.policy]);
  return layers;
}

interface DenialQuestion {
  /** Lower-case. */
  readonly action: string;
  readonly request: AccessRequest;
  readonly hasBoundary: boolean;
}

type DenyAnswer =
  | { readonly kind: "found"; readonly by: FoundStatement }
  | { readonly kind: "unclear"; readonly reason: string }
  | { readonly kind: "none" };

function findDenial(layers: readonly PolicyOfLayer[], question: DenialQuestion): DenyAnswer {
  const { action, request, hasBoundary } = question;
  let doubt: string | null = null;
  for (const [layer, attached] of layers) {
    for (const one of attached.policy.candidates(action).denies) {
      if (layer === "resource" && !denyMeets(one.statement.principals, request, hasBoundary)) continue;
      const applies = appliesTo(one, request);
      if (applies === true) return { kind: "found", by: foundStatement(layer, attached, one) };
      if (applies === "unclear") doubt ??= unclearReason(attached, one);
    }
    if (attached.policy.mayDeny !== null) doubt ??= `${attached.from}: ${attached.policy.mayDeny}`;
  }
  return doubt === null ? { kind: "none" } : { kind: "unclear", reason: doubt };
}

function unclearReason({ from }: AttachedPolicy, { statement: { sid } }: StatementMatcher): string {
  const name = sid === null ? "a statement" : `statement ${sid}`;
  return `${from}: ${name} excludes by a variable that has no value in the request`;
}

/** Whether a side allows; `no` names the layer that does not. */
type SideAnswer =
  | { readonly kind: "yes"; readonly by: readonly FoundStatement[] }
  | { readonly kind: "no"; readonly layer: Layer }
  | { readonly kind: "unclear"; readonly reason: string };

const NOTHING_NEEDED: SideAnswer = { kind: "yes", by: [] };

interface ActionQuestion {
  readonly action: string;
  readonly request: AccessRequest;
  readonly policies: AppliedPolicies;
}

function allowingSides(question: ActionQuestion): SideAnswer {
  const { caller, resourceAccount } = question.request;
  const account = callerAccount(caller);
  const resource = resourceAnswers(question);
  if (account === null) return resource.anyTie;
  const own = ownSide(question);
  if ((resourceAccount ?? account) !== account) return both(own, resource.anyTie);
  const limits = both(boundaryAnswer(question), sessionAnswer(question));
  const named = either(resource.direct, both(resource.role, limits));
  return mustBeNamed(question) ? either(both(resource.anyTie, own), named) : either(own, named);
}

/**
 * A role's trust policy and a key's policy bind every caller, also one of the same account. The rest of KMS (aliases,
 * `kms:ListKeys` on `*`) has no policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function mustBeNamed({ action, request, policies: { resource } }: ActionQuestion): boolean {
  const isTrust = resource.kind === "policy" && resource.policy.policy.context.dialect === "trust";
  return isTrust || action.startsWith("sts:assumerole") || isKey(request.resource);
}

function isKey(arn: string): boolean {
  const { service, resource } = arnParts(arn);
  return service === "kms" && resource.startsWith("key/");
}

/** Identity ∩ boundary ∩ session. An account's root may do everything in it. */
function ownSide(question: ActionQuestion): SideAnswer {
  if (question.request.caller.kind === "account") return NOTHING_NEEDED;
  const identity = anyAllows("identity", question.policies.identity, question);
  if (identity.kind === "no") return identity;
  return both(both(identity, boundaryAnswer(question)), sessionAnswer(question));
}

function boundaryAnswer(question: ActionQuestion): SideAnswer {
  const { boundary } = question.policies;
  return boundary === null ? NOTHING_NEEDED : anyAllows("boundary", [boundary], question);
}

/**
 * A role's session needs no session policy; a federated user has no permission of an identity policy without one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function sessionAnswer(question: ActionQuestion): SideAnswer {
  const { session } = question.policies;
  const isFederatedUser = question.request.caller.kind === "federated-user";
  if (session.length === 0 && !isFederatedUser) return NOTHING_NEEDED;
  return anyAllows("session", session, question);
}

function anyAllows(layer: Layer, policies: readonly AttachedPolicy[], question: ActionQuestion): SideAnswer {
  let doubt: string | null = null;
  for (const attached of policies) {
    for (const one of attached.policy.candidates(question.action).allows) {
      const applies = appliesTo(one, question.request);
      if (applies === true) return { kind: "yes", by: [foundStatement(layer, attached, one)] };
      if (applies === "unclear") doubt ??= unclearReason(attached, one);
    }
    if (attached.policy.mayAllow !== null) doubt ??= `${attached.from}: ${attached.policy.mayAllow}`;
  }
  return doubt === null ? { kind: "no", layer } : { kind: "unclear", reason: doubt };
}

/**
 * By how the policy names the caller: "the principal ARN that is specified in the policy determines whether implicit
 * denies in other policy types are applicable".
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
interface ResourceAnswers {
  /** The user or session itself, or everyone (in the same account "no other permissions are required"): nothing limits it. */
  readonly direct: SideAnswer;
  /** The session's role: "limited by an implicit deny in a permissions boundary or session policy". */
  readonly role: SideAnswer;
  /** Or only the account, which "delegates authority" to its own policies. */
  readonly anyTie: SideAnswer;
}

const NOT_ALLOWED: SideAnswer = { kind: "no", layer: "resource" };

function resourceAnswers(question: ActionQuestion): ResourceAnswers {
  const { resource } = question.policies;
  if (resource.kind === "none") return { direct: NOT_ALLOWED, role: NOT_ALLOWED, anyTie: NOT_ALLOWED };
  if (resource.kind === "not-read")
    return { direct: NOT_ALLOWED, role: NOT_ALLOWED, anyTie: { kind: "unclear", reason: NOT_READ } };
  const { request, action } = question;
  const attached = resource.policy;
  const found = new Map<PrincipalTie, FoundStatement>();
  const { mayAllow } = attached.policy;
  let doubt = mayAllow === null ? null : `${attached.from}: ${mayAllow}`;
  for (const one of attached.policy.candidates(action).allows) {
    const tie = allowTie(one.statement.principals, request);
    if (tie === null || found.has(tie)) continue;
    const applies = appliesTo(one, request);
    if (applies === true) found.set(tie, foundStatement("resource", attached, one));
    if (applies === "unclear") doubt ??= unclearReason(attached, one);
  }
  const no: SideAnswer = doubt === null ? NOT_ALLOWED : { kind: "unclear", reason: doubt };
  const by = (statement: FoundStatement | undefined): SideAnswer =>
    statement === undefined ? no : { kind: "yes", by: [statement] };
  const nearest = found.get("direct") ?? found.get("role") ?? found.get("account");
  return { direct: by(found.get("direct")), role: by(found.get("role")), anyTie: by(nearest) };
}

const NOT_READ = "the policy of the resource has to allow it too, and was not read";

function both(a: SideAnswer, b: SideAnswer): SideAnswer {
  if (a.kind === "no" || b.kind === "yes")
    return a.kind === "yes" && b.kind === "yes" ? merged(a.by, b.by) : a;
  return b.kind === "no" || a.kind === "yes" ? b : a;
}

function merged(a: readonly FoundStatement[], b: readonly FoundStatement[]): SideAnswer {
  return { kind: "yes", by: b.length === 0 ? a : [...a, ...b] };
}

/** The first side that allows; when neither does, the refusal of the first side. */
function either(a: SideAnswer, b: SideAnswer): SideAnswer {
  if (a.kind === "yes" || b.kind === "no") return a;
  return b.kind === "yes" || a.kind === "no" ? b : a;
}
