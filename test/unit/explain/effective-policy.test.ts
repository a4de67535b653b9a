import { describe, expect, test } from "@jest/globals";
import { effectivePolicy, type PolicyFacts } from "../../../src/explain/state/effective/effective-policy.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { LivePolicy } from "../../../src/model/live.ts";
import { allow, compiled, documentOf, ORDERS_READ, policy } from "../../support/pass/bindings.ts";
import { accountWith, emptyAccount, livePolicyOf } from "../../support/pass/live-state.ts";

const READ_AT = "2026-10-01T12:00:00.000Z";
const DECLARED = policy(compiled(ORDERS_READ), { tags: [] });
const PUT = allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders");
const DELETE = allow("dynamodb:DeleteItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders");

function factsOf(
  statements: readonly Statement[],
  change: Partial<PolicyFacts> = {},
  live: Partial<LivePolicy> = {},
): PolicyFacts {
  return {
    reference: DECLARED,
    states: [{ state: DECLARED, isFormer: false }],
    isInGit: true,
    live: accountWith({ policies: [livePolicyOf(DECLARED.arn, [documentOf(...statements)], live)] }),
    readAt: READ_AT,
    failing: null,
    ...change,
  };
}

function read(facts: PolicyFacts) {
  const state = effectivePolicy(facts);
  if (state.kind !== "read") throw new Error(state.reason);
  return state;
}

/** `=` declared, `-` formerly declared, `+` added in AWS. */
function marks(facts: PolicyFacts): readonly string[] {
  return read(facts).permissions.lines.map(
    ({ isDeclared, wasDeclared, what }) => `${isDeclared ? "=" : wasDeclared ? "-" : "+"} ${what}`,
  );
}

describe("the permissions of a ManagedPolicy in AWS", () => {
  const former = policy(compiled(ORDERS_READ, DELETE), { tags: [] });
  const states = [
    { state: DECLARED, isFormer: false },
    { state: former, isFormer: true },
  ];

  test.each([
    {
      because: "what Git declares is declared",
      facts: factsOf([ORDERS_READ]),
      shown: ["= dynamodb:GetItem"],
    },
    {
      because: "what no revision declared was added in AWS",
      facts: factsOf([ORDERS_READ, PUT]),
      shown: ["= dynamodb:GetItem", "+ dynamodb:PutItem"],
    },
    {
      because: "what the last applied revision declared was not added in AWS",
      facts: factsOf([ORDERS_READ, DELETE], { states }),
      shown: ["= dynamodb:GetItem", "- dynamodb:DeleteItem"],
    },
    {
      because: "a policy that left Git declares nothing",
      facts: factsOf([ORDERS_READ], { isInGit: false, states: [{ state: DECLARED, isFormer: true }] }),
      shown: ["- dynamodb:GetItem"],
    },
    {
      because: "an empty manifest declares nothing of what AWS has",
      facts: factsOf([PUT], { reference: policy(compiled()), states: [] }),
      shown: ["+ dynamodb:PutItem"],
    },
  ])("$because", ({ facts, shown }) => {
    expect(marks(facts)).toEqual(shown);
  });

  test.each([
    {
      because: "a complete read without it proves that it is absent",
      live: emptyAccount(),
      role: { kind: "absent", arn: DECLARED.arn },
      unknown: [],
    },
    {
      because: "an incomplete read proves nothing",
      live: emptyAccount({ complete: false }),
      role: { kind: "unknown", arn: DECLARED.arn, reason: `policy ${DECLARED.arn} was not read` },
      unknown: [`policy ${DECLARED.arn} was not read`],
    },
    {
      because: "a policy without its document is unknown, not empty",
      live: accountWith({ policies: [livePolicyOf(DECLARED.arn, [])] }),
      role: { kind: "unknown", arn: DECLARED.arn, reason: "its document was not read" },
      unknown: ["its document was not read"],
    },
  ])("are none, and the reason is shown: $because", ({ live, role, unknown }) => {
    expect(read(factsOf([], { live }))).toMatchObject({ role, unknown, permissions: { lines: [] } });
  });
});

describe("the settings of a ManagedPolicy in AWS", () => {
  const TEAM = { key: "team", value: "orders" };

  test.each<{
    readonly because: string;
    readonly live: Partial<LivePolicy>;
    readonly isInGit?: boolean;
    readonly settings?: readonly object[];
    readonly unknown?: readonly string[];
  }>([
    { because: "equal settings are not listed", live: {} },
    {
      because: "another description is listed",
      live: { description: "Changed by hand" },
      settings: [{ what: "description", live: '"Changed by hand"', declared: '"Audit"' }],
    },
    {
      because: "a description that was not read is unknown, not different",
      live: { description: null },
      unknown: ["description: it was not read"],
    },
    {
      because: "an undeclared tag is listed",
      live: { tags: { kind: "present", value: [TEAM] } },
      settings: [{ what: 'tag "team"', live: '"orders"', declared: null }],
    },
    {
      because: "tags that were not read are unknown, with AWS's reason",
      live: { tags: { kind: "unknown", reason: "iam:GetPolicy: AccessDenied" } },
      unknown: ["tags: iam:GetPolicy: AccessDenied"],
    },
    {
      because: "nothing differs from a manifest that left Git",
      live: { description: "Changed by hand" },
      isInGit: false,
    },
  ])("$because", ({ live, isInGit = true, settings = [], unknown = [] }) => {
    expect(read(factsOf([ORDERS_READ], { isInGit }, live))).toMatchObject({ settings, unknown });
  });
});
