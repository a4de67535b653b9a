import type { WriteIntended } from "../../../../src/controller/ports/audit-log.ts";
import type { WriteCall } from "../../../../src/model/writes/write-calls.ts";
import { recordedDelta } from "../../../../src/iam/row-text.ts";
import type { JsonObject } from "../../../../src/model/values/json.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { withFunction, withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  binding,
  caller,
  documentOf,
  NOW_MS,
  policy,
  REGION,
  compiled,
} from "../../../support/pass/bindings.ts";
import {
  accountWith,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
} from "../../../support/pass/live-state.ts";
import { actionOf, passOf } from "../../../support/pass/passes.ts";

const CALLER = caller("uploads");

const STATE = binding({}, { callers: [CALLER] });

const POLICY = policy(compiled(allow("s3:GetObject")));

const ROLE = liveRoleOf(STATE);

export const FUNCTION = liveFunctionOf(STATE);

export const LIVE = accountWith({
  role: ROLE,
  found: FUNCTION,
  policies: [livePolicyOf(POLICY.arn, ["{}", documentOf(allow("s3:GetObject"))])],
});

export const EMPTY = emptyAccount();

export const INLINE = documentOf(allow("sqs:SendMessage"));

export function intentOf(call: WriteCall, input: JsonObject, target: string): WriteIntended {
  const { step, key, before, after, risk, delta, cause } = actionOf();
  return {
    kind: "write-intended",
    pass: "p",
    key,
    revision: passOf().revision,
    planDigest: "sha256:" as WriteIntended["planDigest"],
    call,
    step,
    target,
    input,
    before,
    after,
    risk,
    delta: recordedDelta(delta),
    cause,
    seq: 1,
    at: new Date(NOW_MS).toISOString(),
    prev: "",
    hash: "",
  };
}

export const role = (change: Parameters<typeof liveRoleOf>[1]): LiveAccount =>
  withRole(LIVE, liveRoleOf(STATE, change));

export const onRole = (call: WriteCall, input: JsonObject): WriteIntended =>
  intentOf(call, { RoleName: STATE.role.name, ...input }, STATE.role.arn);

export const onPolicy = (call: WriteCall, input: JsonObject): WriteIntended =>
  intentOf(call, { PolicyArn: POLICY.arn, ...input }, POLICY.arn);

export const onFunction = (call: WriteCall, input: JsonObject, qualifier = ""): WriteIntended =>
  intentOf(
    call,
    { FunctionName: STATE.functionName, ...input, ...(qualifier !== "" && { Qualifier: qualifier }) },
    qualifier === "" ? STATE.functionArn : `${STATE.functionArn}:${qualifier}`,
  );

const tagged = (tags: readonly { key: string; value: string }[]): LiveAccount => role({ tags });

export const policyTagged = (value: string | null): LiveAccount =>
  withPolicy(
    LIVE,
    livePolicyOf(POLICY.arn, ["{}"], {
      tags:
        value === null
          ? { kind: "unknown", reason: "x" }
          : { kind: "present", value: value === "" ? [] : [{ key: "team", value }] },
    }),
  );

export const TAGS = { Tags: [{ Key: "team", Value: "orders" }] };

export const sid = { StatementId: CALLER.sid };

export interface Row {
  readonly intent: WriteIntended;
  readonly applied: LiveAccount;
  readonly not: LiveAccount;
}

