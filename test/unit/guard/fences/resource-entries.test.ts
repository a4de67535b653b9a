import { describe, expect, test } from "@jest/globals";
import { fenced, ORDERS, PAYMENTS, policyFindings, rulesAt, teamFindings } from "./fenced.ts";
import { A, stating } from "./stating.ts";

describe("TEN-004: entries of a Team", () => {
  const spec = (resources: string) => ({
    orders: `accounts: [prod], functions: ['orders-*'], resources: [${resources}]`,
    payments: PAYMENTS,
  });

  test.each([
    [
      "an id by its type",
      "key/0f0a1b2c-1111-2222-3333-444455556666",
      "kms: {key: 0f0a1b2c-1111-2222-3333-444455556666, allow: [decrypt]}",
    ],
    ["a table by its type", "table/shared", "dynamodb: {table: shared, allow: [read]}"],
    [
      "objects by a complete ARN",
      "'arn:aws:s3:::shared/orders/*'",
      "s3: {bucket: shared, prefix: orders/in/, allow: [read]}",
    ],
    ["parameters below a path", "/shared/orders/*", "ssm: {path: /shared/orders, allow: [readPath]}"],
    ["parameters of a path", "/shared/orders/*", "ssm: {path: /shared/orders, allow: [readTree]}"],
    ["one parameter by its path", "/shared/orders/db", "ssm: {parameter: /shared/orders/db, allow: [read]}"],
    [
      "a table whose name begins like the Glue catalog",
      "'catalogue-*'",
      "dynamodb: {table: catalogue-items, allow: [read]}",
    ],
    ["one secret", "shared/db", "secrets: {secret: shared/db, allow: [read]}"],
    ["every resource", "'*'", "kms: {key: 0f0a1b2c-1111-2222-3333-444455556666, allow: [decrypt]}"],
  ])("name %s", (_, entry, grant) => {
    expect(rulesAt(teamFindings(fenced(`  grants: [{${grant}}]`, spec(entry))))).toEqual([]);
  });

  test.each([
    ["a type does not name another type", "key/shared", "dynamodb: {table: shared, allow: [read]}"],
    [
      "a table by its type is no bucket of that name",
      "table/shared",
      "s3: {bucket: table, prefix: shared/, allow: [read]}",
    ],
    [
      "an exact secret does not cover one with a longer name",
      "shared",
      "secrets: {secret: shared-db, allow: [read]}",
    ],
    [
      "a prefix of objects does not cover the bucket",
      "'arn:aws:s3:::shared/orders/*'",
      "s3: {bucket: shared, allow: [read]}",
    ],
    [
      "one parameter does not cover those below it",
      "/shared/orders",
      "ssm: {parameter: /shared/orders/db, allow: [read]}",
    ],
    [
      "one parameter does not cover those below it, which a request for its path reads",
      "/shared/orders",
      "ssm: {path: /shared/orders, allow: [readTree]}",
    ],
    [
      "a path does not cover its siblings",
      "/shared/orders/*",
      "ssm: {parameter: /shared/orders-x, allow: [read]}",
    ],
    [
      "no entry at all covers a table of the function's name",
      "",
      "dynamodb: {table: orders-api, allow: [read]}",
    ],
  ])("%s", (_, entry, grant) => {
    expect(rulesAt(teamFindings(fenced(`  grants: [{${grant}}]`, spec(entry))))[0]).toMatch(
      /^TEN-004 spec\.grants/,
    );
  });

  test("cover the statements of the team's own policies, at their place", () => {
    const policy = (bucket: string): Record<string, string> => ({
      "teams/orders/policy.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: reads}
spec: {grants: [{s3: {bucket: ${bucket}, allow: [read]}}]}
`,
    });
    const using = "  managedPolicies: [reads]";

    expect(rulesAt(policyFindings(fenced(using, undefined, policy("payments-files")), "reads"))).toEqual([
      "TEN-004 spec.grants[0].s3",
    ]);
    expect(rulesAt(policyFindings(fenced(using, undefined, policy("orders-files")), "reads"))).toEqual([]);
  });
});

describe("a share", () => {
  const READS = "grants: [{dynamodb: {table: payments-main, allow: [read]}}]";
  const sharing = (share: string) => ({ orders: ORDERS, payments: `${PAYMENTS}, shares: [${share}]` });

  test("is asked for where another team owns the resource, with the line to write", () => {
    const [finding] = teamFindings(fenced(`  ${READS}`));

    expect(finding?.fix).toBe(
      'Team payments owns it: ask for shares: [{with: orders, resources: ["table/payments-main"]}] in platform/teams.yaml:6:1',
    );
    expect(
      teamFindings(fenced(`  ${READS}`, sharing('{with: orders, resources: ["table/payments-main"]}'))),
    ).toEqual([]);
  });

  test.each([
    ["another resource", `  ${READS}`, "{with: orders, resources: [payments-other]}"],
    ["another team", `  ${READS}`, "{with: search, resources: [payments-main]}"],
    ["another grant", `  ${READS}`, "{with: orders, resources: [payments-main], grants: {s3: [read]}}"],
    [
      "another verb",
      "  grants: [{dynamodb: {table: payments-main, allow: [write]}}]",
      "{with: orders, resources: [payments-main], grants: {dynamodb: [read]}}",
    ],
    [
      "grants, and not a statement in IAM syntax",
      stating(`arn:aws:dynamodb:eu-west-1:${A}:table/payments-main`, '"Action": "dynamodb:Query"'),
      "{with: orders, resources: [payments-main], grants: {dynamodb: [read]}}",
    ],
  ])("of %s does not help", (_, spec, share) => {
    const teams = { ...sharing(share), search: "accounts: [prod], functions: ['search-*']" };

    expect(rulesAt(teamFindings(fenced(spec, teams)))[0]).toMatch(/^TEN-004/);
  });

  test("limited to a grant and verb allows exactly these", () => {
    const share = "{with: orders, resources: ['payments-*'], grants: {dynamodb: [read]}}";

    expect(teamFindings(fenced(`  ${READS}`, sharing(share)))).toEqual([]);
  });
});
