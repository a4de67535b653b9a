import { compareDocuments } from "../../iam/compare/comparer.ts";
import type { WriteCall } from "../../model/action.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { Dialect } from "../../model/aws/policy-document.ts";
import {
  liveFunction,
  livePolicy,
  liveRole,
  type LiveAccount,
  type LivePolicy,
  type LiveRole,
  type Reading,
} from "../../model/live.ts";
import type { Tag } from "../../model/aws/tag.ts";
import type { WriteIntended } from "../ports/audit-log.ts";
import { targetFunction } from "./target-function.ts";
import { statementSids } from "../../iam/read/statement-sids.ts";

/** Whether AWS now shows the effect of a write whose answer was lost; `unknown` if the object was not read. */
export type Effect = "applied" | "not-applied" | "unknown";

export function tookEffect(intent: WriteIntended, live: LiveAccount): Effect {
  return EFFECTS[intent.call](intent, live);
}

const EFFECTS = {
  "iam:CreateRole": (intent, live) => ofReading(roleOf(intent, live), () => true, "not-applied"),
  "iam:UpdateRole": (intent, live) =>
    ofReading(
      roleOf(intent, live),
      (role) =>
        role.description === text(intent.input, "Description") &&
        role.maxSessionSeconds === intent.input["MaxSessionDuration"],
      "not-applied",
    ),
  "iam:UpdateAssumeRolePolicy": (intent, live) =>
    ofReading(roleOf(intent, live), (role) => isSamePolicy(role.trust, intent, "trust"), "not-applied"),
  "iam:PutRolePolicy": (intent, live) =>
    ofReading(
      roleOf(intent, live),
      (role) => {
        const inline = role.inline.find((policy) => policy.name === text(intent.input, "PolicyName"));
        return inline !== undefined && isSamePolicy(inline.text, intent, "identity");
      },
      "not-applied",
    ),
  "iam:DeleteRolePolicy": (intent, live) =>
    ofReading(
      roleOf(intent, live),
      (role) => role.inline.every((policy) => policy.name !== text(intent.input, "PolicyName")),
      "applied",
    ),
  "iam:AttachRolePolicy": (intent, live) =>
    ofReading(roleOf(intent, live), (role) => attached(role, intent.input), "not-applied"),
  "iam:DetachRolePolicy": (intent, live) =>
    ofReading(roleOf(intent, live), (role) => !attached(role, intent.input), "applied"),
  "iam:PutRolePermissionsBoundary": (intent, live) =>
    ofReading(
      roleOf(intent, live),
      (role) => role.boundary === text(intent.input, "PermissionsBoundary"),
      "not-applied",
    ),
  "iam:TagRole": (intent, live) =>
    ofReading(roleOf(intent, live), (role) => tagged(role.tags, intent.input), "not-applied"),
  "iam:UntagRole": (intent, live) =>
    ofReading(roleOf(intent, live), (role) => untagged(role.tags, intent.input), "applied"),
  "iam:DeleteRole": (intent, live) => ofReading(roleOf(intent, live), () => false, "applied"),
  "iam:CreatePolicy": (intent, live) => ofReading(policyOf(intent, live), () => true, "not-applied"),
  "iam:CreatePolicyVersion": (intent, live) =>
    ofReading(
      policyOf(intent, live),
      (policy) => policy.versions.some((version) => isSamePolicy(version.text, intent, "identity")),
      "not-applied",
    ),
  "iam:SetDefaultPolicyVersion": (intent, live) =>
    ofReading(
      policyOf(intent, live),
      (policy) => policy.defaultVersionId === text(intent.input, "VersionId"),
      "not-applied",
    ),
  "iam:DeletePolicyVersion": (intent, live) =>
    ofReading(
      policyOf(intent, live),
      (policy) => policy.versions.every((version) => version.id !== text(intent.input, "VersionId")),
      "applied",
    ),
  "iam:DeletePolicy": (intent, live) => ofReading(policyOf(intent, live), () => false, "applied"),
  "iam:TagPolicy": (intent, live) => ofPolicyTags(intent, live, tagged),
  "iam:UntagPolicy": (intent, live) => ofPolicyTags(intent, live, untagged),
  "lambda:AddPermission": (intent, live) => ofStatement(intent, live, (present) => present),
  "lambda:RemovePermission": (intent, live) => ofStatement(intent, live, (present) => !present),
  "lambda:UpdateFunctionConfiguration": (intent, live) => {
    const found = functionOf(intent, live);
    return ofReading(found, (fn) => fn.roleArn === text(intent.input, "Role"), "not-applied");
  },
} as const satisfies Record<WriteCall, (intent: WriteIntended, live: LiveAccount) => Effect>;

function ofReading<T>(reading: Reading<T>, holds: (value: T) => boolean, whenAbsent: Effect): Effect {
  if (reading.kind === "unknown") return "unknown";
  if (reading.kind === "absent") return whenAbsent;
  return holds(reading.value) ? "applied" : "not-applied";
}

function roleOf(intent: WriteIntended, live: LiveAccount): Reading<LiveRole> {
  return liveRole(live, text(intent.input, "RoleName"));
}

function policyOf(intent: WriteIntended, live: LiveAccount): Reading<LivePolicy> {
  return livePolicy(live, intent.target);
}

function functionOf(intent: WriteIntended, live: LiveAccount): ReturnType<typeof liveFunction> {
  const { region, name } = targetFunction(intent);
  return liveFunction(live, region, name);
}

function ofPolicyTags(
  intent: WriteIntended,
  live: LiveAccount,
  holds: (tags: readonly Tag[], input: JsonObject) => boolean,
): Effect {
  const policy = policyOf(intent, live);
  if (policy.kind !== "present") return ofReading(policy, () => false, "not-applied");
  return ofReading(policy.value.tags, (tags) => holds(tags, intent.input), "unknown");
}

function ofStatement(intent: WriteIntended, live: LiveAccount, holds: (present: boolean) => boolean): Effect {
  const found = functionOf(intent, live);
  if (found.kind !== "present") return found.kind === "unknown" ? "unknown" : effect(holds(false));
  const policy = found.value.policies.get(text(intent.input, "Qualifier"));
  if (policy === undefined || policy.kind === "unknown") return "unknown";
  if (policy.kind === "absent") return effect(holds(false));
  return effect(holds(statementSids(policy.value.text).includes(text(intent.input, "StatementId"))));
}

function effect(applied: boolean): Effect {
  return applied ? "applied" : "not-applied";
}

/** Compared with the document that the intent names. */
function isSamePolicy(live: string, { input, target }: WriteIntended, dialect: Dialect): boolean {
  const { partition, accountId } = arnParts(target);
  const tier = compareDocuments(live, text(input, "PolicyDocument"), { dialect, partition, accountId });
  return tier === "equal" || tier === "metadata";
}

function attached(role: LiveRole, input: JsonObject): boolean {
  return role.attachments.some((arn) => arn === text(input, "PolicyArn"));
}

function tagged(tags: readonly Tag[], input: JsonObject): boolean {
  const wanted = Array.isArray(input["Tags"]) ? input["Tags"] : [];
  return wanted.every((tag: unknown) => {
    const { Key: key, Value: value } = tag as { readonly Key: string; readonly Value: string };
    return tags.some((live) => live.key === key && live.value === value);
  });
}

function untagged(tags: readonly Tag[], input: JsonObject): boolean {
  const keys = Array.isArray(input["TagKeys"]) ? input["TagKeys"] : [];
  return !tags.some((live) => keys.includes(live.key));
}

function text(input: JsonObject, field: string): string {
  const value = input[field];
  return typeof value === "string" ? value : "";
}
