import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import { ok } from "../../../src/model/values/result.ts";

const api = new ApiCli();

/** These alone, named s-0, s-1 … */
async function withSuspensions(scopes: readonly SuspensionScope[]): Promise<void> {
  const { overview } = fakeState();
  const suspensions = scopes.map((scope, at) => ({
    id: `s-${at}`,
    scope,
    reason: "INC-1",
    actor: "dana",
    at: NOW,
    until: "2027-01-01T00:00:00.000Z",
  }));
  await api.start({ state: { overview: { ...overview, suspensions } } });
}

describe("commanding the controller", () => {
  test("reconcile names the keys that the target means", async () => {
    const { code, out } = await api.run(["reconcile", "orders/orders-api@prod"]);

    expect(code).toBe(0);
    expect(out).toBe("orders/orders-api@prod/eu-west-1 is due now   grantkeeper wait token-1\n");
    expect(api.server?.control.commands).toEqual([
      {
        name: "reconcile",
        actor: "local",
        request: { kind: "keys", keys: ["function/111122223333/eu-west-1/orders/orders-api"] },
      },
    ]);
  });

  test("reconcile -o json has its token, and the result of each binding", async () => {
    const clock = { nowMs: () => Date.parse(NOW), sleep: async () => undefined };
    const asked = await api.run(["reconcile", "--all", "-o", "json"], {}, { clock });
    let nowMs = Date.parse(NOW);
    const later = { nowMs: () => (nowMs += 5_000), sleep: async () => undefined };
    const waited = await api.run(
      ["reconcile", "--all", "--wait", "--timeout", "2s", "-o", "json"],
      {},
      { clock: later },
    );

    expect(JSON.parse(asked.out)).toMatchObject({ kind: "Reconciliation", metadata: { name: "token-1" } });
    expect(JSON.parse(waited.out)).toMatchObject({ exitCode: waited.code, notCompared: expect.any(Array) });
  });

  test("reconcile of everything needs --all, never just an omitted target", async () => {
    const { code, err } = await api.run(["reconcile"]);

    expect(code).toBe(1);
    expect(err).toContain("reconcile needs a target, or --all");
    expect(api.server?.control.commands).toEqual([]);
  });

  test.each([
    {
      target: ["orders/orders-api@prod"],
      scope: { accountId: null, namespace: null, key: "function/111122223333/eu-west-1/orders/orders-api" },
    },
    { target: ["orders/"], scope: { accountId: null, namespace: "orders", key: null } },
    { target: ["@prod"], scope: { accountId: "111122223333", namespace: null, key: null } },
    { target: ["orders/@prod"], scope: { accountId: "111122223333", namespace: "orders", key: null } },
    {
      target: ["@prod", "-n", "orders"],
      scope: { accountId: "111122223333", namespace: "orders", key: null },
    },
    { target: ["--all"], scope: { accountId: null, namespace: null, key: null } },
  ])("suspend $target covers exactly that target", async ({ target, scope }) => {
    const { code, out } = await api.run(["suspend", ...target, "--for", "2h", "--reason", "INC-1"]);

    expect(code).toBe(0);
    expect(out).toMatch(/: until 14:00Z \(in 2h\).*\nhint: {2}grantkeeper resume s-new --reason TEXT\n$/);
    expect(api.server?.control.commands).toMatchObject([
      { name: "suspend", request: { scope, reason: "INC-1" } },
    ]);
  });

  test.each([
    { argv: ["suspend", "orders/", "--for", "2h"], expected: "required option '--reason <text>'" },
    { argv: ["suspend", "orders/", "--reason", "x"], expected: "required option '--for <duration>'" },
    {
      argv: ["suspend", "orders/", "--reason", "x", "--for", "soon"],
      expected: "hint:  expected a duration such as",
    },
    { argv: ["suspend", "@prd", "--reason", "x", "--for", "1h"], expected: "no account is called prd" },
    { argv: ["suspend", "--reason", "x", "--for", "1h"], expected: "suspend needs a target, or --all" },
    { argv: ["approve", "7f3a91c2"], expected: "required option '--reason <text>'" },
  ])("$argv is rejected before any request", async ({ argv, expected }) => {
    const { code, err } = await api.run(argv);

    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(api.server?.control.commands).toEqual([]);
  });

  test.each([["s-orders"], ["s-or"], ["orders/"]])("resume takes a suspension by %s", async (name) => {
    const { code, out } = await api.run(["resume", name, "--reason", "over"]);

    expect({ code, out }).toEqual({
      code: 0,
      out: "resumed orders/\nnote:  still suspended by s-everything (everything)\n",
    });
    expect(api.server?.control.commands).toMatchObject([
      { name: "resume", request: { id: "s-orders", reason: "over" } },
    ]);
  });

  test.each([
    {
      target: ["orders/orders-api@prod"],
      scope: { accountId: null, namespace: null, key: ORDERS_API },
    },
    { target: ["orders/"], scope: { accountId: null, namespace: "orders", key: null } },
    { target: ["@prod"], scope: { accountId: "111122223333", namespace: null, key: null } },
    { target: ["orders/@prod"], scope: { accountId: "111122223333", namespace: "orders", key: null } },
    {
      target: ["@prod", "-n", "orders"],
      scope: { accountId: "111122223333", namespace: "orders", key: null },
    },
    { target: ["--all"], scope: { accountId: null, namespace: null, key: null } },
  ])("resume takes $target as suspend does", async ({ target, scope }) => {
    await withSuspensions([scope]);

    const { code } = await api.run(["resume", ...target, "--reason", "over"]);

    expect(code).toBe(0);
    expect(api.server?.control.commands).toMatchObject([{ name: "resume", request: { id: "s-0" } }]);
  });

  test("resume of a part of a suspension names the complete suspension, and ends nothing", async () => {
    await withSuspensions([{ accountId: null, namespace: "orders", key: null }]);

    const { code, err } = await api.run(["resume", "orders/orders-api@prod", "--reason", "over"]);

    expect(code).toBe(1);
    expect(err).toBe(
      "error: no suspension of orders/orders-api@prod is in force\nhint:  it is part of s-0 (orders/): resume that one\n",
    );
    expect(api.server?.control.commands).toEqual([]);
  });

  test("resume reports what another suspension still covers", async () => {
    const everything = { accountId: null, namespace: null, key: null };
    await withSuspensions([{ ...everything, namespace: "orders" }, everything]);

    const { out } = await api.run(["resume", "orders/", "--reason", "over"]);

    expect(out).toBe("resumed orders/\nnote:  still suspended by s-1 (everything)\n");
  });

  test.each([
    {
      until: "2026-11-25T14:00:00.000Z",
      expected: "extended orders/: until 14:00Z (in 2h), was 13:00Z (in 1h)\n",
    },
    {
      until: "2026-11-25T13:00:00.000Z",
      expected:
        "suspended orders/: already until 13:00Z (in 1h)\nnote:  a suspension is never shortened: resume it first\n",
    },
  ])("a second suspension that ends $until reports what it changed", async ({ until, expected }) => {
    const server = await api.start();
    server.control.suspend = async ({ scope, reason }) =>
      ok({ id: "s-orders", scope, reason, actor: "dana", at: NOW, until });

    const { out } = await api.run(["suspend", "orders/", "--for", "2h", "--reason", "INC-2"]);

    expect(out).toBe(`${expected}hint:  grantkeeper resume s-orders --reason TEXT\n`);
  });

  test("resume of an ambiguous prefix names the candidates", async () => {
    expect((await api.run(["resume", "s-or", "--reason", "x"])).code).toBe(0);
    expect((await api.run(["resume", "s-xx", "--reason", "x"])).err).toContain('"s-xx" not found');
  });

  test("status --exit-code is 3 if an action is required, and 0 without the option", async () => {
    expect((await api.run(["status"])).code).toBe(0);
    expect((await api.run(["status", "--exit-code"])).code).toBe(3);
  });

  test("a refusal of the controller is shown with its message", async () => {
    const refusal = {
      code: "conflict",
      message: "the plan has changed since",
      hint: "read it again",
    } as const;

    expect(await api.run(["approve", "7f3a91c2", "--reason", "x"], { state: { refusal } })).toMatchObject({
      code: 3,
      err: expect.stringContaining("the plan has changed since\nhint:  read it again\n"),
    });
  });

  test("an empty GRANTKEEPER_SERVER counts as unset", async () => {
    const { code, err } = await cli(["status"], { env: { GRANTKEEPER_SERVER: "" } });

    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining("error: no controller is named, and there is no grantkeeper.yaml here"),
    });
  });

  test.each([
    {
      scope: { accountId: null, namespace: null, key: ORDERS_API },
      expected: "orders/orders-api@prod/eu-west-1",
    },
    { scope: { accountId: null, namespace: "orders", key: null }, expected: "orders/" },
    { scope: { accountId: "111122223333", namespace: null, key: null }, expected: "@prod" },
    { scope: { accountId: "111122223333", namespace: "orders", key: null }, expected: "orders/@prod" },
  ])("get suspensions prints $expected, which resume takes", async ({ scope, expected }) => {
    await withSuspensions([scope]);

    const { out } = await api.run(["get", "suspensions"]);
    const { code } = await api.run(["resume", expected, "--reason", "over"]);

    expect(out.split("\n")[1]).toMatch(new RegExp(`^s-0 +${expected.replaceAll(".", "[.]")} `));
    expect(code).toBe(0);
  });
});

