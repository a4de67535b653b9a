import { describe, expect, test } from "@jest/globals";
import { limitsMore, replacementDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { namesText } from "../../../../src/iam/row-text.ts";

type Statement = Readonly<Record<string, unknown>>;
const documentOf = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const READ = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" } as const;
const SERVICES = { Effect: "Allow", Action: ["dynamodb:*", "s3:*", "logs:*"], Resource: "*" } as const;
const NO_IAM = { Effect: "Deny", Action: "iam:*", Resource: "*" } as const;
const TAGGED = { StringEquals: { "aws:PrincipalTag/team": "orders" } } as const;

function role(statements: readonly Statement[], limit: readonly Statement[] | null): RolePermissions {
  return {
    documents: [{ from: { kind: "inline", name: "all" }, text: documentOf(...statements) }],
    boundary: limit === null ? null : { from: { kind: "boundary" }, text: documentOf(...limit) },
    context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
  };
}

interface Row {
  readonly policies?: readonly Statement[];
  readonly was?: readonly Statement[] | null;
  readonly is: readonly Statement[] | null;
  readonly because: string;
}

const lostOf = ({ policies = [READ], was = null, is }: Row): readonly string[] =>
  replacementDelta(role(policies, was), role(policies, is)).noLongerAllowed.map(({ action }) =>
    namesText(action),
  );

describe("a role that gets a boundary", () => {
  test.each<Row>([
    { is: [SERVICES, NO_IAM], because: "it allows the service, and denies another one" },
    { is: [{ ...READ, Action: "*" }], because: "it allows everything" },
    {
      is: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
      because: "it allows everything but another service",
    },
    {
      is: [SERVICES, { Effect: "Deny", NotAction: ["dynamodb:*", "s3:*"], Resource: "*" }],
      because: "it denies everything but the service and another one",
    },
  ])("is proved the same if $because", (row) => {
    expect(lostOf(row)).toEqual([]);
  });

  test.each<Row>([
    { is: [{ ...SERVICES, Action: "s3:*" }], because: "it does not allow the service" },
    { is: [SERVICES, { ...NO_IAM, Action: "dynamodb:*" }], because: "it denies the service" },
    { is: [{ ...SERVICES, Condition: TAGGED }], because: "it allows the service under a condition" },
    {
      is: [SERVICES, { ...NO_IAM, Action: "*", Condition: TAGGED }],
      because: "it denies everything under a condition",
    },
    {
      is: [{ Effect: "Allow", NotAction: "dynamodb:*", Resource: "*" }],
      because: "it allows everything but the service",
    },
    {
      is: [SERVICES, { Effect: "Deny", NotAction: "s3:*", Resource: "*" }],
      because: "it denies everything but another service",
    },
    { is: [{ ...SERVICES, Unknown: "x" }], because: "a statement of it is not understood" },
    {
      policies: [{ Effect: "Allow", NotAction: "sqs:*", Resource: "*" }],
      is: [SERVICES],
      because: "the role allows everything but a service",
    },
  ])("is not proved the same if $because", (row) => {
    expect(lostOf(row)).not.toEqual([]);
  });

  test("limits more than none, and not more than a narrower one or itself", () => {
    const of = (was: readonly Statement[] | null, is: readonly Statement[] | null): boolean =>
      limitsMore(role([READ], was), role([READ], is));

    expect(of(null, [SERVICES])).toBe(true);
    expect(of(null, [{ ...READ, Action: "*" }])).toBe(false);
    expect(of([SERVICES], [SERVICES])).toBe(false);
    expect(of([READ], [SERVICES])).toBe(false);
    expect(of([SERVICES], [SERVICES, NO_IAM])).toBe(true);
    expect(of([SERVICES], null)).toBe(false);
  });

  test("allows more if the boundary is removed, also where its policies grant nothing", () => {
    const { allowed } = replacementDelta(role([READ], [SERVICES]), role([READ], null));

    expect(allowed).not.toEqual([]);
  });
});

test("a Deny that a policy adds is a difference, also where the policies grant nothing", () => {
  const found = replacementDelta(role([READ], null), role([READ, NO_IAM], null));

  expect(found.noLongerAllowed.map(({ action }) => namesText(action))).toEqual(["iam:*"]);
});
