import { ApiCli } from "../../support/screens/api-cli.ts";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { fakeState } from "../../support/screens/api-world.ts";
import { condition } from "../../support/screens/world-states.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import {
  TARGET,
  SUBJECT,
  fetched,
  accounts,
  of,
  ready,
  waitRun,
} from "../../support/screens/reconcile-cli.ts";

const api = new ApiCli();

describe("wait for a target", () => {
  const waitFor = (state: Partial<FakeState>): Promise<CliRun> =>
    waitRun(api, state, ["wait", "orders/orders-api@prod"]);
  const withheld = { digest: SUBJECT, actions: 1, withheld: [] };

  test.each([
    { status: {}, expected: "unchanged, aaaaaaa in effect" },
    { status: ready({ reason: "Released" }), expected: "released, no longer compared or written" },
    {
      status: { ...ready({ reason: "ObserveOnly" }), sync: "OutOfSync" as const },
      expected: "compared, observe only, not as in Git",
    },
  ])("exits with 0 once it is ready: $expected", async ({ status, expected }) => {
    const { out, code } = await waitFor(of(status));

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: ${expected}`, 0]);
  });

  test.each([
    { reason: "Progressing", message: "its deletionPolicy is retain" },
    { reason: "ObserveOnly", message: "no longer declared in Git; observe mode deletes nothing" },
  ] as const)("ends immediately for what Git no longer declares: $message", async ({ reason, message }) => {
    const status = { ...ready({ status: "Unknown", reason, message }), sync: "OutOfSync" as const };
    const { out, err, code } = await waitFor({ ...of(status), objects: [] });

    expect([out.split("\n")[0], err, code]).toEqual([`${TARGET}: kept, ${message}`, "", 3]);
  });

  test.each([
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" }),
      expected: "refused by ACT-001: x",
    },
    {
      status: ready({ status: "False", reason: "ValidationFailed", message: "a.yaml:1:2: tabs" }),
      expected: "broken, a.yaml:1:2: tabs",
    },
    {
      status: ready({ status: "False", reason: "AwaitingApproval", message: "first enforcing run" }),
      expected: "not applied, first enforcing run",
    },
    {
      status: ready({
        status: "False",
        reason: "ObserveOnly",
        message: "not released: its role has the tags",
      }),
      expected: "not applied, not released: its role has the tags",
    },
    {
      status: {
        conditions: [
          condition({ status: "Unknown", reason: "Progressing" }),
          condition({ type: "Suspended", reason: "Suspended", message: "by dana" }),
        ],
        plan: withheld,
      },
      expected: 'suspended until 2026-11-25 13:00:00Z by dana: "migration of payments", 1 call withheld',
    },
  ])(
    "ends immediately, with exit code 3, if waiting cannot help: $expected",
    async ({ status, expected }) => {
      const { out, err, code } = await waitFor(of(status));

      expect({ out: out.split("\n")[0], err, code }).toEqual({
        out: `${TARGET}: ${expected}`,
        err: "",
        code: 3,
      });
    },
  );

  test.each([
    { status: { conditions: [] }, expected: "not compared yet" },
    {
      status: ready({ status: "Unknown", reason: "WaitingForFunction" }),
      expected: "its role is ready, the function does not exist yet",
    },
    {
      status: ready({ status: "False", reason: "RoleNotUsed", message: "the function runs on another role" }),
      expected: "the function does not use its role, the function runs on another role",
    },
    {
      status: {
        ...ready({ status: "Unknown", reason: "Progressing", message: "throttled" }),
        sync: "Unknown" as const,
      },
      expected: "not read, throttled",
    },
  ])("goes on while waiting can help, until the time is over: $expected", async ({ status, expected }) => {
    const { out, err, code } = await waitFor(of(status));

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: timed out after 2s: ${expected}`, 3]);
    expect(err).toContain(`${TARGET}: ${expected}`);
  });

  test.each([
    {
      status: {
        ...ready({ status: "False", reason: "AccessDenied", message: "AccessDenied" }),
        sync: "Unknown" as const,
      },
      out: "account prod: unreadable, AccessDenied\n0 targets; 1 account unreadable\n",
      because: "AWS refuses the reads: it ends immediately",
    },
    {
      status: {},
      out: `${TARGET}: timed out after 2s: not read, AccessDenied\n1 target: 1 not applied\n`,
      because: "it was ready, but its account is not read now",
    },
  ])("is not done while the account cannot be read: $because", async ({ status, out }) => {
    const state = of(status);
    const { overview = fakeState().overview } = state;

    const end = await waitFor({ ...state, overview: { ...overview, accounts: accounts("AccessDenied") } });

    expect([end.out, end.code]).toEqual([out, 3]);
  });
});

describe("if Git cannot be reached", () => {
  const { overview = fakeState().overview } = fetched();
  const failure = { message: "cannot reach git", fix: "check the network", refused: false };
  const state = { overview: { ...overview, source: { ...overview.source, failure } } };

  test.each([[["reconcile", "--all", "--wait"]], [["wait", "orders/orders-api@prod"]]])(
    "%s -o json prints one error object on standard error, and exits with 4",
    async (argv) => {
      const { out, err, code } = await waitRun(api, state, [...argv, "-o", "json"]);

      expect({ out, code }).toEqual({ out: "", code: 4 });
      expect(JSON.parse(err)).toEqual({
        kind: "Error",
        exitCode: 4,
        errors: [
          {
            level: "error",
            place: "source main",
            code: "Unreachable",
            message: "cannot reach git",
            hint: "check the network",
          },
        ],
      });
    },
  );

  test("-o yaml prints nothing on standard output either", async () => {
    const { out, err, code } = await waitRun(api, state, ["wait", "orders/orders-api@prod", "-o", "yaml"]);

    expect({ out, code }).toEqual({ out: "", code: 4 });
    expect(parse(err)).toMatchObject({
      kind: "Error",
      exitCode: 4,
      errors: [{ place: "source main", message: "cannot reach git" }],
    });
  });
});

describe("before any revision was read", () => {
  const source = (change: Partial<FakeState["overview"]["source"]>): Partial<FakeState> => {
    const { overview } = fakeState();
    return {
      records: [],
      objects: [],
      overview: { ...overview, source: { ...overview.source, accepted: null, held: null, ...change } },
    };
  };
  const unreachable = { message: "cannot reach git.example.com", fix: "check the URL", refused: false };

  test.each([
    ["reconcile", "orders/orders-api@prod", "--wait"],
    ["reconcile", "orders/orders-api@prod"],
    ["wait", "orders/orders-api@prod"],
  ])(
    "%s of a target exits with 4 and names Git, not the target, while Git cannot be reached",
    async (...argv) => {
      const server = await api.start({ state: source({ failure: unreachable }) });
      const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
      const { err, code } = await cli([...argv, "--server", server.url], { env });

      expect({ err, code }).toEqual({
        err: "error: source main: cannot reach git.example.com\nhint:  check the URL\n",
        code: 4,
      });
    },
  );

  test("a revision that is refused is no unreachable Git", async () => {
    const server = await api.start({ state: source({ failure: { ...unreachable, refused: true } }) });
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const { code } = await cli(["reconcile", "orders/x@prod", "--server", server.url], { env });

    expect(code).toBe(3);
  });
});
