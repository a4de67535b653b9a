import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { isAtEdge } from "../../../../src/diff/function/edge.ts";
import { withRole } from "../../../support/pass/apply.ts";
import type { Comparison } from "../../../../src/diff/drift/context.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { driftRisks } from "../../../../src/model/drift.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type {
  LiveAccount,
  LiveFunction,
  LiveResourcePolicy,
  LiveRole,
  Reading,
} from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import {
  ACCOUNT_ID,
  accountWith,
  allow,
  appliedRecord,
  binding,
  caller,
  context,
  documentOf,
  driftsOfBinding,
  liveFunctionOf,
  liveRoleOf,
  presentPolicy,
  REGION,
} from "../../../support/pass/bindings.ts";

const UPLOADS = caller("uploads");

function accountOf(desired: DesiredBinding, found: Partial<LiveFunction> = {}): LiveAccount {
  return accountWith({ role: liveRoleOf(desired), found: liveFunctionOf(desired, found) });
}

function compare(desired: DesiredBinding, found: Partial<LiveFunction> = {}): Comparison {
  return diffBinding(desired, context(accountOf(desired, found), { record: appliedRecord(desired) }));
}

function policiesOf(
  readings: Readonly<Record<string, Reading<LiveResourcePolicy>>>,
): LiveFunction["policies"] {
  return new Map(Object.entries(readings));
}

function withPolicy(...statements: readonly unknown[]): Partial<LiveFunction> {
  return { policies: new Map([["", presentPolicy(...statements)]]) };
}

