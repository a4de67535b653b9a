import { describe, expect, test } from "@jest/globals";
import { OWN_IDENTITIES } from "../../../src/model/aws/own-roles.ts";
import { dividedPolicy } from "../../../src/workbench/bootstrap/divided-policy.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { roleChecks } from "../../../src/workbench/doctor/compare-role.ts";
import { ACCOUNT, expectedRole, type Present, textOf, installedRole, problems } from "./installed-role.ts";

/** The writer's policy, with the statement of this Sid changed. */
function withStatement(sid: string, change: (text: string) => string): Present {
  const expected = expectedRole();
  const statements = expected.policy.map((statement): Statement =>
    statement.Sid === sid ? (JSON.parse(change(JSON.stringify(statement))) as Statement) : statement,
  );
  return installedRole(expected, { documents: [{ from: "inline policy own", text: textOf(statements) }] });
}

describe("a role passes", () => {
  test.each(OWN_IDENTITIES.map((identity) => ({ identity })))(
    "as it is printed: $identity",
    ({ identity }) => {
      const expected = expectedRole(identity);

      expect(problems(installedRole(expected), expected)).toEqual([]);
    },
  );

  test("if its statements are divided and named in another way", () => {
    const expected = expectedRole();
    const divided = expected.policy.flatMap((declared): readonly object[] => {
      const statement = { ...declared, Sid: undefined };
      if (statement.Effect === "Deny") return [statement];
      return [statement.Action ?? []].flat().map((Action) => ({ ...statement, Action }));
    });
    const documents = [
      { from: "inline policy a", text: textOf(divided.slice(0, 9)) },
      { from: `arn:aws:iam::${ACCOUNT}:policy/b`, text: textOf(divided.slice(9)) },
    ];

    expect(problems(installedRole(expected, { documents }))).toEqual([]);
  });

  test("with condition keys in another case, which AWS ignores", () => {
    const expected = expectedRole();
    const inLowerCase = (text: string): string =>
      text.replaceAll(
        /(aws|sts|iam|lambda):(TagKeys|ExternalId|RoleSessionName|PrincipalOrgID|PolicyARN|Principal)(?=":)/g,
        (key) => key.toLowerCase(),
      );
    const trust = inLowerCase(textOf(expected.trust ?? []));
    const documents = [{ from: "inline policy own", text: inLowerCase(textOf(expected.policy)) }];

    expect(trust).toContain("sts:externalid");
    expect(problems(installedRole(expected, { trust, documents }))).toEqual([]);
  });

  test("if its policy is divided into managed policies, a list of resources over several statements", () => {
    const functions = Array.from(
      { length: 150 },
      (_, at) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-function-${at}`,
    );
    const policy = expectedRole().policy.map((statement) =>
      statement.Sid?.endsWith("InvokePermission") === true || statement.Sid === "AddRolesOfAccounts"
        ? { ...statement, Resource: functions }
        : statement,
    );
    const expected = expectedRole("writer", { policy });
    const parts = dividedPolicy(policy).map((statements, at) => ({
      from: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-system/writer-${at + 1}`,
      text: textOf(statements),
    }));

    expect(parts.length).toBeGreaterThan(3);
    expect(problems(installedRole(expected, { documents: parts }), expected)).toEqual([]);
    expect(problems(installedRole(expected, { documents: parts.slice(1) }), expected)).not.toEqual([]);
  });

  test("without the permission to delete, which the check shows", () => {
    const installed = withStatement("ChangeOwnedRoles", (text) => text.replace('"iam:DeleteRole",', ""));

    expect(problems(installed)).toEqual([]);
    expect(roleChecks(expectedRole(), installed)).toContainEqual(
      expect.objectContaining({
        what: "ChangeOwnedRoles",
        detail: "without iam:DeleteRole: Grantkeeper deletes none of them here",
      }),
    );
  });

  test("with a boundary that allows everything", () => {
    const boundary = { from: "boundary", text: textOf([{ Effect: "Allow", Action: "*", Resource: "*" }]) };

    expect(problems(installedRole(expectedRole(), { boundary }))).toEqual([]);
  });

  test("with a Deny of something that it does not do", () => {
    const expected = expectedRole();
    const documents = [
      ...installedRole(expected).documents,
      { from: "x", text: textOf([{ Effect: "Deny", Action: "s3:*", Resource: "*" }]) },
    ];

    expect(problems(installedRole(expected, { documents }))).toEqual([]);
  });
});

