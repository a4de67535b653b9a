import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { accountText } from "../../support/manifests.ts";
import { contextOf, judged, liveAccount, stating, verdicts, world } from "./judged.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders";
const BOUNDARY = "arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default";

function boundary(...statements: readonly Statement[]): Readonly<Record<string, string>> {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec: {use: boundary, document: ${document}}
`,
  };
}

const allow = (action: string | readonly string[], resource = "*"): Statement => {
  return { Effect: "Allow", Action: action, Resource: resource };
};
const LOGS = allow("logs:*");

describe("a grant outside the boundary", () => {
  const READ_AND_SEND = `  grants:
    - dynamodb: {table: orders, allow: [read]}
    - sqs: {queue: done, allow: [send]}
`;
  const ofBoundary = (spec: string, ...statements: readonly Statement[]) =>
    judged(world(spec, boundary(...statements))).filter(({ rule }) => rule === "BND-002");

  test("is refused if a complete statement is outside, with its line and its fix", () => {
    expect(ofBoundary(READ_AND_SEND, LOGS, allow("dynamodb:*"))).toMatchObject([
      {
        severity: "block",
        origin: { file: "teams/orders/orders-api.yaml" },
        why: "sqs send takes no effect: no statement of the boundary allows it",
        fix: "remove it; only the boundary's owner can allow it",
      },
    ]);
  });

  test("gives a warning if a part is outside", () => {
    const found = ofBoundary(
      READ_AND_SEND,
      LOGS,
      allow([
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeTable",
        "dynamodb:Query",
      ]),
      allow("sqs:*"),
    );

    expect(found).toMatchObject([
      { severity: "warn", why: '"dynamodb:GetItem" takes no effect: no statement of the boundary allows it' },
    ]);
  });

  test("gives a warning for the generated statement of the function's own logs", () => {
    expect(ofBoundary(READ_AND_SEND, allow("dynamodb:*"), allow("sqs:*"))).toMatchObject([
      {
        severity: "warn",
        why: "the implicit permissions for logs takes no effect: no statement of the boundary allows it",
      },
    ]);
  });

  test("because of a Deny is reported as denied", () => {
    const found = judged(
      world(READ_AND_SEND, boundary(allow("*"), { Effect: "Deny", Action: "sqs:*", Resource: "*" })),
    );

    expect(verdicts(found)).toEqual(["DEN-001 warn"]);
  });

  test.each([
    { live: [LOGS, allow("dynamodb:*")], outside: 1, because: "and the live boundary also excludes it" },
    { live: [allow("*")], outside: 0, because: "but the live boundary allows it" },
  ])("by the declared boundary, $because", ({ live, outside }) => {
    const made = world(READ_AND_SEND, boundary(LOGS, allow("dynamodb:*")));
    const text = JSON.stringify({ Version: "2012-10-17", Statement: live });
    const arn = made.binding.role.boundary?.arn ?? "";
    const found = judged(made, { live: liveAccount({ policies: { [arn]: text } }) });

    expect(found.filter(({ rule }) => rule === "BND-002")).toHaveLength(outside);
    expect(arn).toBe(BOUNDARY);
  });

  test("is not reported if the boundary does not exist or can't be read", () => {
    const plain = world(READ_AND_SEND, boundary(LOGS));
    const { role } = plain.binding;
    const bare = { ...plain, binding: { ...plain.binding, role: { ...role, boundary: null } } };
    const broken = liveAccount({ policies: { [BOUNDARY]: "no policy" } });

    expect(judged(bare).some(({ rule }) => rule === "BND-002")).toBe(false);
    expect(judged(plain, { live: liveAccount() }).some(({ rule }) => rule === "BND-002")).toBe(false);
    expect(judged(plain, { live: broken }).some(({ rule }) => rule === "BND-002")).toBe(false);
  });
});

describe("statements in IAM syntax", () => {
  test.each([
    {
      statement: allow("dynamodb:Get*", TABLE),
      breaks: ["ACT-002 warn"],
      why: /^"dynamodb:Get\*" is \d+ actions today/,
      because: "a pattern is reported with the actions that it matches today",
    },
    {
      statement: allow("dynamodb:ListTables", TABLE),
      breaks: ["ACT-004 warn"],
      why: /it takes only \*/,
      because: "an action without resources takes none",
    },
    {
      statement: {
        ...allow("dynamodb:GetItem", TABLE),
        Condition: { StringEquals: { "aws:SourceVpc": "vpc-*" } },
      },
      breaks: ["CON-002 block"],
      why: /wildcard/,
      because: "a wildcard is a character to StringEquals",
    },
    {
      statement: {
        ...allow("dynamodb:GetItem", TABLE),
        Effect: "Deny" as const,
        Condition: { StringEquals: { "aws:SourceVpc": "vpc-*" } },
      },
      breaks: ["CON-002 block"],
      why: /wildcard/,
      because: "a Deny with such a wildcard denies nothing",
    },
    {
      statement: {
        ...allow("dynamodb:GetItem", TABLE),
        Condition: { StringEquals: { "dynamodb:LeadingKeys": "a" } },
      },
      breaks: ["CON-003 block"],
      why: /several values/,
      because: "one of several values is enough for a plain operator",
    },
  ])("$because", ({ statement, breaks, why }) => {
    const found = judged(stating(statement));

    expect(verdicts(found)).toEqual(breaks);
    expect(found[0]?.why).toMatch(why);
  });

  test("of a ManagedPolicy are reported for the policy, those of a boundary for none", () => {
    const text = (use: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared}
spec:
  use: ${use}
  statements: [{reason: test, statement: ${JSON.stringify(allow("dynamodb:Get*", TABLE))}}]
`;
    const rulesOf = (use: string): readonly string[] => {
      const spec = use === "attach" ? "managedPolicies: [platform/shared]" : "role: {boundary: shared}";
      const made = world(`  ${spec}\n`, {
        "platform/shared.yaml": text(use),
        "platform/accounts.yaml": accountText(
          "prod",
          "222222222222",
          use === "attach" ? "" : "  boundaries: [shared]\n",
        ),
      });
      const [policy] = [...made.desired.policies.values()].filter(({ name }) => name === "shared");
      if (policy === undefined) throw new Error("not compiled");
      return verdicts(judgeDesired(policy, contextOf(made)));
    };

    expect(rulesOf("attach")).toEqual(["ACT-002 warn"]);
    expect(rulesOf("boundary")).toEqual([]);
  });

  test("are checked again with other action data, and once with the same", () => {
    const made = stating(allow("dynamodb:Get*", TABLE));
    const context = contextOf(made);
    const other = { ...context, actionData: { ...context.actionData, snapshotDate: "2027-01-01" } };
    const why = (): readonly string[] => judgeDesired(made.binding, context).map((finding) => finding.why);

    expect(why()).toEqual(why());
    expect(judgeDesired(made.binding, other)[0]?.why).not.toBe(why()[0]);
  });
});

describe("a Deny of the same role", () => {
  test("that cancels a grant is reported, even if it is in another policy", () => {
    const policy = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared}
spec:
  statements: [{reason: test, statement: {Effect: Deny, Action: "dynamodb:*", Resource: "*"}}]
`;
    const made = world(
      "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n  managedPolicies: [platform/shared]\n",
      { "platform/shared.yaml": policy },
    );

    expect(judged(made).map(({ rule, why }) => `${rule} ${why}`)).toContainEqual(
      expect.stringContaining("DEN-001 dynamodb read takes no effect: "),
    );
  });
});
