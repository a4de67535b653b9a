import { describe, expect, test } from "@jest/globals";
import { resolveIntents } from "../../../src/controller/pass/resolve-intents.ts";
import { tookEffect, type Effect } from "../../../src/controller/pass/took-effect.ts";
import type { WriteIntended } from "../../../src/controller/ports/audit-log.ts";
import type { WriteCall } from "../../../src/model/action.ts";
import { recordedDelta } from "../../../src/iam/row-text.ts";
import type { JsonObject } from "../../../src/model/values/json.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { withFunction, withPolicy, withRole } from "../../support/pass/apply.ts";
import {
  accountWith,
  allow,
  binding,
  caller,
  documentOf,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  policy,
  REGION,
  compiled,
} from "../../support/pass/bindings.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { MemoryAudit } from "../../support/fakes/fake-ports.ts";
import { actionOf, KEY, passOf } from "../../support/pass/passes.ts";

const CALLER = caller("uploads");
const STATE = binding({}, { callers: [CALLER] });
const POLICY = policy(compiled(allow("s3:GetObject")));
const ROLE = liveRoleOf(STATE);
const FUNCTION = liveFunctionOf(STATE);
const LIVE = accountWith({
  role: ROLE,
  found: FUNCTION,
  policies: [livePolicyOf(POLICY.arn, ["{}", documentOf(allow("s3:GetObject"))])],
});
const EMPTY = emptyAccount();
const INLINE = documentOf(allow("sqs:SendMessage"));

function intentOf(call: WriteCall, input: JsonObject, target: string): WriteIntended {
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

const role = (change: Parameters<typeof liveRoleOf>[1]): LiveAccount =>
  withRole(LIVE, liveRoleOf(STATE, change));
const onRole = (call: WriteCall, input: JsonObject): WriteIntended =>
  intentOf(call, { RoleName: STATE.role.name, ...input }, STATE.role.arn);
const onPolicy = (call: WriteCall, input: JsonObject): WriteIntended =>
  intentOf(call, { PolicyArn: POLICY.arn, ...input }, POLICY.arn);
const onFunction = (call: WriteCall, input: JsonObject, qualifier = ""): WriteIntended =>
  intentOf(
    call,
    { FunctionName: STATE.functionName, ...input, ...(qualifier !== "" && { Qualifier: qualifier }) },
    qualifier === "" ? STATE.functionArn : `${STATE.functionArn}:${qualifier}`,
  );
const tagged = (tags: readonly { key: string; value: string }[]): LiveAccount => role({ tags });
const policyTagged = (value: string | null): LiveAccount =>
  withPolicy(
    LIVE,
    livePolicyOf(POLICY.arn, ["{}"], {
      tags:
        value === null
          ? { kind: "unknown", reason: "x" }
          : { kind: "present", value: value === "" ? [] : [{ key: "team", value }] },
    }),
  );
const TAGS = { Tags: [{ Key: "team", Value: "orders" }] };
const sid = { StatementId: CALLER.sid };

interface Row {
  readonly intent: WriteIntended;
  readonly applied: LiveAccount;
  readonly not: LiveAccount;
}

/** For each call: an observation that shows its effect, and one that does not. */
const ROWS: Readonly<Record<WriteCall, Row>> = {
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

const UNREAD: LiveAccount = { ...EMPTY, complete: false, policies: new Map(), regions: new Map() };

describe("whether a write with a lost answer took effect in AWS", () => {
  test.each(Object.entries(ROWS))("%s: seen, not seen, not read", (_, { intent, applied, not }) => {
    const effects = [applied, not, UNREAD].map((live) => tookEffect(intent, live));

    expect(effects).toEqual(["applied", "not-applied", "unknown"]);
  });

  test.each<{
    readonly intent: WriteIntended;
    readonly live: LiveAccount;
    readonly effect: Effect;
    readonly because: string;
  }>([
    {
      intent: onFunction("lambda:AddPermission", sid, "live"),
      live: LIVE,
      effect: "unknown",
      because: "that qualifier's policy was not read",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: withFunction(LIVE, REGION, {
        ...FUNCTION,
        policies: new Map([["", { kind: "unknown", reason: "x" }]]),
      }),
      effect: "unknown",
      because: "the policy could not be read",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: EMPTY,
      effect: "not-applied",
      because: "the function is gone",
    },
    {
      intent: onFunction("lambda:RemovePermission", sid),
      live: EMPTY,
      effect: "applied",
      because: "the function is gone, and its statements",
    },
    {
      intent: onFunction("lambda:AddPermission", sid),
      live: withFunction(LIVE, REGION, {
        ...FUNCTION,
        policies: new Map([["", { kind: "present", value: { text: "{", revisionId: "r" } }]]),
      }),
      effect: "not-applied",
      because: "a policy that is not JSON was not written by us",
    },
    {
      intent: onPolicy("iam:TagPolicy", TAGS),
      live: policyTagged(null),
      effect: "unknown",
      because: "the policy's tags were not read",
    },
    {
      intent: onPolicy("iam:TagPolicy", TAGS),
      live: EMPTY,
      effect: "not-applied",
      because: "the policy is gone",
    },
    {
      intent: onPolicy("iam:TagPolicy", { Tags: "x" }),
      live: policyTagged(""),
      effect: "applied",
      because: "no tags were asked for",
    },
    {
      intent: onRole("iam:UntagRole", { TagKeys: "x" }),
      live: LIVE,
      effect: "applied",
      because: "no tags were removed",
    },
    {
      intent: onRole("iam:PutRolePolicy", { PolicyName: "grantkeeper", PolicyDocument: INLINE }),
      live: role({ inline: [] }),
      effect: "not-applied",
      because: "there is no such document",
    },
  ])("$effect: $because", ({ intent, live, effect }) => {
    expect(tookEffect(intent, live)).toBe(effect);
  });

  test("a target that is not a function ARN is a bug", () => {
    expect(() => tookEffect(intentOf("lambda:AddPermission", sid, "x"), LIVE)).toThrow(
      "is not the ARN of a function",
    );
  });
});

describe("open intents", () => {
  const PUT = ROWS["iam:PutRolePolicy"];

  async function resolved(live: LiveAccount, ageMs: number, keys: ReadonlySet<typeof KEY> = new Set([KEY])) {
    const clock = new FakeClock(NOW_MS - ageMs);
    const audit = new MemoryAudit(clock);
    const { seq: _, at: _at, prev: _prev, hash: _hash, ...fact } = PUT.intent;
    await audit.append([fact]);
    clock.set(NOW_MS);
    const open = await resolveIntents({ ...passOf(), live }, keys, { audit, clock });
    const last = audit.log.at(-1);
    return { open: [...open.keys()], outcome: last?.kind === "write-finished" ? last.outcome : null };
  }

  test.each([
    { live: PUT.applied, ageMs: 0, open: [], outcome: "found-applied", because: "its effect is seen" },
    { live: PUT.not, ageMs: 59_999, open: [KEY], outcome: null, because: "AWS may still show it later" },
    {
      live: PUT.not,
      ageMs: 60_000,
      open: [],
      outcome: "found-not-applied",
      because: "the echo window is over",
    },
    {
      live: UNREAD,
      ageMs: 3_600_000,
      open: [KEY],
      outcome: null,
      because: "an unread object proves nothing",
    },
  ])("$because", async ({ live, ageMs, open, outcome }) => {
    expect(await resolved(live, ageMs)).toEqual({ open, outcome });
  });

  test("of keys outside the pass stay", async () => {
    expect(await resolved(PUT.applied, 0, new Set())).toEqual({ open: [], outcome: null });
  });
});
