import { describe, expect, test } from "@jest/globals";
import type { Action } from "../../../../src/model/plan.ts";
import type { WriteCall } from "../../../../src/model/writes/write-calls.ts";
import { NO_DELTA, type Delta } from "../../../../src/model/delta.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import type { SettingDifference } from "../../../../src/model/answers/permission-state.ts";
import { actionSettings, driftSettings } from "../../../../src/plan/render/settings.ts";

const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/a";
const POLICY = "arn:aws:iam::aws:policy/ReadOnly";
const OTHER_ROLE = "arn:aws:iam::111122223333:role/b";
const ROWS = { ...NO_DELTA, allowed: [{}] } as unknown as Delta;
const UNCLEAR: Delta = { ...NO_DELTA, unknownEffect: [{ kind: "comparison-limit" }] };

function action(call: WriteCall, change: Partial<Action>): Action {
  return { call, target: ROLE, input: {}, before: null, after: null, delta: NO_DELTA, ...change } as Action;
}

const shown = ({ what, live, declared }: SettingDifference): string =>
  `${what}: ${live ?? "none"} → ${declared ?? "none"}`;

const WORDING = "differs in wording only → as in Git";

describe("a write that changes more than permissions shows the change", () => {
  test.each<{
    readonly call: WriteCall;
    readonly change: Partial<Action>;
    readonly settings: readonly string[];
    readonly because: string;
  }>([
    {
      call: "iam:CreateRole",
      change: {},
      settings: ["role: none → role/grantkeeper/a"],
      because: "a role is created",
    },
    {
      call: "iam:DeleteRole",
      change: {},
      settings: ["role: role/grantkeeper/a → none"],
      because: "a role is deleted",
    },
    {
      call: "iam:UpdateRole",
      change: {
        before: '{"description":"x","maxSessionSeconds":3600}',
        after: '{"description":"y","maxSessionSeconds":5400}',
      },
      settings: ['description: "x" → "y"', "session length: 1h → 1h 30m"],
      because: "both settings differ",
    },
    {
      call: "iam:UpdateRole",
      change: {
        before: '{"description":"x","maxSessionSeconds":7200}',
        after: '{"description":"x","maxSessionSeconds":3600}',
      },
      settings: ["session length: 2h → 1h"],
      because: "an unchanged setting is omitted",
    },
    {
      call: "iam:TagRole",
      change: { before: '{"env":"dev"}', after: '{"env":"prod","team":"a\\nb"}' },
      settings: ['tag "env": "dev" → "prod"', 'tag "team": none → "a\\nb"'],
      because: "values are quoted, so that control characters are escaped",
    },
    {
      call: "iam:UntagRole",
      change: { before: '{"env":"dev"}', after: "{}" },
      settings: ['tag "env": "dev" → none'],
      because: "a tag is removed",
    },
    {
      call: "iam:PutRolePermissionsBoundary",
      change: { before: null, after: POLICY, delta: ROWS },
      settings: ['boundary: none → "ReadOnly"'],
      because: "a boundary is named even if permissions change with it",
    },
    {
      call: "iam:UpdateAssumeRolePolicy",
      change: {},
      settings: [`trust policy: ${WORDING}`],
      because: "no principal is added or removed",
    },
    {
      call: "iam:UpdateAssumeRolePolicy",
      change: { delta: ROWS },
      settings: [],
      because: "the changed principals have rows",
    },
    {
      call: "iam:PutRolePolicy",
      change: { input: { PolicyName: "grantkeeper" }, before: "{}", after: "{}" },
      settings: [`policy "grantkeeper": ${WORDING}`],
      because: "the same permissions have other Sids",
    },
    {
      call: "iam:PutRolePolicy",
      change: { input: { PolicyName: "grantkeeper" }, before: "{}", after: "{}", delta: UNCLEAR },
      settings: ['policy "grantkeeper": differs → as in Git'],
      because: "it is not known whether permissions differ",
    },
    {
      call: "iam:PutRolePolicy",
      change: { input: { PolicyName: "grantkeeper" }, after: "{}" },
      settings: ['policy "grantkeeper": none → without permissions'],
      because: "a policy that grants nothing is added",
    },
    {
      call: "iam:DeleteRolePolicy",
      change: { input: { PolicyName: "x" }, before: "{}" },
      settings: ['policy "x": without effect of its own → none'],
      because: "another policy grants the same",
    },
    {
      call: "iam:DeleteRolePolicy",
      change: { input: { PolicyName: "x" }, before: "{}", delta: ROWS },
      settings: [],
      because: "its permissions have rows",
    },
    {
      call: "iam:AttachRolePolicy",
      change: { input: { PolicyArn: POLICY } },
      settings: ['policy "ReadOnly": none → attached'],
      because: "a policy without rows is attached",
    },
    {
      call: "iam:DetachRolePolicy",
      change: { input: { PolicyArn: POLICY } },
      settings: ['policy "ReadOnly": attached → none'],
      because: "a policy without rows is detached",
    },
    {
      call: "iam:DetachRolePolicy",
      change: { input: { PolicyArn: POLICY }, delta: ROWS },
      settings: [],
      because: "the rows name the policy",
    },
    {
      call: "lambda:AddPermission",
      change: { input: { StatementId: "s" } },
      settings: ['statement "s": none → as in Git'],
      because: "another statement allows the same",
    },
    {
      call: "lambda:RemovePermission",
      change: { input: { StatementId: "s" } },
      settings: ['statement "s": without effect of its own → none'],
      because: "another statement allows the same",
    },
    {
      call: "lambda:RemovePermission",
      change: { input: { StatementId: "s" }, delta: ROWS },
      settings: [],
      because: "its caller has a row",
    },
    {
      call: "lambda:UpdateFunctionConfiguration",
      change: { before: OTHER_ROLE, after: ROLE, delta: ROWS },
      settings: ["function's role: role/b → role/grantkeeper/a"],
      because: "the function gets another role",
    },
    {
      call: "iam:SetDefaultPolicyVersion",
      change: { target: POLICY },
      settings: ["iam:SetDefaultPolicyVersion: policy/ReadOnly → as in Git"],
      because: "a call without a text of its own is named",
    },
    {
      call: "iam:CreatePolicyVersion",
      change: { target: POLICY, delta: ROWS },
      settings: [],
      because: "its permissions have rows",
    },
  ])("$call: $because", ({ call, change, settings }) => {
    expect(actionSettings(action(call, change)).map(shown)).toEqual(settings);
  });
});

