import { describe, expect, test } from "@jest/globals";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import { driftLine } from "../../../../src/plan/render/drift-line.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { row, mayDo } from "./views.ts";

function drift(change: DriftChange, more: Partial<Drift> = {}): Drift {
  return {
    key: binding().key,
    subject: binding().role.arn,
    change,
    tier: "security",
    cause: "out-of-band",
    certainty: "confirmed",
    live: null,
    desired: null,
    delta: NO_DELTA,
    origin: null,
    ...more,
  };
}

describe("one difference as one line", () => {
  const extra = { kind: "statement-extra", qualifier: null, sid: "test1", ours: false } as const;
  const more = { allowed: [row()], noLongerAllowed: [], unknownEffect: [] };
  const less = { allowed: [], noLongerAllowed: [row()], unknownEffect: [] };

  test.each<{ is: Drift; line: string }>([
    { is: drift({ kind: "role-missing" }), line: "- its role does not exist" },
    {
      is: drift({ kind: "role-path" }, { live: "/a/", desired: "/b/" }),
      line: "! its role has the path /a/, Git declares /b/",
    },
    {
      is: drift({ kind: "role-recreated", knownRoleId: "a", liveRoleId: "b" }),
      line: "! its role was deleted and created again",
    },
    { is: drift({ kind: "ownership-tag", tag: "x" }), line: "! ownership tag x is gone or changed" },
    {
      is: drift(
        { kind: "trust" },
        {
          delta: {
            allowed: [row({ principal: "AWS *", action: "sts:AssumeRole", resource: "", from: "trust" })],
            noLongerAllowed: [],
            unknownEffect: [],
          },
        },
      ),
      line: "+ anyone can assume the role, its role's trust policy changed",
    },
    { is: drift({ kind: "trust" }), line: "- its role's trust policy differs from Git" },
    { is: drift({ kind: "boundary" }), line: "+ its role has no boundary" },
    {
      is: drift(
        { kind: "boundary" },
        { live: "arn:aws:iam::1:policy/a", desired: "arn:aws:iam::1:policy/b" },
      ),
      line: "! its role's boundary is a, Git declares b",
    },
    {
      is: drift({ kind: "boundary" }, { live: "arn:aws:iam::1:policy/a", desired: null }),
      line: "! its role's boundary is a, Git declares none",
    },
    { is: drift({ kind: "inline" }), line: "- its inline policy is gone" },
    {
      is: drift({ kind: "inline" }, { live: "{}", delta: more }),
      line: "+ sqs:SendMessage queue/orders-dlq, inline policy changed",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}", delta: less }),
      line: "- sqs:SendMessage queue/orders-dlq, inline policy changed",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}", tier: "metadata" }),
      line: "! inline policy has other Sids than in Git",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}" }),
      line: "! inline policy differs in wording from Git",
    },
    {
      is: drift({ kind: "inline-extra", policyName: "hotfix" }, { delta: more }),
      line: '+ sqs:SendMessage queue/orders-dlq by policy "hotfix", not declared',
    },
    {
      is: drift({ kind: "inline-extra", policyName: "x" }),
      line: '+ policy "x", not declared',
    },
    {
      is: drift({ kind: "attachment-missing", arn: "arn:aws:iam::aws:policy/A" }),
      line: "- A not attached to its role",
    },
    {
      is: drift({ kind: "attachment-extra", arn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
      line: "+ AdministratorAccess attached to its role",
    },
    { is: drift({ kind: "description" }), line: "! its role's description differs from Git" },
    { is: drift({ kind: "max-session-duration" }), line: "! its role's session length differs from Git" },
    { is: drift({ kind: "tag-missing", tag: "x" }), line: "! tag x is missing on its role" },
    { is: drift({ kind: "tag-different", tag: "x" }), line: "! tag x on its role has another value" },
    { is: drift({ kind: "tag-extra", tag: "x" }), line: "! tag x on its role is not declared" },
    {
      is: drift(
        { kind: "tag-different", tag: "x" },
        { delta: { ...NO_DELTA, unknownEffect: [{ kind: "role-tag", tag: "x", row: row() }] } },
      ),
      line: "! tag x on its role has another value, which decides on sqs:SendMessage queue/orders-dlq",
    },
    {
      is: drift(
        { kind: "statement-missing", qualifier: "live", sid: "s" },
        {
          delta: {
            allowed: [],
            noLongerAllowed: [row({ principal: "Service s3.amazonaws.com" })],
            unknownEffect: [],
          },
        },
      ),
      line: "- s3.amazonaws.com cannot invoke it on live",
    },
    {
      is: drift({ kind: "statement-missing", qualifier: null, sid: "s" }),
      line: "- a declared caller cannot invoke it",
    },
    {
      is: drift(
        { kind: "statement-missing", qualifier: null, sid: "s" },
        { delta: { allowed: [], noLongerAllowed: [row()], unknownEffect: [] } },
      ),
      line: "- a caller cannot invoke it",
    },
    {
      is: drift({ ...extra, danger: "public" }),
      line: '+ anyone can invoke it (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "public" }, { delta: mayDo("lambda:*") }),
      line: `+ anyone can change the function's code (statement "test1")`,
    },
    {
      is: drift({ ...extra, danger: "takeover" }, { delta: mayDo("lambda:UpdateFunctionCode") }),
      line: `+ another account can change the function's code (statement "test1")`,
    },
    {
      is: drift({ ...extra, danger: "takeover" }, { delta: mayDo("lambda:AddPermission") }),
      line: '+ another principal can do more than invoke it (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "foreign-account", qualifier: "live" }),
      line: '+ another account can invoke it on live (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "none", sid: null }),
      line: "+ an undeclared caller can invoke it (a statement without Sid)",
    },
    {
      is: drift({ ...extra, danger: "none" }, { live: `{"Effect":"Deny"}` }),
      line: '- calls are denied (statement "test1")',
    },
    {
      is: drift(
        { kind: "function-role" },
        { live: "arn:aws:iam::1:role/a", desired: "arn:aws:iam::1:role/b" },
      ),
      line: "! the function runs on role/a, Git declares role/b",
    },
    {
      is: drift(
        { kind: "function-role" },
        {
          live: "arn:aws:iam::1:role/a",
          desired: "arn:aws:iam::1:role/b",
          delta: { allowed: [row({ effect: "Deny" })], noLongerAllowed: [], unknownEffect: [] },
        },
      ),
      line: "! the function runs on role/a, Git declares role/b; the other role does not deny sqs:SendMessage queue/orders-dlq",
    },
    { is: drift({ kind: "function-role" }), line: "! the function runs on no role, Git declares " },
    {
      is: drift({ kind: "role-not-published", versions: ["7"] }),
      line: "! version 7 behind an alias runs on another role",
    },
    {
      is: drift({ kind: "role-not-published", versions: ["7", "8"] }),
      line: "! versions 7, 8 behind an alias run on another role",
    },
    { is: drift({ kind: "not-released" }), line: "! its role has the ownership tags, Git releases it" },
    {
      is: drift({ kind: "inline" }, { live: "{}", tier: "no-effect" }),
      line: "! inline policy differs from Git, with the same effect on every request",
    },
    {
      is: drift(
        { kind: "function-role" },
        {
          live: "arn:aws:iam::1:role/a",
          desired: "arn:aws:iam::1:role/b",
          delta: more,
        },
      ),
      line: "! the function runs on role/a, Git declares role/b; the other role allows sqs:SendMessage queue/orders-dlq",
    },
    {
      is: drift(
        { kind: "statement-missing", qualifier: "live", sid: "gk_1" },
        { tier: "metadata", delta: NO_DELTA },
      ),
      line: '! statement "gk_1" is missing on live: the statement of another manifest allows the same',
    },
    {
      is: drift(
        { kind: "former-statement", qualifier: "live", sid: "gk_1" },
        { subject: "arn:aws:lambda:eu-west-1:111122223333:function:orders-before" },
      ),
      line: '+ a declared caller can invoke orders-before on live, which Git no longer declares (statement "gk_1")',
    },
    {
      is: drift({ kind: "former-statement", qualifier: null, sid: "gk_1" }, { subject: "orders-before" }),
      line: '+ a declared caller can invoke orders-before, which Git no longer declares (statement "gk_1")',
    },
    { is: drift({ kind: "policy-missing" }), line: "- the policy does not exist" },
    {
      is: drift({ kind: "policy-document" }, { live: "{}", delta: more }),
      line: "+ sqs:SendMessage queue/orders-dlq, the policy changed",
    },
    { is: drift({ kind: "policy-tag", tag: "x" }), line: "! tag x of the policy differs from Git" },
    {
      is: drift({ kind: "policy-description" }),
      line: "! the policy's description differs from Git, and cannot be changed",
    },
    {
      is: drift({ kind: "upstream-changed", arn: "arn:aws:iam::aws:policy/A", versionId: "v2" }),
      line: "! AWS changed its policy A (now v2)",
    },
    {
      is: drift({ kind: "actions-grown", pattern: "s3:Get*", actions: ["s3:GetOne", "s3:GetTwo"] }),
      line: '! "s3:Get*" also matches s3:GetOne, s3:GetTwo, which AWS added after it was approved',
    },
  ])("$line", ({ is, line }) => {
    expect(driftLine(is)).toBe(line);
  });

  test("many permissions are counted after the second", () => {
    const rows = ["a", "b", "c", "d"].map((action) => row({ action: `s3:${action}`, resource: "*" }));

    expect(
      driftLine(
        drift(
          { kind: "inline-extra", policyName: "x" },
          { delta: { allowed: rows, noLongerAllowed: [], unknownEffect: [] } },
        ),
      ),
    ).toBe('+ 4 actions (s3:a, s3:b, 2 more) all resources by policy "x", not declared');
  });
});
