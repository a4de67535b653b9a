import { describe, expect, test } from "@jest/globals";
import { fakeState } from "../../support/screens/api-world.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { COVERAGE } from "../../support/screens/world-coverage.ts";

const api = new ApiCli();
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
    expect(listed[0]).toMatch(/^report +prod\/eu-west-1 +sam reports +shared by 3: shared +admin/);
    expect(listed[1]).toMatch(/^unread +prod\/eu-west-1 +unknown .* +shared +\?$/);
  });

  test.each([
    { target: "prod", names: ["report", "unread"], because: "the account" },
    { target: "111122223333", names: ["report", "unread"], because: "the id of the account" },
    { target: "report", names: ["report"], because: "the function" },
  ])("--uncovered lists what $because names", async ({ target, names }) => {
    const [, ...listed] = await rows("get", "functions", "--uncovered", target);

    expect(listed.map((row) => row.split(/ +/)[0])).toEqual(names);
  });

  test("--uncovered never cuts the name of a function or its account", async () => {
    const name = `${"a-long-name-of-a-function-".repeat(2)}orders`;
    const [first] = COVERAGE.functions.filter(({ state }) => state === "uncovered");
    const functions = [first, first].flatMap((one) => (one === undefined ? [] : { ...one, name }));
    await api.start({ state: { coverage: [{ ...COVERAGE, functions }] } });

    const { out } = await api.run(["get", "functions", "--uncovered"]);

    expect(out).toContain(`${name}  prod/eu-west-1`);
  });

  test("--all lists every function in AWS with its state", async () => {
    const listed = await rows("get", "functions", "--all", "-o", "wide");

    expect(listed).toHaveLength(6);
    expect(listed.join("\n")).toMatch(
      /legacy .* excluded .* moves to ECS \(Exclusion legacy-ecs, owner dana/,
    );
  });

  test("without these options lists the functions of the manifests", async () => {
    expect((await rows("get", "functions")).join("\n")).not.toContain("report");
  });

  test("an empty list of uncovered functions is a sentence", async () => {
    const covered = COVERAGE.functions.filter(({ state }) => state !== "uncovered");
    await api.start({ state: { coverage: [{ ...COVERAGE, functions: covered, unread: [] }] } });

    const { out, err } = await api.run(["get", "functions", "--uncovered"]);

    expect(out).toBe("No uncovered functions found\n");
    expect(err).toBe("");
  });

  test.each([
    { coverage: [], note: "note:  account prod: its functions were not read yet" },
    {
      coverage: [{ ...COVERAGE, functions: [] }],
      note: "note:  account prod: not read: region us-east-1: AccessDenied",
    },
    {
      coverage: [],
      assigned: true,
      note: "note:  account prod: its coverage is not known: another replica makes its passes",
    },
  ])("an empty list is no claim about functions that were not read: $note", async (state) => {
    const { coverage, assigned = false, note } = state;
    const { overview } = fakeState();
    const accounts = overview.accounts.map((account) => ({ ...account, isAssigned: assigned }));
    await api.start({ state: { coverage, overview: { ...overview, accounts } } });

    const { out, err } = await api.run(["get", "functions", "--uncovered"]);

    expect(out).toBe("No uncovered functions found\n");
    expect(err).toContain(note);
  });

  test("a token of one namespace reads that functions without a manifest are not shown to it", async () => {
    await api.start({ state: { coverage: [COVERAGE] } });

    const { err } = await api.run(
      ["get", "functions", "--uncovered"],
      {},
      { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN, NO_COLOR: "1" } },
    );

    expect(err.replaceAll(/\s+/g, " ")).toContain(
      "the functions of other namespaces and those without a manifest are shown to tokens of all namespaces",
    );
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

    expect(head).toMatch(
      /^ACCOUNT +LIVE +MANAGED +SWITCHED +OBSERVED +EXCLUDED +UNCOVERED +OTHER +30 DAYS +READ/,
    );
    expect(row).toMatch(/^prod +5 +1 +1 +0 +1 +2 +0 +- +3m ago/);
    expect([row, ...notes].join("\n")).toMatch(/orders: 1\/1 managed/);
    expect([row, ...notes].join("\n")).toMatch(/not read: region us-east-1: AccessDenied/);
  });

  test("is a line of status while functions are uncovered", async () => {
    const lines = await rows("status");

    expect(lines).toContain("Coverage: 2 of 5 functions in AWS are uncovered (grantkeeper get coverage)");
  });
});

test("a token of one namespace sees the functions of that namespace, without roles and risks", async () => {
  const server = await api.start({ state: { coverage: [COVERAGE] } });

  const functions = (await server.get("/livefunctions", ORDERS_TOKEN)).json.items;
  const [coverage] = (await server.get("/coverages", ORDERS_TOKEN)).json.items;

  expect(functions).toMatchObject([{ status: { functionName: "orders-api", role: null, risks: [] } }]);
  expect(coverage).toMatchObject({
    status: { functions: 1, counts: { managed: 1, uncovered: 0 }, unread: [] },
  });
  expect(JSON.stringify([functions, coverage])).not.toMatch(/payments|report|us-east-1/);
});
