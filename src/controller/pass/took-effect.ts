import { compareDocuments } from "../../iam/compare/comparer.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
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

type EffectOf = (intent: WriteIntended, live: LiveAccount) => Effect;

const EFFECTS = {
  "iam:CreateRole": ofRole("not-applied", () => true),
  "iam:UpdateRole": ofRole(
    "not-applied",
    (role, { input }) =>
      role.description === text(input, "Description") &&
      role.maxSessionSeconds === input["MaxSessionDuration"],
  ),
  "iam:UpdateAssumeRolePolicy": ofRole("not-applied", (role, intent) =>
    isSamePolicy(role.trust, intent, "trust"),
  ),
  "iam:PutRolePolicy": ofRole("not-applied", (role, intent) => {
    const inline = role.inline.find((policy) => policy.name === text(intent.input, "PolicyName"));
    return inline !== undefined && isSamePolicy(inline.text, intent, "identity");
  }),
  "iam:DeleteRolePolicy": ofRole("applied", (role, { input }) =>
    role.inline.every((policy) => policy.name !== text(input, "PolicyName")),
  ),
  "iam:AttachRolePolicy": ofRole("not-applied", (role, { input }) => attached(role, input)),
  "iam:DetachRolePolicy": ofRole("applied", (role, { input }) => !attached(role, input)),
  "iam:PutRolePermissionsBoundary": ofRole(
    "not-applied",
    (role, { input }) => role.boundary === text(input, "PermissionsBoundary"),
  ),
  "iam:TagRole": ofRole("not-applied", (role, { input }) => tagged(role.tags, input)),
  "iam:UntagRole": ofRole("applied", (role, { input }) => untagged(role.tags, input)),
  "iam:DeleteRole": ofRole("applied", () => false),
  "iam:CreatePolicy": ofPolicy("not-applied", () => true),
  "iam:CreatePolicyVersion": ofPolicy("not-applied", (policy, intent) =>
    policy.versions.some((version) => isSamePolicy(version.text, intent, "identity")),
  ),
  "iam:SetDefaultPolicyVersion": ofPolicy(
    "not-applied",
    (policy, { input }) => policy.defaultVersionId === text(input, "VersionId"),
  ),
  "iam:DeletePolicyVersion": ofPolicy("applied", (policy, { input }) =>
    policy.versions.every((version) => version.id !== text(input, "VersionId")),
  ),
  "iam:DeletePolicy": ofPolicy("applied", () => false),
  "iam:TagPolicy": (intent, live) => ofPolicyTags(intent, live, tagged),
  "iam:UntagPolicy": (intent, live) => ofPolicyTags(intent, live, untagged),
  "lambda:AddPermission": (intent, live) => ofStatement(intent, live, (present) => present),
  "lambda:RemovePermission": (intent, live) => ofStatement(intent, live, (present) => !present),
  "lambda:UpdateFunctionConfiguration": (intent, live) => {
    const functionReading = functionOf(intent, live);
    return ofReading(functionReading, (fn) => fn.roleArn === text(intent.input, "Role"), "not-applied");
  },
} as const satisfies Record<WriteCall, EffectOf>;

function ofRole(whenAbsent: Effect, holds: (role: LiveRole, intent: WriteIntended) => boolean): EffectOf {
  return (intent, live) => {
    const roleReading = liveRole(live, text(intent.input, "RoleName"));
    return ofReading(roleReading, (role) => holds(role, intent), whenAbsent);
  };
}

function ofPolicy(
  whenAbsent: Effect,
  holds: (policy: LivePolicy, intent: WriteIntended) => boolean,
): EffectOf {
  return (intent, live) =>
    ofReading(livePolicy(live, intent.target), (policy) => holds(policy, intent), whenAbsent);
}

function ofReading<T>(reading: Reading<T>, holds: (value: T) => boolean, whenAbsent: Effect): Effect {
  if (reading.kind === "unknown") return "unknown";
  if (reading.kind === "absent") return whenAbsent;
  return holds(reading.value) ? "applied" : "not-applied";
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
  const policy = livePolicy(live, intent.target);
  if (policy.kind !== "present") return ofReading(policy, () => false, "not-applied");
  return ofReading(policy.value.tags, (tags) => holds(tags, intent.input), "unknown");
}

function ofStatement(intent: WriteIntended, live: LiveAccount, holds: (present: boolean) => boolean): Effect {
  const functionReading = functionOf(intent, live);
  if (functionReading.kind !== "present")
    return functionReading.kind === "unknown" ? "unknown" : effect(holds(false));
  const policy = functionReading.value.policies.get(text(intent.input, "Qualifier"));
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