describe("the policy of a role is no longer as printed", () => {
  const add = (sid: string): string =>
    `add ${JSON.stringify(expectedRole().policy.find(({ Sid }) => Sid === sid))}`;

  test.each([
    {
      because: "a tag key is missing, so that creating a role with it is denied",
      installed: withStatement("CreateInsideBoundary", (text) => text.replace(',"cost-center"', "")),
      sid: "CreateInsideBoundary",
    },
    {
      because: "it is for another instance",
      installed: withStatement("CreatePolicy", (text) => text.replace("test-1", "test-2")),
      sid: "CreatePolicy",
    },
    {
      because: "a region is missing",
      installed: withStatement("RemoveInvokePermission", (text) =>
        text.replace(`,"arn:aws:lambda:us-east-1:${ACCOUNT}:function:*"`, ""),
      ),
      sid: "RemoveInvokePermission",
    },
    {
      because: "a service of the catalogue is missing",
      installed: withStatement("AddInvokePermission", (text) => text.replace(',"sns.amazonaws.com"', "")),
      sid: "AddInvokePermission",
    },
    {
      because: "a Deny is missing",
      installed: withStatement("NeverPublicUrl", (text) => text.replace("NONE", "AWS_IAM")),
      sid: "NeverPublicUrl",
    },
  ])("$because", ({ installed, sid }) => {
    const found = problems(installed).filter((problem) => problem.includes(` ${sid}: `));

    expect(found).toHaveLength(1);
    expect(found[0]).toContain(add(sid));
  });

  test("another policy denies a call", () => {
    const expected = expectedRole();
    const documents = [
      ...installedRole(expected).documents,
      { from: "x", text: textOf([{ Effect: "Deny", Action: "iam:PutRolePolicy", Resource: "*" }]) },
    ];

    expect(problems(installedRole(expected, { documents }))).toEqual([
      expect.stringMatching(
        /^failed ChangeOwnedRoles: a statement of x denies iam:PutRolePolicy on .*; remove that Deny$/,
      ),
    ]);
  });

  test("its boundary does not contain a call", () => {
    const text = textOf([{ Effect: "Allow", Action: "iam:*", Resource: "*" }]);
    const found = problems(installedRole(expectedRole(), { boundary: { from: "boundary x", text } }));

    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "failed AddInvokePermission",
      "failed AddRolesOfAccounts",
      "failed RemoveInvokePermission",
    ]);
  });

  test("it allows more than needed: a wider statement is replaced, a foreign one removed", () => {
    const wider = withStatement("CreateInsideBoundary", (text) =>
      text.replace(/"iam:PermissionsBoundary":\[[^\]]*\],/, ""),
    );
    const expected = expectedRole();
    const foreign = installedRole(expected, {
      documents: [
        ...wider.documents,
        { from: "x", text: textOf([{ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }]) },
      ],
    });

    expect(problems(foreign)).toEqual([
      expect.stringMatching(
        /^warning CreateInsideBoundary of inline policy own: allows more than needed: iam:CreateRole .*; replace it with \{"Sid":"CreateInsideBoundary"/,
      ),
      "warning a statement of x: allows more than needed: iam:PutRolePolicy on *; remove it",
    ]);
  });

  test("it allows everything and denies nothing", () => {
    const text = textOf([{ Effect: "Allow", Action: "*", Resource: "*" }]);
    const found = problems(installedRole(expectedRole(), { documents: [{ from: "all", text }] }));

    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "warning NeverPublicUrl",
      "warning NeverItselfNorBoundary",
      "warning NeverFromATemplate",
      "warning NeverLiftQuarantine",
      "warning Fence",
      "warning a statement of all",
    ]);
  });
});

describe("no check passes or fails for", () => {
  test.each([
    {
      because: "a role that was not read",
      installed: { kind: "unknown", reason: "AccessDenied" } as const,
      found: ["not-checked its policies: AccessDenied"],
    },
    {
      because: "an attached policy that was not read",
      installed: installedRole(expectedRole(), { unread: ["arn:aws:iam::aws:policy/x"] }),
      found: ["not-checked its policies: not read: arn:aws:iam::aws:policy/x"],
    },
    {
      because: "a statement that is not understood",
      installed: installedRole(expectedRole(), {
        documents: [
          { from: "x", text: textOf([{ Sid: "S", Effect: "Perhaps", Action: "*", Resource: "*" }]) },
        ],
      }),
      found: [expect.stringContaining("not-checked its policies: x: S is not understood")],
    },
    {
      because: "a policy that is no JSON",
      installed: installedRole(expectedRole(), { documents: [{ from: "x", text: "{" }] }),
      found: [expect.stringContaining("not-checked its policies: x cannot be read")],
    },
  ])("$because", ({ installed, found }) => {
    expect(problems(installed)).toEqual(found);
  });

  test("the trust without a base role in the operator's file", () => {
    const expected = expectedRole("writer", { trust: null });

    expect(problems(installedRole(expectedRole()), expected)).toEqual([
      "not-checked trust: the operator's file has no bootstrap.baseRole",
    ]);
  });
});

test("a role that does not exist is created by what bootstrap prints", () => {
  expect(problems({ kind: "absent", reason: "role R does not exist" })).toEqual([
    "failed role: role R does not exist; create it: grantkeeper bootstrap roles --account prod",
  ]);
});
