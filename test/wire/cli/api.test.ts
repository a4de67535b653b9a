import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG, type CliRun, type CliSetting } from "../../support/screens/cli.ts";
import { drift, fakeState, record, REFUNDS, view } from "../../support/screens/api-world.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { ok } from "../../../src/model/values/result.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

type Change = Parameters<typeof startTestServer>[0];

async function against(
  argv: readonly string[],
  change: Change = {},
  setting: CliSetting = {},
): Promise<CliRun> {
  server ??= await startTestServer(change);
  return cli([...argv, "--server", server.url], {
    env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" },
    ...setting,
  });
}

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
  server = await startTestServer({ state: { overview: { ...overview, suspensions } } });
}

const ORDERS_API = checked(parseKey("function/111122223333/eu-west-1/orders/orders-api"));

describe("reading the controller", () => {
  test.each([
    { argv: ["status"], expected: "Action required: " },
    { argv: ["get", "bindings"], expected: "orders/orders-api@prod/eu-west-1" },
    { argv: ["get", "accounts"], expected: "111122223333" },
    { argv: ["get", "functions"], expected: "orders-api" },
    { argv: ["get", "drift"], expected: "+ " },
    { argv: ["get", "orphans"], expected: "role/grantkeeper/orders-old" },
    { argv: ["get", "holds"], expected: "would delete 4 roles" },
    { argv: ["get", "suspensions"], expected: "s-orders" },
    { argv: ["get", "waivers"], expected: "ord-77" },
    {
      argv: ["describe", "orders/orders-api"],
      expected: "orders/orders-api@prod/eu-west-1, function orders-api, mode enforce",
    },
    { argv: ["history"], expected: "Grantkeeper" },
  ])("$argv prints a table", async ({ argv, expected }) => {
    const { code, out, err } = await against(argv);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(expected);
  });

  test.each([
    { argv: ["get", "fp"], expected: "orders/orders-api" },
    { argv: ["get", "policies"], expected: "payments/ledger" },
  ])("$argv prints a table, and names the files that are not in it", async ({ argv, expected }) => {
    server = await startTestServer();
    const { state } = server.control;
    const [first] = state.overview.diagnostics;
    if (first === undefined) throw new Error("the world of this test has no diagnostic");
    const unread = ["teams/orders/link", "teams/payments"].map((file) => ({
      ...first,
      origin: { file, line: 1, column: 1, path: "" },
      message: "a symbolic link is not read",
      fix: "replace the link",
    }));
    state.overview = { ...state.overview, diagnostics: [...state.overview.diagnostics, ...unread] };

    const { code, out, err } = await against(argv);
    const one = await against([...argv, "-n", "orders"]);

    const line = (file: string): string =>
      `error: ${file}:1:1: a symbolic link is not read\nhint:  replace the link\n`;
    expect(code).toBe(0);
    expect(out).toContain(expected);
    expect(err).toBe(line("teams/orders/link") + line("teams/payments"));
    expect(one.err).toBe(line("teams/orders/link"));
  });

  test.each([["status"], ["get", "bindings"], ["describe", "orders/orders-api"], ["history"]])(
    "%s prints JSON and YAML of the same value",
    async (...argv) => {
      const json = await against([...argv, "-o", "json"]);
      const yaml = await against([...argv, "-o", "yaml"]);

      expect(() => JSON.parse(json.out) as unknown).not.toThrow();
      expect(yaml.out).toContain(":");
      expect([json.code, yaml.code]).toEqual([0, 0]);
    },
  );

  test("get is narrowed by namespace, by label and by target", async () => {
    const team = await against(["get", "bindings", "-n", "payments"]);
    const label = await against(["get", "fp", "-l", "team=payments"]);
    const target = await against(["get", "bindings", "refunds@prod"]);

    expect(team.out).not.toContain("orders/");
    expect(label.out).not.toContain("orders/");
    expect(target.out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("-o name names a target once, even with several differences", async () => {
    const drifts = ["hotfix", "debug"].map((policyName) =>
      drift(ORDERS_API, { change: { kind: "inline-extra", policyName } }),
    );
    const views = new Map([[ORDERS_API, view(ORDERS_API, { drifts })]]);

    const { out } = await against(["get", "drift", "-o", "name"], { state: { views } });

    expect(out).toBe("orders/orders-api@prod/eu-west-1\n");
  });

  test("describe hold reports that no pending approval has the name", async () => {
    const { code, err } = await against(["describe", "hold", "zzz"]);

    expect([code, err]).toEqual([1, 'error: no pending approval is named "zzz"\n']);
  });

  test("get drift --exit-code exits with 2 where there is drift, and with 0 where there is none", async () => {
    const [some, none, other] = [
      await against(["get", "drift", "--exit-code"]),
      await against(["get", "drift", "-n", "nothing-here", "--exit-code"]),
      await against(["get", "fp", "--exit-code"]),
    ];

    expect([some.code, none.code, other.code]).toEqual([2, 0, 1]);
  });

  test("get of an empty namespace names the namespace", async () => {
    expect(await against(["get", "fp", "-n", "nothing-here"])).toEqual({
      code: 0,
      out: "No resources found in namespace nothing-here\n",
      err: "",
    });
  });

  test("get -o name prints what other commands take, one a line", async () => {
    const lines = async (resource: string): Promise<readonly string[]> =>
      (await against(["get", resource, "-o", "name"])).out.trimEnd().split("\n");

    const [fp, bindings, holds] = [await lines("fp"), await lines("bindings"), await lines("holds")];

    expect(fp.every((line) => /^[a-z]+\/[a-z-]+$/.test(line))).toBe(true);
    expect(bindings).toContain("payments/refunds@prod/eu-west-1");
    expect(holds.every((line) => /^[0-9a-f]{40,64}$/.test(line))).toBe(true);
  });

  test("get bindings has one line a row within 80 columns, and -o wide cuts nothing", async () => {
    const terminal = { isTerminal: true, columns: 80 };
    const narrow = (await against(["get", "bindings"], {}, { terminal })).out.trimEnd().split("\n");
    const wide = (await against(["get", "bindings", "-o", "wide"], {}, { terminal })).out
      .trimEnd()
      .split("\n");

    expect(narrow.filter((line) => line.length > 80)).toEqual([]);
    expect(narrow).toHaveLength(wide.length);
    expect(wide[0]).toMatch(/HEALTH +READ +APPLIED +WHY/);
  });

  test("a list as JSON has the version and kind of the API", async () => {
    const { out } = await against(["get", "bindings", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({ apiVersion: "grantkeeper.dev/v1alpha1", kind: "BindingList" });
  });

  test("get rejects -n together with -A", async () => {
    expect((await against(["get", "fp", "-A", "-n", "orders"])).err).toContain("cannot be used with option");
  });

  test("get of an unknown resource names the nearest", async () => {
    expect((await against(["get", "bindngs"])).err).toMatch(
      /^error: there is no "bindngs" to get, did you mean bindings\?\n/,
    );
  });

  test.each([
    { resource: "drift", target: "payments/ledger@prod" },
    { resource: "holds", target: "payments/ledger@prod" },
    { resource: "suspensions", target: "payments/refunds@prod" },
    { resource: "waivers", target: "payments/ledger@prod" },
    { resource: "orphans", target: "payments/ledger@prod" },
    { resource: "functions", target: "payments/ledger@prod" },
  ])(
    "get $resource of $target, which has none, states that and is not an error",
    async ({ resource, target }) => {
      const { code, out, err } = await against(["get", resource, target]);

      const what = resource === "drift" ? "No drift found" : "No resources found";
      expect({ code, out, err }).toEqual({ code: 0, out: `${what} for ${target}\n`, err: "" });
    },
  );

  test.each(["drift", "holds"])(
    "get %s of a target that is not there names the nearest",
    async (resource) => {
      const { code, err } = await against(["get", resource, "payments/refund@prod"]);

      expect({ code, err }).toEqual({
        code: 1,
        err: "error: nothing is called payments/refund@prod\nhint:  did you mean payments/refunds@prod?\n",
      });
    },
  );

  test("a typing error in a target is answered with the nearest name", async () => {
    expect(await against(["describe", "orders/orders-apo"])).toMatchObject({
      code: 1,
      err: "error: nothing is called orders/orders-apo\nhint:  did you mean orders/orders-api?\n",
    });
  });

  test("history is of a target when one is named, newest first, and no more than asked for", async () => {
    const all = await against(["history", "--limit", "1"]);
    const one = await against(["history", "orders/orders-api"]);

    expect(all.out.trimEnd().split("\n")).toHaveLength(2);
    expect(one.out).not.toContain("refunds");
  });

  test("a list longer than a page is read to its end", async () => {
    const views = new Map(
      Array.from({ length: 1_201 }, (_, at) => {
        const key = checked(parseKey(`function/111122223333/eu-west-1/orders/f${at}`));
        return [key, view(key)] as const;
      }),
    );
    const records = [...views.keys()].map((key) => record(key));
    const { out } = await against(["get", "bindings", "-o", "json"], { state: { views, records } });
    const { items } = JSON.parse(out) as {
      readonly items: readonly { readonly spec: { readonly key: string } }[];
    };

    expect(new Set(items.map(({ spec }) => spec.key)).size).toBe(items.length);
    expect(items.filter(({ spec }) => /\/f\d+$/.test(spec.key))).toHaveLength(1_201);
  });
});

describe("commanding the controller", () => {
  test("reconcile names the keys that the target means", async () => {
    const { code, out } = await against(["reconcile", "orders/orders-api@prod"]);

    expect(code).toBe(0);
    expect(out).toBe("orders/orders-api@prod/eu-west-1 is due now   grantkeeper wait token-1\n");
    expect(server?.control.commands).toEqual([
      {
        name: "reconcile",
        actor: "local",
        request: { kind: "keys", keys: ["function/111122223333/eu-west-1/orders/orders-api"] },
      },
    ]);
  });

  test("reconcile -o json has its token, and the result of each binding", async () => {
    const clock = { nowMs: () => Date.parse(NOW), sleep: async () => undefined };
    const asked = await against(["reconcile", "--all", "-o", "json"], {}, { clock });
    let nowMs = Date.parse(NOW);
    const later = { nowMs: () => (nowMs += 5_000), sleep: async () => undefined };
    const waited = await against(
      ["reconcile", "--all", "--wait", "--timeout", "2s", "-o", "json"],
      {},
      { clock: later },
    );

    expect(JSON.parse(asked.out)).toMatchObject({ kind: "Reconciliation", metadata: { name: "token-1" } });
    expect(JSON.parse(waited.out)).toMatchObject({ exitCode: waited.code, notCompared: expect.any(Array) });
  });

  test("reconcile of everything needs --all, never just an omitted target", async () => {
    const { code, err } = await against(["reconcile"]);

    expect(code).toBe(1);
    expect(err).toContain("reconcile needs a target, or --all");
    expect(server?.control.commands).toEqual([]);
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
    const { code, out } = await against(["suspend", ...target, "--for", "2h", "--reason", "INC-1"]);

    expect(code).toBe(0);
    expect(out).toMatch(/: until 14:00Z \(in 2h\).*\nhint: {2}grantkeeper resume s-new --reason TEXT\n$/);
    expect(server?.control.commands).toMatchObject([
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
    const { code, err } = await against(argv);

    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(server?.control.commands).toEqual([]);
  });

  test.each([["s-orders"], ["s-or"], ["orders/"]])("resume takes a suspension by %s", async (name) => {
    const { code, out } = await against(["resume", name, "--reason", "over"]);

    expect({ code, out }).toEqual({
      code: 0,
      out: "resumed orders/\nnote:  still suspended by s-everything (everything)\n",
    });
    expect(server?.control.commands).toMatchObject([
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

    const { code } = await against(["resume", ...target, "--reason", "over"]);

    expect(code).toBe(0);
    expect(server?.control.commands).toMatchObject([{ name: "resume", request: { id: "s-0" } }]);
  });

  test("resume of a part of a suspension names the complete suspension, and ends nothing", async () => {
    await withSuspensions([{ accountId: null, namespace: "orders", key: null }]);

    const { code, err } = await against(["resume", "orders/orders-api@prod", "--reason", "over"]);

    expect(code).toBe(1);
    expect(err).toBe(
      "error: no suspension of orders/orders-api@prod is in force\nhint:  it is part of s-0 (orders/): resume that one\n",
    );
    expect(server?.control.commands).toEqual([]);
  });

  test("resume reports what another suspension still covers", async () => {
    const everything = { accountId: null, namespace: null, key: null };
    await withSuspensions([{ ...everything, namespace: "orders" }, everything]);

    const { out } = await against(["resume", "orders/", "--reason", "over"]);

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
    server = await startTestServer();
    server.control.suspend = async ({ scope, reason }) =>
      ok({ id: "s-orders", scope, reason, actor: "dana", at: NOW, until });

    const { out } = await against(["suspend", "orders/", "--for", "2h", "--reason", "INC-2"]);

    expect(out).toBe(`${expected}hint:  grantkeeper resume s-orders --reason TEXT\n`);
  });

  test("resume of an ambiguous prefix names the candidates", async () => {
    expect((await against(["resume", "s-or", "--reason", "x"])).code).toBe(0);
    expect((await against(["resume", "s-xx", "--reason", "x"])).err).toContain("nothing is called s-xx");
  });

  test("approve passes subject, reason and duration", async () => {
    const { code, out } = await against(["approve", "7f3a91c2", "--reason", "ORD-12", "--for", "30m"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^approved 7f3a91c2: the revision, until /);
    expect(server?.control.commands).toMatchObject([
      { name: "approve", request: { subject: "7f3a91c2", reason: "ORD-12", forMs: 1_800_000 } },
    ]);
  });

  test("reject passes digest and reason", async () => {
    const { code, out } = await against(["reject", "7f3a91c2", "--reason", "ask the team first"]);

    expect({ code, out }).toEqual({ code: 0, out: "rejected 7f3a91c2: nothing is written\n" });
    expect(server?.control.commands).toMatchObject([
      { name: "reject", request: { subject: "7f3a91c2", reason: "ask the team first" } },
    ]);
  });

  test("status --exit-code is 3 if an action is required, and 0 without the option", async () => {
    expect((await against(["status"])).code).toBe(0);
    expect((await against(["status", "--exit-code"])).code).toBe(3);
  });

  test.each([["approve"], ["reject"]])(
    "%s of a plan that has changed names its new digest",
    async (command) => {
      const former = "90be11a2".padEnd(64, "0");
      const state = { formerlyHeld: new Map([[former, [REFUNDS]]]) };

      const { code, err } = await against([command, former, "--reason", "x"], { state });

      expect(code).not.toBe(0);
      expect(err).toContain("error: 90be11a2: the plan has changed; new digest bbbbbbbb\n");
      expect(err).toContain("grantkeeper describe hold bbbbbbbb\n");
    },
  );

  test("describe hold asks the controller for the held calls", async () => {
    const { code, out } = await against(["describe", "hold", "bbbbbbbb"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^Pending approval bbbbbbbb: 1 binding in prod, 4 calls, risk low\n/);
    expect(out).toContain("To reject:  grantkeeper reject bbbbbbbb --reason TEXT\n");
  });

  test("describe hold of a prefix of two digests asks for more digits", async () => {
    const { overview } = fakeState();
    const twins = ["c", "d"].map((last) => `sha256:${"b".repeat(63)}${last}` as unknown as Digest);
    const holds = overview.holds.flatMap((hold) => twins.map((subject) => ({ ...hold, subject })));
    const formerlyHeld = new Map([["bbbbbbbb", [REFUNDS]]]);

    const { code, err } = await against(["describe", "hold", "bbbbbbbb"], {
      state: { overview: { ...overview, holds }, formerlyHeld },
    });

    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: "bbbbbbbb" is the beginning of 2 digests\nhint:  add digits\n',
    });
  });

  test("get holds counts the same in the table and in JSON, and hides what was rejected without --all", async () => {
    const table = await against(["get", "holds"]);
    const json = JSON.parse((await against(["get", "holds", "-o", "json"])).out) as {
      items: readonly { readonly status: { readonly bindings: number; readonly calls: number } }[];
    };
    const [item] = json.items;
    if (server === null) throw new Error("no server was started");
    const { overview } = server.control.state;
    const subject = overview.holds[0]?.subject;
    if (subject === undefined) throw new Error("nothing is held");
    const rejection = { subject, accountId: null, actor: "sam", reason: "no", at: NOW };
    server.control.state.overview = { ...overview, rejections: [rejection] };

    expect(table.out).toMatch(new RegExp(`prod +${item?.status.bindings} +${item?.status.calls} `));
    expect((await against(["get", "holds"])).out).not.toContain("bbbbbbbb");
    expect((await against(["get", "holds", "--all"])).out).toContain('rejected by sam: "no"');
  });

  test("a refusal of the controller is shown with its message", async () => {
    const refusal = {
      code: "conflict",
      message: "the plan has changed since",
      hint: "read it again",
    } as const;

    expect(await against(["approve", "7f3a91c2", "--reason", "x"], { state: { refusal } })).toMatchObject({
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

    const { out } = await against(["get", "suspensions"]);
    const { code } = await against(["resume", expected, "--reason", "over"]);

    expect(out.split("\n")[1]).toMatch(new RegExp(`^s-0 +${expected.replaceAll(".", "[.]")} `));
    expect(code).toBe(0);
  });
});

describe("watching", () => {
  test("prints only changes, and ends with success when interrupted", async () => {
    const stop = new AbortController();
    let rounds = 0;
    const sleep = async (): Promise<void> => {
      rounds += 1;
      if (rounds === 2 && server !== null)
        server.control.state.overview = { ...server.control.state.overview, holds: [] };
      if (rounds === 3) stop.abort();
      stop.signal.throwIfAborted();
    };

    const { code, out } = await against(
      ["get", "holds", "--watch"],
      {},
      { signal: stop.signal, clock: { nowMs: () => Date.parse(NOW), sleep } },
    );

    expect(code).toBe(0);
    expect(out).toMatch(/^DIGEST [^]+\n\nNo resources found\n$/);
  });
});

describe("tokens", () => {
  test("a missing, a wrong and an insufficient one have different errors, each with its fix", async () => {
    const none = await against(["get", "fp"], {}, { env: {} });
    const wrong = await against(["get", "fp"], {}, { env: { GRANTKEEPER_TOKEN: "x".repeat(40) } });
    const reader = await against(["reconcile", "--all"], {}, { env: { GRANTKEEPER_TOKEN: READER_TOKEN } });

    expect(none.err).toContain("hint:  set GRANTKEEPER_TOKEN\n");
    expect(wrong.err).toContain("is it of this controller, and not expired?");
    expect(reader.err).toContain("use a token with that scope and namespace");
    expect([none.code, wrong.code, reader.code]).toEqual([4, 4, 4]);
  });

  test("of one team see that team alone", async () => {
    const { out } = await against(["get", "bindings"], {}, { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } });

    expect(out).toContain("orders/orders-api");
    expect(out).not.toContain("payments");
  });
});

describe("an unreachable controller", () => {
  test("is named with its address and with the command that starts it", async () => {
    const { code, err } = await cli(["status", "--config", "gk.yaml"], {
      installation: { config: TEST_CONFIG },
    });

    expect(code).toBe(4);
    expect(err).toMatch(
      /^error: http:\/\/127\.0\.0\.1:1: cannot reach the controller: .+\nhint: {2}start it with "grantkeeper run --config grantkeeper.yaml", or set --server\n$/,
    );
  });

  test("and has no address is an error that explains how to name it", async () => {
    expect((await cli(["status"])).err).toContain(
      "use --config FILE on the controller's machine, else --server URL and GRANTKEEPER_TOKEN",
    );
  });

  test.each([
    { url: "grantkeeper", expected: "is no URL of a controller" },
    { url: "ftp://x", expected: "is no URL of a controller" },
    { url: "https://user:secret@x", expected: "put the token into GRANTKEEPER_TOKEN" },
  ])("by the address $url is refused", async ({ url, expected }) => {
    const { code, err } = await cli(["status", "--server", url]);

    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(err).not.toContain("secret");
  });
});

describe("another server", () => {
  let other: Server;
  const seen: IncomingHttpHeaders[] = [];
  const listen = async (answer: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }): Promise<string> => {
    seen.length = 0;
    other = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  };
  afterEach(() => new Promise<void>((resolve) => void other.close(() => resolve())));

  test("never gets the token of the state directory", async () => {
    const url = await listen({ status: 401, body: "{}" });

    await cli(["status", "--server", url, "--config", "gk.yaml"], {
      installation: { localToken: async () => LOCAL_TOKEN },
    });

    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test("that redirects does not get the token sent on", async () => {
    server = await startTestServer();
    const url = await listen({
      status: 302,
      headers: { location: `${server.url}/apis/grantkeeper.dev/v1alpha1/overview` },
    });

    const { code, err } = await cli(["status", "--server", url], { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN } });

    expect(code).toBe(4);
    expect(err).toContain("answered 302, and not as Grantkeeper does");
  });

  test.each([
    { status: 200, body: "<html>", because: "a page" },
    { status: 502, body: "Bad gateway", because: "a proxy's word" },
    { status: 500, body: '{"kind":"Status"}', because: "a Status without a message" },
  ])("that answers with $because is not a controller", async ({ status, body }) => {
    const url = await listen({ status, body });

    expect((await cli(["status", "--server", url], { env: {} })).err).toContain(
      `answered ${status}, and not as Grantkeeper does`,
    );
  });

  test("cannot move the cursor with its messages", async () => {
    const message = "no\u001b[2J\u202e";
    const url = await listen({
      status: 500,
      body: JSON.stringify({ kind: "Status", reason: "InternalError", message }),
    });

    const { err } = await cli(["status", "--server", url], { env: {} });

    expect(err).toBe("error: no[2J\n");
  });
});
