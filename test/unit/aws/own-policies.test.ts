import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Identity } from "../../../src/aws/calls/calls.ts";
import type { OwnFacts, OwnStatement } from "../../../src/aws/own/facts.ts";
import { ownPolicy } from "../../../src/aws/own/policies.ts";
import { sourceStatements } from "../../../src/aws/own/source-access.ts";
import { AWS_CALLS, permissionFor, requiredPermissions } from "../../../src/aws/calls/permissions.ts";
import { dividedPolicy } from "../../../src/workbench/bootstrap/divided-policy.ts";
import { checkStatement } from "../../../src/iam/check/grammar/statement.ts";
import { toList } from "../../../src/text/json-values.ts";
import { EXAMPLE, EXAMPLE_KEY } from "../../../tools/pages/permissions.ts";
import { policyText } from "../../support/policies/own-policies.ts";

const IDENTITIES: readonly Identity[] = ["base", "observer", "writer", "binder"];

const QUEUE = {
  kind: "queue",
  arn: "arn:aws:sqs:eu-west-1:999900001111:grantkeeper-pushes",
  repository: "permissions",
} as const;

const ROLE = "arn:aws:iam::111122223333:role/service-role/orders-report";
const ADOPTING = { ...EXAMPLE, adoptable: [ROLE] };

/** With a queue of pushes, sorted. */
function allowedActions(identity: Identity, facts: OwnFacts): readonly string[] {
  const ofQueue = identity === "base" ? sourceStatements([QUEUE], EXAMPLE.baseRole) : [];
  const actions = [...ownPolicy(identity, facts), ...ofQueue].flatMap(({ Effect, Action = [] }) =>
    Effect === "Allow" ? toList(Action) : [],
  );
  return [...new Set(actions)].sort();
}

describe("the policies of Grantkeeper's own identities", () => {
  test.each(IDENTITIES)("allow %s exactly the actions of its calls in any installation", (identity) => {
    const needed = requiredPermissions(identity).map(({ action }) => action);

    expect(allowedActions(identity, EXAMPLE)).toEqual([...new Set(needed)].sort());
  });

  test.each(IDENTITIES)("allow %s its other calls only where manifests or settings need them", (identity) => {
    const others = AWS_CALLS.filter((call) => {
      const { identity: of, only } = permissionFor(call);
      return of === identity && only !== undefined;
    });
    const facts = {
      ...ADOPTING,
      lookupEvents: true,
      stacks: ["arn:aws:cloudformation:*:111122223333:stack/orders/*"],
    };
    const parameters = ["arn:aws:ssm:*:111122223333:parameter/orders"];
    const before = new Set(allowedActions(identity, EXAMPLE));
    const added = allowedActions(identity, { ...facts, parameters }).filter((action) => !before.has(action));

    expect(added).toEqual(others);
  });

  test.each(IDENTITIES)("are valid in AWS, within a managed policy's 6,144 characters: %s", (identity) => {
    const statements = ownPolicy(identity, EXAMPLE);
    const adopting = ownPolicy(identity, ADOPTING);

    expect(adopting.flatMap((statement) => checkStatement({ ...statement }, "identity"))).toEqual([]);
    expect(statements.flatMap((statement) => checkStatement({ ...statement }, "identity"))).toEqual([]);
    expect(policyText(statements).length).toBeLessThanOrEqual(6_144);
  });

  test("use only condition keys that AWS knows for the action", async () => {
    const data = await new IamActionData().load(["iam", "kms", "lambda", "sts"]);
    const unknown = IDENTITIES.flatMap((identity) =>
      ownPolicy(identity, { ...ADOPTING, functionKeys: [EXAMPLE_KEY] }).flatMap((statement) =>
        testedPairs(statement).filter(([action, key]) => {
          const known = data.find(action)?.conditionKeys ?? [];
          return !known.map(withoutTag).includes(key);
        }),
      ),
    );

    expect(unknown).toEqual([]);
  });

  test("let the binder use the keys of functions, as an option, through Lambda in their region alone", () => {
    const withKeys = ownPolicy("binder", { ...EXAMPLE, functionKeys: [EXAMPLE_KEY] });
    const added = withKeys.filter(({ Sid }) => Sid === "KeysOfFunctions");
    const fence = withKeys.find(({ Sid }) => Sid === "Fence");

    expect(added).toMatchObject([
      {
        Action: ["kms:CreateGrant", "kms:Encrypt"],
        Resource: [EXAMPLE_KEY],
        Condition: { StringEquals: { "kms:ViaService": ["lambda.eu-west-1.amazonaws.com"] } },
      },
    ]);
    expect(fence?.NotAction).toEqual(expect.arrayContaining(["kms:CreateGrant", "kms:Encrypt"]));
    expect(JSON.stringify(ownPolicy("binder", EXAMPLE))).not.toContain("kms:");
  });

  test("name each role that may be taken over by its ARN, and let it neither be created nor deleted", () => {
    const actionsOn = (resource: string): readonly string[] =>
      ownPolicy("writer", ADOPTING)
        .filter(({ Effect, Resource = [] }) => Effect === "Allow" && toList(Resource).includes(resource))
        .flatMap(({ Action = [] }) => toList(Action));

    expect([...new Set(actionsOn(ROLE))].sort()).toEqual([
      "iam:AttachRolePolicy",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]);
    expect(JSON.stringify(ownPolicy("writer", EXAMPLE))).not.toContain("Adopt");
    expect(JSON.stringify(ownPolicy("observer", EXAMPLE))).not.toContain("cloudformation");
  });

  test("stay within ten policies, as many as a role can have attached, with the most roles that may be taken over", () => {
    const adoptable = Array.from({ length: 60 }, (_, at) => `${ROLE}-with-a-rather-long-name-${at + 10}`);

    expect(dividedPolicy(ownPolicy("writer", { ...EXAMPLE, adoptable })).length).toBeLessThanOrEqual(10);
  });

  test("omit optional features that a platform does not configure: further tags, callers", () => {
    const bare = ownPolicy("writer", { ...EXAMPLE, tagKeys: [], callers: [], callerAccounts: [] });
    const sids = bare.map(({ Sid }) => Sid);
    const fence = bare.find(({ Sid }) => Sid === "Fence");

    expect(sids).not.toContain("TagOwned");
    expect(sids).not.toContain("AddInvokePermission");
    expect(fence?.NotAction).not.toContain("lambda:AddPermission");
    expect(fence?.NotAction).toContain("iam:TagRole");
  });
});

/** Each action of the statement with each key that it tests. */
function testedPairs({ Action = [], Condition = {} }: OwnStatement): readonly (readonly [string, string])[] {
  const keys = Object.values(Condition).flatMap((tests) => Object.keys(tests));
  return toList(Action).flatMap((action) => keys.map((key) => [action, withoutTag(key)] as const));
}

/** `aws:resourcetag/`: people choose the names of tags. */
function withoutTag(key: string): string {
  return key.toLowerCase().replace(/\/.*/, "/");
}
