import { describe, expect, test } from "@jest/globals";
import { calledBy, liveAccount, judged } from "../judged.ts";
import { fenced, ORDERS, PAYMENTS, policyFindings, rulesAt, teamFindings, teamText } from "./fenced.ts";
import { accountText } from "../../../support/manifests.ts";

const OWN = { orders: ORDERS, payments: PAYMENTS };

describe("TEN-001: a namespace without a Team", () => {
  test("is refused as soon as there is a Team, binding and policy alike", () => {
    const policy = {
      "teams/orders/policy.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: reads}
spec: {grants: [{s3: {bucket: files, allow: [read]}}]}
`,
    };
    const world = fenced("  managedPolicies: [reads]", { payments: PAYMENTS }, policy);

    expect(teamFindings(world)).toEqual([
      expect.objectContaining({
        rule: "TEN-001",
        severity: "block",
        why: "namespace orders has no Team: where there are Teams, each namespace needs one",
        fix: "ask the platform team for a Team named orders, declared in the platform's folder",
      }),
    ]);
    expect(rulesAt(policyFindings(world, "reads"))).toEqual(["TEN-001 "]);
    expect(policyFindings(world, "platform-default")).toEqual([]);
  });

  test("is free while there is no Team, also if a team declares one in its own folder", () => {
    expect(teamFindings(fenced("", {}))).toEqual([]);
    const own = { "teams/payments/team.yaml": teamText("payments", PAYMENTS) };
    expect(teamFindings(fenced("", {}, own))).toEqual([]);
  });

  test.each([
    ["a Team with an unknown field", teamText("orders", `${ORDERS}, everything: true`)],
    ["a Team that names no account", teamText("orders", "accounts: [], functions: ['orders-*']")],
    ["two Teams of one name", `${teamText("orders", ORDERS)}---\n${teamText("orders", ORDERS)}`],
  ])("is refused by %s", (_, text) => {
    const [finding] = teamFindings(fenced("", {}, { "platform/teams.yaml": text }));

    expect(finding).toMatchObject({ rule: "TEN-001", severity: "block" });
    expect(finding?.why).toMatch(
      /^Team orders has an error \(platform\/teams\.yaml:\d+:1\), so that it allows nothing$/,
    );
  });

  test("is refused while a file of the platform cannot be read, but only where it could be written", () => {
    const world = fenced("", {}, { "platform/teams.yaml": "kind: [" });

    expect(teamFindings(world)).toEqual([]);
    expect(judged(world, { live: liveAccount() }).filter(({ rule }) => rule === "TEN-001")).toEqual([
      expect.objectContaining({
        why: "platform/teams.yaml:1:1 has an error or cannot be read, and may declare the Teams",
      }),
    ]);
  });
});

describe("TEN-002 and TEN-003: accounts, functions and roles", () => {
  test("refuse an account that the Team does not name, at its place", () => {
    const teams = { orders: "accounts: [staging], functions: ['orders-*']" };
    const files = { "platform/staging.yaml": accountText("staging", "333333333333") };
    const [finding, ...others] = teamFindings(fenced("", teams, files));

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: "TEN-002",
      origin: { path: "spec.targets[0].accounts[0]" },
      why: "account prod is not one of Team orders (platform/teams.yaml:1:1)",
      fix: "use staging, or ask the platform team to add it to spec.accounts of the Team",
    });
    expect(teamFindings(fenced("", { orders: "accounts: ['*'], functions: ['orders-*']" }, files))).toEqual(
      [],
    );
  });

  test.each([
    ["a function of another team", "  function: payments-api", "spec.function"],
    ["a function in another case", "  function: Orders-api", "spec.function"],
    ["a function composed by substitution", "  function: payments-${region}", "spec.function"],
  ])("refuse %s", (_, spec, path) => {
    expect(rulesAt(teamFindings(fenced(spec)))[0]).toBe(`TEN-003 ${path}`);
  });

  test("refuse the name of a document that no pattern matches", () => {
    const teams = { orders: "accounts: [prod], functions: [orders-worker]" };

    expect(rulesAt(teamFindings(fenced("", teams)))).toEqual(["TEN-003 metadata.name"]);
  });

  test.each([
    ["the role of another team's function", "payments-api-eu-west-1", OWN],
    ["it in another case", "PAYMENTS-API-eu-west-1", OWN],
    [
      "the default role of another team's function, which matches an own pattern",
      "orders-eu-west-1",
      { orders: ORDERS, payments: "accounts: [prod], functions: [orders]" },
    ],
    [
      "it in another region",
      "orders-us-east-1",
      { orders: ORDERS, payments: "accounts: [prod], functions: [orders]" },
    ],
    ["a role that no pattern matches", "shared", OWN],
  ])("refuse %s", (_, name, teams) => {
    expect(rulesAt(teamFindings(fenced(`  role: {name: ${name}}`, teams)))).toEqual(["TEN-003 spec.role"]);
  });

  test.each([
    ["the default role", "", OWN],
    ["the default role by its name", "  role: {name: orders-api-eu-west-1}", OWN],
    ["another role with an own name", "  role: {name: orders-shared}", OWN],
    [
      "the own default role although another Team has its beginning as a function",
      "",
      { orders: ORDERS, payments: "accounts: [prod], functions: [orders]" },
    ],
    [
      "a role that another Team could have in another account",
      "  role: {name: orders-eu-west-1}",
      { orders: ORDERS, payments: "accounts: [staging], functions: [orders]" },
    ],
  ])("allow %s", (_, spec, teams) => {
    const files = { "platform/staging.yaml": accountText("staging", "333333333333") };

    expect(teamFindings(fenced(spec, teams, files))).toEqual([]);
  });

  test("refuse a shortened role that another Team's long function has by default", () => {
    const name = `orders-${"x".repeat(50)}`;
    const teams = {
      orders: ORDERS.replace("orders-*'], res", "orders-api', 'orders-x*'], res"),
      payments: `accounts: [prod], functions: [${name}y]`,
    };
    const worlds = fenced(`  role: {name: ${name.slice(0, 55)}-12345678}`, {
      ...teams,
      orders: "accounts: [prod], functions: [orders-api, 'orders-xx-*']",
    });

    expect(rulesAt(teamFindings(worlds))).toEqual(["TEN-003 spec.role"]);
  });
});

describe("TEN-005 and TEN-006: grants and boundaries", () => {
  const LIMITED = { orders: `${ORDERS}, grants: {dynamodb: [read], sqs: [send]}` };

  test.each([
    [
      "a verb",
      "  grants: [{dynamodb: {table: orders-x, allow: [read, delete]}}]",
      "TEN-005 spec.grants[0].dynamodb",
      "use dynamodb: [read], or ask the platform team to add delete to spec.grants.dynamodb",
    ],
    [
      "a grant",
      "  grants: [{s3: {bucket: orders-x, allow: [read]}}]",
      "TEN-005 spec.grants[0].s3",
      "use a grant that it lists (dynamodb, sqs), or ask the platform team to add read to spec.grants.s3",
    ],
    [
      "a metric",
      "  grants: [{metrics: {namespace: Orders}}]",
      "TEN-005 spec.grants[0].metrics",
      "use a grant that it lists (dynamodb, sqs), or ask the platform team to add put to spec.grants.metrics",
    ],
    [
      "a statement in IAM syntax",
      "  statements: [{reason: x, statement: {Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]",
      "TEN-005 spec.statements[0].statement",
      "write a grant or a caller of the catalogue, or ask the platform team for statements: true in the Team",
    ],
  ])("refuse %s that the Team does not list", (_, spec, at, fix) => {
    const findings = teamFindings(fenced(spec, LIMITED));

    expect(rulesAt(findings)).toEqual([at]);
    expect(findings[0]?.fix).toBe(fix);
  });

  test("refuse a policy document, and a caller in IAM syntax", () => {
    const policy = {
      "teams/orders/policy.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: reads}
spec: {document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}]}}
`,
    };
    const world = fenced("  managedPolicies: [reads]", LIMITED, policy);
    const [caller] = calledBy([{ Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction" }]).binding
      .callers;
    if (caller === undefined) throw new Error("no caller");
    const callers = [
      { ...caller, caller: "statement" },
      { ...caller, caller: "s3" },
    ];

    expect(rulesAt(policyFindings(world, "reads"))).toEqual(["TEN-005 spec.document.Statement[0]"]);
    expect(rulesAt(teamFindings({ ...world, binding: { ...world.binding, callers } }))).toEqual(["TEN-005 "]);
  });

  test.each([
    [
      "what is listed",
      "  grants: [{dynamodb: {table: orders-x, allow: [read]}}, {sqs: {queue: orders-x, allow: [send]}}]",
      "",
    ],
    ["settings of the function itself", "  tracing: true\n  vpc: true", ""],
    [
      "statements, if the Team has them",
      "  statements: [{reason: x, statement: {Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]",
      ", statements: true",
    ],
  ])("allow %s", (_, spec, more) => {
    expect(teamFindings(fenced(spec, { orders: `${LIMITED.orders}${more}` }))).toEqual([]);
  });

  test("refuse statements without a list of grants, if the Team does", () => {
    const spec =
      "  statements: [{reason: x, statement: {Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]";

    expect(rulesAt(teamFindings(fenced(spec, { orders: `${ORDERS}, statements: false` })))).toEqual([
      "TEN-005 spec.statements[0].statement",
    ]);
    expect(teamFindings(fenced(spec, { orders: ORDERS }))).toEqual([]);
  });

  test("allow nothing but settings of the function where the list of grants is empty", () => {
    const [finding] = teamFindings(
      fenced("  grants: [{sqs: {queue: orders-x, allow: [send]}}]", { orders: `${ORDERS}, grants: {}` }),
    );

    expect(finding?.fix).toBe("remove the entry, or ask the platform team to add send to spec.grants.sqs");
  });

  test("refuse a boundary of the account that the Team does not list", () => {
    const wide = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: wide}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`;
    const files = {
      "platform/wide.yaml": wide,
      "platform/accounts.yaml": accountText("prod", "222222222222", "  boundaries: [wide]\n"),
    };
    const spec = "  role: {boundary: wide}";

    expect(teamFindings(fenced(spec, OWN, files))).toEqual([
      expect.objectContaining({
        rule: "TEN-006",
        origin: expect.objectContaining({ path: "spec.role.boundary" }),
      }),
    ]);
    expect(teamFindings(fenced(spec, { orders: `${ORDERS}, boundaries: [wide]` }, files))).toEqual([]);
    expect(teamFindings(fenced("  role: {boundary: platform-default}", OWN, files))).toEqual([]);
  });
});

test("no waiver lifts a rule of a Team", () => {
  const waiver = {
    "platform/waiver.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: all}
spec: {rule: TEN-004, binding: orders/orders-api@prod/eu-west-1, reason: test, owner: dana, until: 2027-01-01T00:00:00Z}
`,
  };
  const [finding] = teamFindings(fenced("  grants: [{sqs: {queue: x, allow: [send]}}]", OWN, waiver));

  expect(finding).toMatchObject({ rule: "TEN-004", waiver: { kind: "none" } });
});
