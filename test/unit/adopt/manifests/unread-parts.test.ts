import { describe, expect, test } from "@jest/globals";
import { known, notCalled, type Estate, type EstateFunction } from "../../../../src/adopt/estate/estate.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { LiveRole, Reading } from "../../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { importPlan, outcomeOf, type ImportSetting } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";

interface Live {
  readonly found?: Partial<EstateFunction>;
  readonly estate?: Partial<Estate>;
  readonly setting?: ImportSetting;
}

/** Why the function `orders` has no manifest. */
function reasonOf({ found = {}, estate: more = {}, setting = {} }: Live) {
  const functions = [estateFunction("orders", found)];
  const all = estate({ functions, iam: known(estateIam([estateRole("orders-role")])), ...more });
  const plan = importPlan(all, setting);
  expect(plan.files).toEqual([]);
  return outcomeOf(plan, "orders");
}

const DENIED = { kind: "unknown", call: "lambda:GetPolicy", why: "denied", reason: "AccessDenied" } as const;

function roles(reading: Reading<LiveRole>): Partial<Estate> {
  return { iam: known({ ...estateIam([]), roles: new Map([["orders-role", reading]]) }) };
}

test.each([
  { why: "denied", next: "allow the call to the observer, and import again" },
  { why: "failed", next: "import again: without --from and --resume, AWS is read again" },
] as const)("the next step after a call that was $why is: $next", ({ why, next }) => {
  const aliases = { ...DENIED, call: "lambda:ListAliases", why };

  expect(reasonOf({ found: { aliases } })).toMatchObject({ kind: "unknown", next });
});

describe("a function of which a part was not read gets no manifest", () => {
  test.each<{ readonly because: string; readonly live: Live; readonly reason: string }>([
    {
      because: "its aliases",
      live: { found: { aliases: { ...DENIED, call: "lambda:ListAliases" } } },
      reason: "lambda:ListAliases is denied",
    },
    {
      because: "the policy of an alias",
      live: {
        found: {
          aliases: known([{ name: "live", versions: ["1"] }]),
          policies: new Map([
            ["", DENIED],
            ["live", DENIED],
          ]),
        },
      },
      reason: "lambda:GetPolicy is denied",
    },
    {
      because: "the policy of an alias that was not asked for",
      live: { found: { aliases: known([{ name: "live", versions: ["1"] }]) } },
      reason: "lambda:GetPolicy was not called for the alias live",
    },
    {
      because: "the policy of the function itself",
      live: { found: { policies: new Map() } },
      reason: "lambda:GetPolicy was not called for the function",
    },
    {
      because: "roles and policies",
      live: { estate: { iam: notCalled("iam:GetAccountAuthorizationDetails") } },
      reason: "iam:GetAccountAuthorizationDetails was not called",
    },
    {
      because: "its role",
      live: { estate: roles({ kind: "unknown", reason: "its trust is no JSON" }) },
      reason: "its trust is no JSON",
    },
    {
      because: "the tags that the first rule asks for",
      live: {
        found: { tags: notCalled("tag:GetResources") },
        setting: { rules: [{ test: { kind: "tag", key: "team", value: null }, namespace: null }] },
      },
      reason: "tag:GetResources was not called",
    },
  ])("$because", ({ live, reason }) => {
    expect(reasonOf(live)).toMatchObject({
      kind: "unknown",
      reason,
      next: expect.stringMatching(/^(allow the call to the observer|look at the role in AWS), /),
    });
  });

  test("a role that a complete listing records as absent is not unread", () => {
    expect(reasonOf({ estate: roles({ kind: "absent" }) })).toMatchObject({
      kind: "blocked",
      next: "create the role, or delete the function",
    });
  });
});

test("a part that decides nothing about the manifest may be unread", () => {
  const found = estateFunction("orders", {
    tags: notCalled("tag:GetResources"),
    versions: notCalled("lambda:ListVersionsByFunction"),
    triggers: notCalled("lambda:ListEventSourceMappings"),
  });
  const all = estate({ functions: [found], iam: known(estateIam([estateRole("orders-role")])) });

  expect(outcomeOf(importPlan(all), "orders")).toMatchObject({
    kind: "written",
    difference: null,
    notes: expect.arrayContaining([
      { kind: "versions-unread", text: "its published versions were not read" },
    ]),
  });
});

describe("what cannot be declared is named", () => {
  const odd = (Sid: string | undefined): Statement =>
    ({
      ...(Sid !== undefined && { Sid }),
      Effect: "Allow",
      Action: "s3:*",
      Resource: "*",
      Extra: 1,
    }) as Statement;

  test.each([
    {
      because: "a statement without Sid",
      statements: [odd(undefined)],
      reason: 'a statement of inline policy app cannot be declared: unknown element "Extra"',
    },
    {
      because: "the first of several",
      statements: [odd("A"), odd("B"), odd("C")],
      reason: 'statement A of inline policy app cannot be declared (and 2 more): unknown element "Extra"',
    },
  ])("$because", ({ statements, reason }) => {
    const role = estateRole("orders-role", { inline: [{ name: "app", text: policyText(statements) }] });

    expect(reasonOf({ estate: { iam: known(estateIam([role])) } })).toEqual({
      kind: "blocked",
      reason,
      next: "change the statement in AWS, and import again",
    });
  });

  test("a region that the account does not list has no target", () => {
    expect(reasonOf({ estate: { region: "us-west-2" as never } })).toMatchObject({
      kind: "blocked",
      reason: expect.stringMatching(/^its permissions are not valid in a manifest/),
    });
  });
});

test("a function on a role that Lambda@Edge may assume gets no manifest, because the controller would leave it untouched", () => {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
        Action: "sts:AssumeRole",
      },
    ],
  });

  expect(
    reasonOf({ estate: roles({ kind: "present", value: estateRole("orders-role", { trust }) }) }),
  ).toMatchObject({ kind: "excluded", reason: expect.stringMatching(/^Lambda@Edge, .* role orders-role:/) });
});
