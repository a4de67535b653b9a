import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import type { ReconcileProgress } from "../../../src/controller/ports/control.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";
import { ACCOUNT, REVISION } from "../../support/record/audit-facts.ts";
import { cli } from "../../support/screens/cli.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { DONE, TARGET, fetched, ready, reconcileRun } from "../../support/screens/reconcile-cli.ts";

const api = new ApiCli();

describe("reconcile --wait of everything", () => {
  const all: ReconcileProgress = { ...DONE, keys: null };
  const state = fetched({
    records: [
      record(ORDERS_API),
      record(ORDERS_JOBS),
      record(REFUNDS, ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" })),
    ],
  });

  test("counts what is unchanged, and names the rest", async () => {
    const { out, code } = await reconcileRun(api, state, all, ["--all"]);

    expect(out).toContain("payments/refunds@prod/eu-west-1: refused by ACT-001: x\n");
    expect(out).not.toContain(`${TARGET}:`);
    expect(out.trimEnd().split("\n").at(-1)).toMatch(
      /^\d+ targets: 2 unchanged, 1 not applied, \d+ not compared$/,
    );
    expect(code).toBe(3);
  });

  test("names an account that could not be read, and omits its bindings", async () => {
    const unreadable = [{ accountId: ACCOUNT, account: "prod", reason: "AccessDenied" }];

    const { out, code } = await reconcileRun(api, state, { ...all, unreadable }, ["--all"]);

    expect(out).toBe("account prod: unreadable, AccessDenied\n0 targets; 1 account unreadable\n");
    expect(code).toBe(3);
  });

  test("is never done while a binding was not compared, and names it when the time is over", async () => {
    const { out, code } = await reconcileRun(api, state, { ...all, done: false, waitingFor: [REFUNDS] }, [
      "--all",
    ]);

    expect(out).toContain("payments/refunds@prod/eu-west-1: timed out after 2s: not compared\n");
    expect(code).toBe(3);
  });

  test("fits 80 columns, and explains what to do about a source that was not fetched", async () => {
    const { overview = fakeState().overview } = fetched();
    const message = "cannot read refs/heads/main at https://git.example.com/permissions.git: it is not found";
    const source = { ...overview.source, failure: { message, fix: "check the URL", refused: false } };

    const state80 = { records: [], overview: { ...overview, source } };
    const { out } = await reconcileRun(api, state80, all, ["--all"], { terminal: { columns: 80 } });

    expect(out.split("\n").slice(0, 3)).toEqual([
      "source main: not fetched, cannot read refs/heads/main at",
      "  https://git.example.com/permissions.git: it is not found",
      "hint:  check the URL",
    ]);
  });

  test.each([
    {
      source: { failure: { message: "cannot reach git", fix: "x", refused: false } },
      expected: "not fetched, cannot reach git",
      code: 4,
    },
    {
      source: { failure: { message: "0 manifests at main@2a11d4f", fix: "x", refused: true } },
      expected: "refused, 0 manifests at main@2a11d4f",
      code: 3,
    },
    {
      source: { held: { revision: REVISION, reason: "rewritten", sinceMs: 0 } },
      expected: "main@aaaaaaa is not accepted: rewritten",
      code: 3,
    },
  ])("reports that the newest revision was not compared: $expected", async ({ source, expected, code }) => {
    const { overview = fakeState().overview } = fetched();
    const end = await reconcileRun(
      api,
      { records: [], overview: { ...overview, source: { ...overview.source, ...source } } },
      all,
      ["--all"],
    );

    expect([end.out.split("\n")[0], end.code]).toEqual([`source main: ${expected}`, code]);
  });
});

describe("reconcile --wait does not end with 0", () => {
  const broken = (file: string): Partial<FakeState> => {
    const { overview = fakeState().overview } = fetched();
    const origin = { file, line: 13, column: 1, path: "" };
    const error = { severity: "error", code: "syntax", origin, message: "tabs", fix: null } as const;
    return fetched({
      records: [record(ORDERS_API)],
      objects: [],
      overview: { ...overview, diagnostics: [error] },
    });
  };
  const all: ReconcileProgress = { ...DONE, keys: null };

  test("where a file is broken that never had a binding", async () => {
    const { out, code } = await reconcileRun(api, broken("teams/search/index.yaml"), all, ["--all"]);

    expect(out).toBe(
      "teams/search/index.yaml: broken, teams/search/index.yaml:13:1: tabs\n0 targets; 1 document broken\n",
    );
    expect(code).toBe(3);
  });

  test("and names it in JSON", async () => {
    const { out, code } = await reconcileRun(api, broken("teams/search"), all, ["--all", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      exitCode: 3,
      broken: [{ target: "teams/search", text: "broken, teams/search:13:1: tabs" }],
    });
    expect(code).toBe(3);
  });

  test("while the source was not fetched, although nothing is waited for by name", async () => {
    const { out, code } = await reconcileRun(
      api,
      fetched({ records: [] }),
      { ...all, done: false, revision: null },
      ["--all"],
    );

    expect(out).toBe("source main: timed out after 2s: not compared\n0 targets\n");
    expect(code).toBe(3);
  });

  test("where the new revision adds a binding to the target, which is refused", async () => {
    const refused = ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" });
    const target = "orders/orders-api";
    const added = ORDERS_API.replace("eu-west-1", "us-east-1") as Key;
    const server = await api.start({ state: fetched({ records: [record(ORDERS_API)] }) });
    const { control } = server;
    const askedFor = (): readonly Key[] => {
      const last = control.commands.at(-1)?.request as { readonly keys: readonly Key[] } | undefined;
      return last?.keys ?? [];
    };
    control.reconciled = () => {
      control.state.records = [record(ORDERS_API), record(added, refused)];
      control.state.version += 1;
      return { ...DONE, keys: askedFor() };
    };

    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const { out, code } = await cli(["reconcile", target, "--wait", "--server", server.url], { env });

    expect(askedFor()).toEqual([ORDERS_API, added]);
    expect(out).toContain("orders/orders-api@prod/us-east-1: refused by ACT-001: x\n");
    expect(code).toBe(3);
  });
});