describe("alerts test", () => {
  const PROBLEM = { cause: "answered 401", fix: "correct the token" };

  test.each([
    [
      "accepted",
      { kind: "accepted", answer: "HTTP 204", problem: null },
      0,
      "accepted: payments-chat: HTTP 204\n",
    ],
    [
      "accepted by a part of it",
      { kind: "accepted", answer: "accepted by 1 of 2 peers", problem: PROBLEM },
      3,
      "accepted: payments-chat: accepted by 1 of 2 peers\nwarning: payments-chat: answered 401\nhint:  correct the token\n",
    ],
    [
      "not accepted",
      { kind: "refused", problem: PROBLEM },
      3,
      "error: payments-chat: answered 401\nhint:  correct the token\n",
    ],
  ] as const)("shows that the receiver has it %s", async (_, alertTest, exitCode, text) => {
    const server = await api.start();
    server.control.alertTest = alertTest;

    const { code, out } = await api.run(["alerts", "test", "payments-chat"]);

    expect({ code, out }).toEqual({ code: exitCode, out: text });
    expect(server.control.commands).toEqual([
      { name: "test-alert", actor: "local", request: { route: "payments-chat" } },
    ]);
  });

  test("prints what the API answers", async () => {
    const { out } = await api.run(["alerts", "test", "payments-chat", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      kind: "AlertTest",
      metadata: { name: "payments-chat" },
      status: { accepted: true, answer: "HTTP 204", problem: null },
    });
  });

  test("of a route that does not exist is an error", async () => {
    const { code, err } = await api.run(["alerts", "test", "pager"]);

    expect(code).toBe(1);
    expect(err).toContain('no alert route is named "pager"');
  });
});