const PUBLIC = {
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: binding().functionArn,
};
const FOREIGN = { ...PUBLIC, Sid: "other", Principal: { AWS: "arn:aws:iam::999988887777:root" } };
const NIGHTLY = {
  ...PUBLIC,
  Sid: "events-rule-nightly",
  Principal: { Service: "events.amazonaws.com" },
  Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT_ID}:rule/nightly` } },
};

describe("declared callers", () => {
  test("include a missing caller on its own qualifier", () => {
    const desired = binding({}, { callers: [UPLOADS, caller("uploads", "live")] });
    const drifts = driftsOfBinding(
      desired,
      context(
        accountOf(desired, {
          policies: policiesOf({ "": presentPolicy(UPLOADS.statement), live: { kind: "absent" } }),
        }),
      ),
    );

    expect(drifts).toMatchObject([
      {
        subject: `${desired.functionArn}:live`,
        change: { kind: "statement-missing", qualifier: "live" },
        live: null,
        delta: { noLongerAllowed: [{ action: "lambda:InvokeFunction" }] },
      },
    ]);
  });

  test.each([
    { statement: { ...UPLOADS.statement, Sid: "made-by-sam" }, because: "another Sid" },
    {
      statement: {
        ...UPLOADS.statement,
        Sid: "x",
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:aws:s3:::uploads" },
          StringEquals: { "aws:sourceaccount": [ACCOUNT_ID] },
        },
      },
      because: "another spelling of the same meaning",
    },
  ])("are satisfied by a live statement with $because", ({ statement }) => {
    const desired = binding({}, { callers: [UPLOADS] });

    expect(compare(desired, withPolicy(statement))).toMatchObject({ drifts: [], notes: [] });
  });

  test("are not satisfied by other content under their Sid, which is ours to replace", () => {
    const desired = binding({}, { callers: [UPLOADS] });
    const changed = { ...UPLOADS.statement, Principal: "*" };

    expect(compare(desired, withPolicy(changed))).toMatchObject({
      drifts: [
        { change: { kind: "statement-extra", sid: UPLOADS.sid, ours: true }, cause: "out-of-band" },
        { change: { kind: "statement-missing", sid: UPLOADS.sid } },
      ],
    });
  });

  test("are changed in Git if one of ours is no longer declared", () => {
    expect(compare(binding(), withPolicy(UPLOADS.statement))).toMatchObject({
      drifts: [{ change: { kind: "statement-extra", ours: true, danger: "none" }, cause: "revision" }],
    });
  });
});

describe("undeclared callers", () => {
  test.each([
    { statement: NIGHTLY, setting: "report", drifts: [], because: "statements of others are kept" },
    { statement: PUBLIC, setting: "report", drifts: ["public"], because: "a public caller is a danger" },
    {
      statement: FOREIGN,
      setting: "report",
      drifts: ["foreign-account"],
      because: "another account is a danger",
    },
    {
      statement: { ...FOREIGN, Action: "lambda:UpdateFunctionCode" },
      setting: "report",
      drifts: ["takeover"],
      because: "another account that may change the code is worse",
    },
    {
      statement: NIGHTLY,
      setting: "remove",
      drifts: ["none"],
      because: "the function's whole policy is exclusive",
    },
    {
      statement: { ...PUBLIC, Effect: "Deny" },
      setting: "remove",
      drifts: ["none"],
      because: "a Deny is not ours either",
    },
  ] as const)("under $setting: $because", ({ statement, setting, drifts }) => {
    const comparison = compare(binding({}, { undeclaredCallers: setting }), withPolicy(statement));

    const dangers = comparison.kind === "compared" ? comparison.drifts.map(({ change }) => change) : [];
    expect(dangers).toMatchObject(drifts.map((danger) => ({ kind: "statement-extra", danger })));
  });

  test("are counted if they are kept", () => {
    const others = new Map([
      ["", presentPolicy(NIGHTLY, { ...NIGHTLY, Sid: "b" })],
      ["live", presentPolicy(NIGHTLY)],
    ]);

    expect(compare(binding(), { policies: others })).toMatchObject({
      drifts: [],
      notes: ["2 statements not in git, left alone", "1 statement on live not in git, left alone"],
    });
  });

  test("include a statement without a Sid and one that is not understood", () => {
    const { Sid: _, ...nameless } = PUBLIC;
    const odd = { ...NIGHTLY, Sid: "odd", NotPrincipal: "*" };

    expect(compare(binding({}, { undeclaredCallers: "remove" }), withPolicy(nameless, odd))).toMatchObject({
      drifts: [
        { change: { kind: "statement-extra", sid: "odd" } },
        { change: { kind: "statement-extra", sid: null, danger: "public" } },
      ],
    });
  });
});

describe("an incomplete read", () => {
  test.each([
    { policies: new Map(), reason: "its policy was not read" },
    {
      policies: new Map([["", { kind: "unknown", reason: "AccessDenied" } as const]]),
      reason: "AccessDenied",
    },
    {
      policies: new Map([["", { kind: "present", value: { text: "{", revisionId: "r" } } as const]]),
      reason: "it is not JSON",
    },
  ])("of a policy: $reason", ({ policies, reason }) => {
    const desired = binding({}, { callers: [UPLOADS] });

    expect(compare(desired, { policies })).toMatchObject({
      drifts: [],
      unread: [`${desired.functionArn}: ${reason}`],
    });
  });

  test("of a region does not prevent the comparison of the role", () => {
    const desired = binding();
    const live = accountWith({ role: liveRoleOf(desired, { boundary: null }) });
    const off = { ...live, regions: new Map([[REGION, { kind: "off", reason: "not enabled" } as const]]) };

    expect(diffBinding(desired, context(off))).toMatchObject({
      drifts: [{ change: { kind: "boundary" } }],
      unread: ["region eu-west-1: not enabled"],
    });
  });

  test("of a function that does not exist yet is reported as waiting", () => {
    const desired = binding();
    const live = accountWith({ role: liveRoleOf(desired) });

    expect(diffBinding(desired, context(live))).toMatchObject({
      drifts: [],
      notes: ["waiting-for-function"],
    });
  });
});

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
  const risksWith = (found: Partial<LiveFunction>, inline: readonly Statement[]) => {
    const account = withRole(accountOf(binding(), found), otherRole(inline));
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
  ])("is an escalation only if another role allows one: $because", ({ found, inline, risks }) => {
    expect(risksWith(found, inline)).toEqual(risks);
  });

  test('under "verify" is reported with the line to write and the permissions that it lacks', () => {
    const found = { roleArn: "arn:aws:iam::111122223333:role/orders-shared" };
    const needs = { ...liveFunctionOf(binding()).needs, tracing: true };
    const line = `where orders-api is deployed, write: role = "${binding().role.arn}"`;

    expect(compare(binding(), { ...found, needs })).toMatchObject({
      notes: [line, "the declared role does not allow tracing: add tracing: true"],
    });
    const unread = { kind: "unknown", reason: "not requested" } as const;
    expect(compare(binding(), { ...found, triggers: unread })).toMatchObject({
      notes: [
        line,
        "not checked: whether the declared role serves its event source mappings and destinations",
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
