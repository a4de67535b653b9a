import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { drift, record, view } from "../../support/screens/world-states.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { parseKey } from "../../../src/model/keys/key.ts";

const api = new ApiCli();

describe("reading the controller", () => {
  test.each([
    { argv: ["status"], expected: "Action required: " },
    { argv: ["status", "-o", "wide"], expected: "Action required: " },
    { argv: ["get", "bindings"], expected: "orders/orders-api@prod/eu-west-1" },
    { argv: ["get", "accounts"], expected: "111122223333" },
    { argv: ["get", "functions"], expected: "orders-api" },
    { argv: ["get", "orphans"], expected: "role/grantkeeper/orders-old" },
    { argv: ["get", "holds"], expected: "would delete 4 roles" },
    { argv: ["get", "approvals"], expected: "would delete 4 roles" },
    { argv: ["get", "suspensions"], expected: "s-orders" },
    { argv: ["get", "teams"], expected: "error: nothing" },
    { argv: ["get", "team", "orders", "-o", "wide"], expected: "payments: table/orders-events" },
    { argv: ["get", "alerts"], expected: "payments-chat  slack" },
    { argv: ["get", "alerts"], expected: "fix: set channel to the id of a channel" },
    { argv: ["get", "waivers"], expected: "ord-77" },
    {
      argv: ["describe", "orders/orders-api"],
      expected: "orders/orders-api@prod/eu-west-1, function orders-api, mode enforce",
    },
    { argv: ["history"], expected: "Grantkeeper" },
  ])("$argv prints a table", async ({ argv, expected }) => {
    const { code, out, err } = await api.run(argv);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(expected);
  });

  test("get accounts shows why an account is read as it was declared before, and what was not read of it", async () => {
    const { overview, objects } = fakeState();
    const account = objects.find(({ kind }) => kind === "AwsAccount");
    const origin = { file: account?.file ?? "", line: (account?.line ?? 0) + 3, column: 5, path: "" };
    const error = { severity: "error", code: "x", origin, message: "unknown region", fix: null } as const;
    const accounts = overview.accounts.map((each) => ({
      ...each,
      unread: ["eu-west-2: denied", "x: denied"],
    }));
    const state = {
      overview: { ...overview, accounts, diagnostics: [error] },
      objects: [account].flatMap((each) => each ?? []),
    };
    await api.start({ state });

    const { out } = await api.run(["get", "accounts", "-o", "wide"]);

    expect(out).toContain(`${origin.file}:${origin.line}:5: unknown region; `);
    expect(out).toContain("eu-west-2: denied and 1 more");
  });

  test.each([
    { argv: ["get", "fp"], expected: "orders/orders-api" },
    { argv: ["get", "policies"], expected: "payments/ledger" },
  ])("$argv prints a table, and names the files that are not in it", async ({ argv, expected }) => {
    const server = await api.start();
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

    const { code, out, err } = await api.run(argv);
    const one = await api.run([...argv, "-n", "orders"]);

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
      const json = await api.run([...argv, "-o", "json"]);
      const yaml = await api.run([...argv, "-o", "yaml"]);

      expect(() => JSON.parse(json.out) as unknown).not.toThrow();
      expect(yaml.out).toContain(":");
      expect([json.code, yaml.code]).toEqual([0, 0]);
    },
  );

  test("get is narrowed by namespace, by label and by target", async () => {
    const team = await api.run(["get", "bindings", "-n", "payments"]);
    const label = await api.run(["get", "fp", "-l", "team=payments"]);
    const target = await api.run(["get", "bindings", "refunds@prod"]);

    expect(team.out).not.toContain("orders/");
    expect(label.out).not.toContain("orders/");
    expect(target.out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("-o name names a target once, even with several differences", async () => {
    const drifts = ["hotfix", "debug"].map((policyName) =>
      drift(ORDERS_API, { change: { kind: "inline-extra", policyName } }),
    );
    const views = new Map([[ORDERS_API, view(ORDERS_API, { drifts })]]);

    const { out } = await api.run(["get", "drift", "-o", "name"], { state: { views } });

    expect(out).toBe("orders/orders-api@prod/eu-west-1\n");
  });

  test.each([
    { name: "zzz", hint: "list them with: grantkeeper get approvals" },
    { name: "4c6c6f3", hint: "write 8 digits or more of the digest, as shown by: grantkeeper get approvals" },
  ])("describe approval reports that no pending approval has the name $name", async ({ name, hint }) => {
    const { code, err } = await api.run(["describe", "hold", name]);

    expect([code, err]).toEqual([1, `error: no pending approval is named "${name}"\nhint:  ${hint}\n`]);
  });

  test("get drift --exit-code exits with 2 where there is drift, and with 0 where there is none", async () => {
    const [some, none, other] = [
      await api.run(["get", "drift", "--exit-code"]),
      await api.run(["get", "drift", "-n", "nothing-here", "--exit-code"]),
      await api.run(["get", "fp", "--exit-code"]),
    ];

    expect([some.code, none.code, other.code]).toEqual([2, 0, 1]);
  });

  test("a list of an account that was not compared since the start has a note, and get drift exits with 3", async () => {
    const { control } = await api.start();
    const { overview } = control.state;
    const accounts = overview.accounts.map((account) => ({ ...account, comparing: true }));
    await api.start({ state: { overview: { ...overview, accounts }, views: new Map() } });

    const listed = await api.run(["get", "bindings"]);
    const drift = await api.run(["get", "drift", "-n", "orders", "--exit-code"]);

    expect(listed.err).toMatch(/^note:  the controller started .* prod has not been compared since then/);
    expect(drift.code).toBe(3);
    expect(drift.err).toMatch(/targets? w(as|ere) not compared/);
  });

  test("before a revision is in force, an empty list claims nothing, and get drift --exit-code does not exit with 0", async () => {
    const { control } = await api.start();
    const { overview } = control.state;
    const source = { ...overview.source, accepted: null };
    await api.start({ state: { overview: { ...overview, source, accounts: [] }, views: new Map() } });

    const listed = await api.run(["get", "drift"]);
    const drift = await api.run(["get", "drift", "--exit-code"]);

    expect(listed.out).toBe("Not known yet: no revision is in force\n");
    expect([drift.code, drift.out]).toEqual([3, ""]);
  });

  test("get drift names the number of bindings that were not compared, which are not free of drift", async () => {
    const all = await api.run(["get", "drift"]);
    const server = await api.start();
    const uncompared = { ...server.control.state, views: new Map() };
    await api.start({ state: uncompared });
    const none = await api.run(["get", "drift", "--exit-code"]);

    expect(all.out).toContain("+ ");
    expect(all.err).toBe("note:  1 target was not compared: grantkeeper get bindings\n");
    expect(none.code).toBe(3);
    expect(none.out).toBe("No drift found\n");
  });

  test("get of an empty namespace names the namespace", async () => {
    expect(await api.run(["get", "fp", "-n", "nothing-here"])).toEqual({
      code: 0,
      out: "No FunctionPermissions found in namespace nothing-here\n",
      err: "",
    });
  });

  test("get -o name prints what other commands take, one a line", async () => {
    const lines = async (resource: string): Promise<readonly string[]> =>
      (await api.run(["get", resource, "-o", "name"])).out.trimEnd().split("\n");

    const [fp, bindings, holds] = [await lines("fp"), await lines("bindings"), await lines("holds")];

    expect(fp.every((line) => /^[a-z]+\/[a-z-]+$/.test(line))).toBe(true);
    expect(bindings).toContain("payments/refunds@prod/eu-west-1");
    expect(holds.every((line) => /^[0-9a-f]{40,64}$/.test(line))).toBe(true);
  });

  test("get bindings is within 80 columns, and cuts no reason", async () => {
    const terminal = { isTerminal: true, columns: 80 };
    const narrow = (await api.run(["get", "bindings"], {}, { terminal })).out.trimEnd().split("\n");
    const wide = (await api.run(["get", "bindings", "-o", "wide"], {}, { terminal })).out
      .trimEnd()
      .split("\n");

    expect(narrow.filter((line) => line.length > 80)).toEqual([]);
    expect(narrow.join("\n")).not.toContain("…");
    expect(wide[0]).toMatch(/HEALTH +READ +APPLIED +WHY/);
  });

  test("a list as JSON has the version and kind of the API", async () => {
    const { out } = await api.run(["get", "bindings", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({ apiVersion: "grantkeeper.dev/v1alpha1", kind: "BindingList" });
  });

  test("get rejects -n together with -A", async () => {
    expect((await api.run(["get", "fp", "-A", "-n", "orders"])).err).toContain("cannot be used with option");
  });

  test("get of an unknown resource names the nearest", async () => {
    expect((await api.run(["get", "bindngs"])).err).toMatch(
      /^error: unknown resource "bindngs", did you mean bindings\?\n/,
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
      const { code, out, err } = await api.run(["get", resource, target]);

      const what = resource === "holds" ? "pending approvals" : resource;
      expect({ code, out, err }).toEqual({ code: 0, out: `No ${what} found for ${target}\n`, err: "" });
    },
  );

  test.each(["drift", "holds"])(
    "get %s of a target that is not there names the nearest",
    async (resource) => {
      const { code, err } = await api.run(["get", resource, "payments/refund@prod"]);

      expect({ code, err }).toEqual({
        code: 1,
        err: 'error: "payments/refund@prod" not found\nhint:  did you mean payments/refunds@prod?\n',
      });
    },
  );

  test.each([
    { namespace: "order", near: ", did you mean orders?" },
    { namespace: "elsewhere", near: "" },
  ])("an empty list of namespace $namespace has the nearest one that exists", async ({ namespace, near }) => {
    const { out } = await api.run(["get", "bindings", "-n", namespace]);

    expect(out).toBe(`No bindings found in namespace ${namespace}${near}\n`);
  });

  test.each([
    { argv: ["describe", "orders/orders-apo"], near: "orders/orders-api" },
    { argv: ["get", "accounts", "pord"], near: "prod" },
  ])("a typing error is answered with the nearest name: $argv", async ({ argv, near }) => {
    const err = `error: "${argv.at(-1) ?? ""}" not found\nhint:  did you mean ${near}?\n`;

    expect(await api.run(argv)).toMatchObject({ code: 1, err });
  });

  test("history is of a target when one is named, newest first, and no more than asked for", async () => {
    const all = await api.run(["history", "--limit", "1"]);
    const one = await api.run(["history", "orders/orders-api"]);

    expect(all.out.trimEnd().split("\n").slice(2)).toEqual([
      "",
      "The newest 1 line; there may be older ones: --limit, up to 1000",
    ]);
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
    const { out } = await api.run(["get", "bindings", "-o", "json"], { state: { views, records } });
    const { items } = JSON.parse(out) as {
      readonly items: readonly { readonly spec: { readonly key: string } }[];
    };

    expect(new Set(items.map(({ spec }) => spec.key)).size).toBe(items.length);
    expect(items.filter(({ spec }) => /\/f\d+$/.test(spec.key))).toHaveLength(1_201);
  });
});