/** For each call: an observation that shows its effect, and one that does not. */
export const ROWS: Readonly<Record<WriteCall, Row>> = {
  "iam:CreateRole": { intent: onRole("iam:CreateRole", {}), applied: LIVE, not: EMPTY },
  "iam:UpdateRole": {
    intent: onRole("iam:UpdateRole", { Description: "new", MaxSessionDuration: 3600 }),
    applied: role({ description: "new" }),
    not: LIVE,
  },
  "iam:UpdateAssumeRolePolicy": {
    intent: onRole("iam:UpdateAssumeRolePolicy", { PolicyDocument: ROLE.trust }),
    applied: LIVE,
    not: role({ trust: documentOf(allow("sts:AssumeRole")) }),
  },
  "iam:PutRolePolicy": {
    intent: onRole("iam:PutRolePolicy", { PolicyName: "grantkeeper", PolicyDocument: INLINE }),
    applied: role({ inline: [{ name: "grantkeeper", text: INLINE.replace(":", ": ") }] }),
    not: LIVE,
  },
  "iam:DeleteRolePolicy": {
    intent: onRole("iam:DeleteRolePolicy", { PolicyName: "extra" }),
    applied: LIVE,
    not: role({ inline: [{ name: "extra", text: INLINE }] }),
  },
  "iam:AttachRolePolicy": {
    intent: onRole("iam:AttachRolePolicy", { PolicyArn: POLICY.arn }),
    applied: role({ attachments: [POLICY.arn] }),
    not: LIVE,
  },
  "iam:DetachRolePolicy": {
    intent: onRole("iam:DetachRolePolicy", { PolicyArn: POLICY.arn }),
    applied: LIVE,
    not: role({ attachments: [POLICY.arn] }),
  },
  "iam:PutRolePermissionsBoundary": {
    intent: onRole("iam:PutRolePermissionsBoundary", { PermissionsBoundary: ROLE.boundary }),
    applied: LIVE,
    not: role({ boundary: null }),
  },
  "iam:TagRole": {
    intent: onRole("iam:TagRole", TAGS),
    applied: tagged([{ key: "team", value: "orders" }]),
    not: tagged([{ key: "team", value: "search" }]),
  },
  "iam:UntagRole": {
    intent: onRole("iam:UntagRole", { TagKeys: ["team"] }),
    applied: tagged([]),
    not: tagged([{ key: "team", value: "x" }]),
  },
  "iam:DeleteRole": { intent: onRole("iam:DeleteRole", {}), applied: EMPTY, not: LIVE },
  "iam:CreatePolicy": { intent: onPolicy("iam:CreatePolicy", {}), applied: LIVE, not: EMPTY },
  "iam:CreatePolicyVersion": {
    intent: onPolicy("iam:CreatePolicyVersion", { PolicyDocument: documentOf(allow("s3:GetObject")) }),
    applied: LIVE,
    not: withPolicy(LIVE, livePolicyOf(POLICY.arn, [INLINE])),
  },
  "iam:SetDefaultPolicyVersion": {
    intent: onPolicy("iam:SetDefaultPolicyVersion", { VersionId: "v2" }),
    applied: LIVE,
    not: withPolicy(LIVE, livePolicyOf(POLICY.arn, ["{}"])),
  },
  "iam:DeletePolicyVersion": {
    intent: onPolicy("iam:DeletePolicyVersion", { VersionId: "v2" }),
    applied: withPolicy(LIVE, livePolicyOf(POLICY.arn, ["{}"])),
    not: LIVE,
  },
  "iam:DeletePolicy": { intent: onPolicy("iam:DeletePolicy", {}), applied: EMPTY, not: LIVE },
  "iam:TagPolicy": {
    intent: onPolicy("iam:TagPolicy", TAGS),
    applied: policyTagged("orders"),
    not: policyTagged(""),
  },
  "iam:UntagPolicy": {
    intent: onPolicy("iam:UntagPolicy", { TagKeys: ["team"] }),
    applied: policyTagged(""),
    not: policyTagged("orders"),
  },
  "lambda:AddPermission": {
    intent: onFunction("lambda:AddPermission", sid),
    applied: LIVE,
    not: accountWith({ found: liveFunctionOf(binding()) }),
  },
  "lambda:RemovePermission": {
    intent: onFunction("lambda:RemovePermission", sid),
    applied: accountWith({ found: liveFunctionOf(binding()) }),
    not: LIVE,
  },
  "lambda:UpdateFunctionConfiguration": {
    intent: onFunction("lambda:UpdateFunctionConfiguration", { Role: STATE.role.arn }),
    applied: LIVE,
    not: withFunction(LIVE, REGION, { ...FUNCTION, roleArn: "arn:other" }),
  },
};