describe("a difference that no permission row describes is a setting", () => {
  const drift = (change: DriftChange, live: string | null, desired: string | null): Drift =>
    ({ change, live, desired }) as Drift;

  test.each<{ readonly drift: Drift; readonly settings: readonly string[] }>([
    {
      drift: drift({ kind: "role-path" }, "/x/", "/grantkeeper/"),
      settings: ["role path: /x/ → /grantkeeper/"],
    },
    {
      drift: drift({ kind: "role-recreated", knownRoleId: "A", liveRoleId: "B" }, "B", "A"),
      settings: ["role: deleted and created again → the role that Grantkeeper knows"],
    },
    {
      drift: drift({ kind: "function-role" }, OTHER_ROLE, ROLE),
      settings: ["function's role: role/b → role/grantkeeper/a"],
    },
    {
      drift: drift({ kind: "role-not-published", versions: ["7"] }, null, null),
      settings: ["version 7: on another role, behind an alias → the declared role"],
    },
    {
      drift: drift({ kind: "role-not-published", versions: ["7", "8"] }, null, null),
      settings: ["versions 7, 8: on another role, behind an alias → the declared role"],
    },
    {
      drift: drift({ kind: "upstream-changed", arn: POLICY, versionId: "v2" }, "v2", "v1"),
      settings: ['policy "ReadOnly": changed by AWS, now v2 → v1'],
    },
    {
      drift: drift(
        { kind: "actions-grown", pattern: "s3:Get*", actions: ["s3:GetOne", "s3:GetTwo"] },
        "s3:GetOne, s3:GetTwo",
        null,
      ),
      settings: ['actions "s3:Get*": also s3:GetOne, s3:GetTwo, added by AWS → without them when approved'],
    },
    {
      drift: drift({ kind: "policy-description" }, null, "y"),
      settings: ['description: "" → "y"'],
    },
    { drift: drift({ kind: "inline" }, "{}", "{}"), settings: [] },
  ])("$drift.change.kind", ({ drift: found, settings }) => {
    expect(driftSettings(found).map(shown)).toEqual(settings);
  });
});
