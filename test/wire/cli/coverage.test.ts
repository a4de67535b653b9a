import { describe, expect, test } from "@jest/globals";
import type { AccountCoverage, FunctionCoverage } from "../../../src/model/answers/coverage.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

const api = new ApiCli();
const ROLE = "arn:aws:iam::111122223333:role/service-role/shared";

function one(change: Partial<FunctionCoverage>): FunctionCoverage {
  const name = change.name ?? "orders-api";
  return {
    region: "eu-west-1" as Region,
    name,
    arn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
    state: "enforced",
    reason: null,
    key: null,
    namespace: null,
    deployer: { kind: "console" },
    role: { arn: ROLE, users: 1, isComplete: true },
    risks: [],
    unread: [],
    ...change,
  };
}

const COVERAGE: AccountCoverage = {
  accountId: "111122223333" as AccountId,
  account: "prod",
  readAtMs: Date.parse(NOW) - 180_000,
  functions: [
    one({ name: "legacy", state: "excluded", reason: "moves to ECS (dana, until 2027-03-01T00:00:00Z)" }),
    one({
      name: "report",
      state: "uncovered",
      deployer: { kind: "sam", stack: "reports", logicalId: "Report" },
      role: { arn: ROLE, users: 3, isComplete: true },
      risks: ["admin"],
    }),
    one({
      name: "unread",
      state: "uncovered",
      deployer: { kind: "unknown", reason: "tag:GetResources is denied" },
      unread: ["its resource policy (read for declared functions)"],
    }),
    one({ name: "orders-api", key: ORDERS_API, namespace: "orders", risks: ["public"] }),
    one({ name: "refunds", key: REFUNDS, namespace: "payments", state: "switched" }),
  ],
  unread: ["region us-east-1: AccessDenied"],
};

async function rows(...args: readonly string[]): Promise<readonly string[]> {
  await api.start({ state: { coverage: [COVERAGE] } });
  const { code, out } = await api.run([...args]);
  expect(code).toBe(0);
  return out.trimEnd().split("\n");
}

describe("get functions", () => {
  test("--uncovered lists the functions in AWS without a manifest, and what was not read as unknown", async () => {
    const [, ...listed] = await rows("get", "functions", "--uncovered");

    expect(listed).toHaveLength(2);
    expect(listed[0]).toMatch(
      /^report +prod\/eu-west-1 +uncovered +sam reports +shared \(shared by 3\) +admin/,
    );
    expect(listed[1]).toMatch(/^unread +prod\/eu-west-1 +uncovered +unknown .* +shared +\? \(not all read\)/);
  });

  test("--all lists every function in AWS with its state", async () => {
    const listed = await rows("get", "functions", "--all", "-o", "wide");

    expect(listed).toHaveLength(6);
    expect(listed.join("\n")).toMatch(/legacy .* excluded .* moves to ECS \(dana/);
  });

  test("without these options lists the functions of the manifests", async () => {
    expect((await rows("get", "functions")).join("\n")).not.toContain("report");
  });

  test("an empty list of uncovered functions is a sentence", async () => {
    await api.start({ state: { coverage: [] } });

    expect((await api.run(["get", "functions", "--uncovered"])).out).toBe("No resources found\n");
  });

  test("--uncovered is refused for other resources", async () => {
    await api.start({ state: {} });

    const { code, err } = await api.run(["get", "bindings", "--uncovered"]);

    expect(code).not.toBe(0);
    expect(err).toContain("--uncovered is for get functions");
  });
});

describe("get coverage", () => {
  test("counts the functions of an account by state, and lists its namespaces and unread regions", async () => {
    const [head, row, ...notes] = await rows("get", "coverage");

    expect(head).toMatch(/^ACCOUNT +LIVE +ENFORCED +SWITCHED +OBSERVED +EXCLUDED +UNCOVERED +OTHER +READ/);
    expect(row).toMatch(/^prod +5 +1 +1 +0 +1 +2 +0 +3m ago/);
    expect([row, ...notes].join("\n")).toMatch(/orders: 1\/1 enforced/);
    expect([row, ...notes].join("\n")).toMatch(/not read: region us-east-1: AccessDenied/);
  });

  test("is a line of status while functions are uncovered", async () => {
    const lines = await rows("status");

    expect(lines).toContain("Coverage: 2 of 5 functions in AWS have no manifest (grantkeeper get coverage)");
  });
});

test("a token of one namespace sees the functions of that namespace, without roles and risks", async () => {
  const server = await api.start({ state: { coverage: [COVERAGE] } });

  const functions = (await server.get("/livefunctions", ORDERS_TOKEN)).json.items;
  const [coverage] = (await server.get("/coverages", ORDERS_TOKEN)).json.items;

  expect(functions).toMatchObject([{ status: { functionName: "orders-api", role: null, risks: [] } }]);
  expect(coverage).toMatchObject({
    status: { functions: 1, counts: { enforced: 1, uncovered: 0 }, unread: [] },
  });
  expect(JSON.stringify([functions, coverage])).not.toMatch(/payments|report|us-east-1/);
});
