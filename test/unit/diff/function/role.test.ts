import { describe, expect, test } from "@jest/globals";
import { isAtEdge } from "../../../../src/diff/function/edge.ts";
import { withPolicy, withRole } from "../../../support/pass/apply.ts";
import { driftRisks } from "../../../../src/model/drift.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { allow, appliedRecord, binding, BOUNDARY, deny, documentOf } from "../../../support/pass/bindings.ts";
import { livePolicyOf, accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";
import { accountOf, compare } from "./comparison.ts";

describe("the role of a function", () => {
  test("is drift with both ARNs if $LATEST has another role", () => {
    const desired = binding();

    expect(compare(desired, { roleArn: "arn:aws:iam::111122223333:role/orders-shared" })).toMatchObject({
      drifts: [
        {
          change: { kind: "function-role" },
          live: "arn:aws:iam::111122223333:role/orders-shared",
          desired: desired.role.arn,
        },
      ],
    });
  });

  const OTHER = "arn:aws:iam::111122223333:role/orders-shared" as Arn;
  const otherRole = (inline: readonly Statement[]): LiveRole => ({
    ...liveRoleOf(binding(), { arn: OTHER, attachments: [], boundary: null }),
    name: "orders-shared",
    inline: inline.length === 0 ? [] : [{ name: "all", text: documentOf(...inline) }],
  });
  const risksWith = (
    found: Partial<LiveFunction>,
    inline: readonly Statement[],
    boundary: readonly Statement[] = [allow("*")],
  ) => {
    const limited = withPolicy(
      accountOf(binding(), found),
      livePolicyOf(BOUNDARY, [documentOf(...boundary)]),
    );
    const account = withRole(limited, otherRole(inline));
    return driftsOfBinding(binding(), context(account, { record: appliedRecord(binding()) })).map((drift) => [
      drift.change.kind,
      driftRisks(drift),
    ]);
  };
  const LIVE_ON_OTHER: Partial<LiveFunction> = {
    aliases: { kind: "present", value: [{ name: "live", versions: ["7"] }] },
    versions: { kind: "present", value: [{ version: "7", roleArn: OTHER }] },
  };

  test.each([
    {
      found: { roleArn: OTHER },
      inline: [allow("*")],
      risks: [["function-role", ["escalation"]]],
      because: "$LATEST has a role that allows everything",
    },
    {
      found: LIVE_ON_OTHER,
      inline: [allow("*")],
      risks: [["role-not-published", ["escalation"]]],
      because: "a version behind an alias has a role that allows everything",
    },
    {
      found: { roleArn: OTHER },
      inline: [allow("sqs:SendMessage")],
      risks: [["function-role", []]],
      because: "the other role has no risky permission",
    },
    {
      found: { roleArn: OTHER },
      inline: [],
      risks: [["function-role", []]],
      because: "the other role has no permission",
    },
    {
      found: { roleArn: OTHER },
      inline: [allow("sqs:SendMessage")],
      boundary: [allow("*"), deny("iam:*")],
      risks: [["function-role", []]],
      because: "a Deny that only the declared role has grants nothing to the function",
    },
    {
      found: { roleArn: OTHER },
      inline: [allow("iam:PassRole")],
      boundary: [allow("*"), deny("iam:*")],
      risks: [["function-role", ["escalation"]]],
      because: "the other role grants what the declared boundary denies",
    },
  ])("is an escalation only if another role allows one: $because", ({ found, inline, boundary, risks }) => {
    expect(risksWith(found, inline, boundary)).toEqual(risks);
  });

  test('under "verify" is reported with the line to write and the permissions that it lacks', () => {
    const found = { roleArn: "arn:aws:iam::111122223333:role/orders-shared" };
    const needs = { ...liveFunctionOf(binding()).needs, tracing: true };
    const line = `where orders-api is deployed, set its role to ${binding().role.arn}`;

    expect(compare(binding(), { ...found, needs })).toMatchObject({
      notes: [line, "the declared role does not allow tracing: add tracing: true"],
    });
    const unread = { kind: "unknown", reason: "throttled" } as const;
    expect(compare(binding(), { ...found, triggers: { kind: "not-requested" } })).toMatchObject({
      notes: [line],
    });
    expect(compare(binding(), { ...found, triggers: unread })).toMatchObject({
      notes: [
        line,
        "not checked: whether the declared role allows its event source mappings and destinations",
      ],
    });
    expect(compare(binding({}, { functionRole: "manage" }), found)).toMatchObject({ notes: [] });
  });

  test("is reported for versions behind an alias, but not for other versions", () => {
    const other = "arn:aws:iam::111122223333:role/orders-shared";
    const versions = ["39", "40", "41"].map((version) => ({
      version,
      roleArn: version === "41" ? binding().role.arn : other,
    }));
    const found: Partial<LiveFunction> = {
      versions: { kind: "present", value: versions },
      aliases: { kind: "present", value: [{ name: "live", versions: ["41", "40"] }] },
    };

    expect(compare(binding(), found)).toMatchObject({
      drifts: [{ change: { kind: "role-not-published", versions: ["40"] }, tier: "metadata" }],
    });
    expect(compare(binding(), { ...found, aliases: { kind: "unknown", reason: "x" } })).toMatchObject({
      drifts: [],
    });
  });

  test("is not supported at the edge", () => {
    expect(compare(binding(), { edge: true })).toMatchObject({
      notes: ["orders-api runs at Lambda@Edge, which is not supported"],
    });
  });
});

describe("the trust policy of a function's role", () => {
  const EDGE_ROLE = "arn:aws:iam::111122223333:role/cdn" as LiveFunction["arn"];
  const trustOf = (Effect: string, ...services: readonly string[]): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect, Principal: { Service: services }, Action: "sts:AssumeRole" },
    });
  const BOTH = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"];

  test.each([
    { trust: trustOf("Allow", ...BOTH), atEdge: true, because: "it trusts Lambda@Edge" },
    { trust: trustOf("Allow", "lambda.amazonaws.com"), atEdge: false, because: "it trusts only Lambda" },
    { trust: trustOf("Deny", ...BOTH), atEdge: false, because: "it denies Lambda@Edge" },
  ])("shows whether the function runs at the edge: $because", ({ trust, atEdge }) => {
    const desired = binding();
    const found = liveFunctionOf(desired, { roleArn: EDGE_ROLE });
    const role = liveRoleOf(desired, { name: "cdn", path: "/", arn: EDGE_ROLE, trust });
    const live = withRole(accountWith({ role: liveRoleOf(desired), found }), role);

    expect(isAtEdge(desired, found, live)).toBe(atEdge);
  });

  test("is ignored for the declared role, where it is drift and must not hide itself", () => {
    const desired = binding();
    const role = liveRoleOf(desired, { trust: trustOf("Allow", ...BOTH) });
    const live = accountWith({ role, found: liveFunctionOf(desired) });

    expect(isAtEdge(desired, liveFunctionOf(desired), live)).toBe(false);
    expect(driftsOfBinding(desired, context(live)).map(({ change }) => change.kind)).toEqual(["trust"]);
  });
});
