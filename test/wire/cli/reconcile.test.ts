import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import type { Reconciled } from "../../../src/controller/ports/control.ts";
import { BASE_PATH } from "../../../src/api/group.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { KeyStatus } from "../../../src/model/status.ts";
import {
  condition,
  fakeState,
  ORDERS_API,
  ORDERS_JOBS,
  plan,
  record,
  REFUNDS,
  view,
} from "../../support/screens/api-world.ts";
import { ACCOUNT, REVISION } from "../../support/record/audit-facts.ts";
import { cli, type CliRun, type CliSetting } from "../../support/screens/cli.ts";
import { NOW, type FakeState } from "../../support/fakes/fake-control.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import { actionOf } from "../../support/pass/passes.ts";

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const DONE: Reconciled = {
  done: true,
  keys: [ORDERS_API],
  waitingFor: [],
  unreadable: [],
  revision: REVISION,
};
const TARGET = "orders/orders-api@prod/eu-west-1";
const SUBJECT = digestOf("own");
const DIGEST = SUBJECT.slice("sha256:".length, "sha256:".length + 8);

/** The source was fetched and its revision is accepted. */
function fetched(change: Partial<FakeState> = {}): Partial<FakeState> {
  const { overview } = fakeState();
  const source = { ...overview.source, held: null, failure: null };
  return { overview: { ...overview, source, accounts: accounts(null), diagnostics: [] }, ...change };
}

/** The account of this world, whose own reads fail for this reason. */
function accounts(reason: string | null): FakeState["overview"]["accounts"] {
  const failing = reason === null ? null : { sinceMs: 0, reason };
  return fakeState().overview.accounts.map((account) =>
    account.record === null ? account : { ...account, record: { ...account.record, failing } },
  );
}

function of(change: Partial<KeyStatus>): Partial<FakeState> {
  return fetched({ records: [record(ORDERS_API, change)] });
}

async function run(
  state: Partial<FakeState>,
  reconciled: Reconciled = DONE,
  argv: readonly string[] = ["orders/orders-api@prod"],
  setting: CliSetting = {},
): Promise<CliRun> {
  return cliRun(state, ["reconcile", ...argv, "--wait"], reconciled, setting);
}

async function cliRun(
  state: Partial<FakeState>,
  argv: readonly string[],
  reconciled: Reconciled = DONE,
  given: CliSetting = {},
): Promise<CliRun> {
  let nowMs = Date.parse(NOW);
  const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
  const setting: CliSetting = { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN }, clock, ...given };
  server = await startTestServer({ state });
  server.control.reconciled = () => reconciled;
  return cli([...argv, "--timeout", "2s", "--server", server.url], setting);
}

const ready = (change: Parameters<typeof condition>[0]): Pick<KeyStatus, "conditions"> => ({
  conditions: [condition(change)],
});

const PENDING: Partial<KeyStatus> = {
  ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
  sync: "OutOfSync",
  plan: { digest: SUBJECT, actions: 1, withheld: [] },
};

describe("reconcile --wait of one binding", () => {
  test.each([
    { status: {}, expected: "unchanged, aaaaaaa in effect", code: 0 },
    {
      status: { ...ready({ reason: "ObserveOnly" }), sync: "OutOfSync" as const },
      expected: "compared, observe only, 0 differences",
      code: 0,
    },
    {
      status: ready({ status: "Unknown", reason: "WaitingForFunction" }),
      expected: "its role is ready, the function does not exist yet",
      code: 0,
    },
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: 'ACT-001: Action "*"' }),
      expected: "refused by ACT-001",
      code: 3,
    },
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: "BND-002, PASS-001: outside" }),
      expected: "refused by BND-002, PASS-001",
      code: 3,
    },
    {
      status: ready({
        status: "False",
        reason: "ValidationFailed",
        message: "teams/orders/a.yaml:1:2: tabs",
      }),
      expected: "broken, teams/orders/a.yaml:1:2: tabs",
      code: 3,
    },
    {
      status: ready({ status: "False", reason: "AccessDenied", message: "iam:TagRole" }),
      expected: "access denied, iam:TagRole",
      code: 3,
    },
    {
      status: {
        ...ready({ status: "Unknown", reason: "Progressing", message: "throttled" }),
        sync: "Unknown" as const,
      },
      expected: "not read, throttled",
      code: 3,
    },
    {
      status: {
        conditions: [condition(), condition({ type: "Suspended", reason: "Suspended", message: "by dana" })],
        plan: { digest: SUBJECT, actions: 2, withheld: [] },
      },
      expected: "suspended by dana, 2 calls withheld",
      code: 3,
    },
    { status: { conditions: [] }, expected: "not compared yet", code: 3 },
  ])("prints `$expected` and exits with $code", async ({ status, expected, code }) => {
    const { out, ...end } = await run(of(status));

    expect(out.split("\n")[0]).toBe(`${TARGET}: ${expected}`);
    expect(end.code).toBe(code);
  });

  test.each([
    { rejections: [], expected: `awaiting approval ${DIGEST}` },
    {
      rejections: [{ subject: SUBJECT, accountId: null, actor: "sam", reason: "no", at: NOW }],
      expected: `rejected ${DIGEST}, by sam`,
    },
  ])("prints `$expected` and exits with 3", async ({ rejections, expected }) => {
    const state = of(ready({ status: "False", reason: "AwaitingApproval" }));
    const overview = state.overview ?? fakeState().overview;
    const hold = {
      subject: SUBJECT,
      code: "limit-changes" as const,
      reason: "x",
      account: "prod",
      keys: [ORDERS_API],
      actions: 1,
      sinceMs: 0,
    };

    const { out, code } = await run({ ...state, overview: { ...overview, holds: [hold], rejections } });

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: ${expected}`, 3]);
  });

  test("waits for changes that continue by themselves, and times out with their name and exit code 3", async () => {
    const waiting = {
      ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
      sync: "OutOfSync" as const,
      plan: { digest: SUBJECT, actions: 1, withheld: [] },
    };

    const { out, err, code } = await run(of(waiting));

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: timed out after 2s: applying, 0 of 1 call`, 3]);
    expect(err).toBe(`fetched main@aaaaaaa\n${TARGET}: applying, 0 of 1 call\n`);
  });

  test("does not wait for a revert that is due after the wait has ended", async () => {
    const waiting = {
      ...ready({ status: "Unknown", reason: "Progressing", message: "changes are being applied" }),
      sync: "OutOfSync" as const,
      plan: { digest: SUBJECT, actions: 1, withheld: [] },
    };
    const nextDueMs = Date.parse(NOW) + 900_000;
    const views = new Map([[ORDERS_API, view(ORDERS_API, { plan: plan(ORDERS_API, { nextDueMs }) })]]);

    expect((await run({ ...of(waiting), views })).out).toContain(`${TARGET}: 1 call from 12:15Z on: `);
  });

  test("prints when Grantkeeper reverts a change in AWS, and the change, and does not wait for it", async () => {
    const dueMs = Date.parse(NOW) + 900_000;
    const row = {
      effect: "Allow",
      principal: null,
      action: "sqs:SendMessage",
      resource: "arn:aws:sqs:eu-west-1:111122223333:refunds-dlq",
      condition: "",
      from: "inline hotfix",
      sid: null,
      origin: null,
      certainty: "proved",
      risk: "none",
      otherCondition: null,
      limit: null,
    } as const;
    const revert = actionOf({
      key: ORDERS_API,
      cause: "out-of-band",
      due: { kind: "at", atMs: dueMs },
      delta: { allowed: [], noLongerAllowed: [row], unknownEffect: [] },
    });
    const planned = plan(ORDERS_API, { actions: [revert], nextDueMs: dueMs });

    const { out, code } = await run({
      ...of(PENDING),
      views: new Map([[ORDERS_API, view(ORDERS_API, { plan: planned })]]),
    });

    expect([out.split("\n")[0]?.replaceAll(/ +/g, " "), code]).toEqual([
      `${TARGET}: drift, Grantkeeper reverts it at 12:15Z: - sqs:SendMessage queue/refunds-dlq, policy "hotfix"`,
      3,
    ]);
  });
});

describe("reconcile --wait of everything", () => {
  const all: Reconciled = { ...DONE, keys: null };
  const state = fetched({
    records: [
      record(ORDERS_API),
      record(ORDERS_JOBS),
      record(REFUNDS, ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" })),
    ],
  });

  test("counts what is unchanged, and names the rest", async () => {
    const { out, code } = await run(state, all, ["--all"]);

    expect(out).toContain("payments/refunds@prod/eu-west-1: refused by ACT-001\n");
    expect(out).not.toContain(`${TARGET}:`);
    expect(out.trimEnd().split("\n").at(-1)).toMatch(/^\d+ bindings: 2 unchanged, \d+ not applied$/);
    expect(code).toBe(3);
  });

  test("names an account that could not be read, and omits its bindings", async () => {
    const unreadable = [{ accountId: ACCOUNT, account: "prod", reason: "AccessDenied" }];

    const { out, code } = await run(state, { ...all, unreadable }, ["--all"]);

    expect(out).toBe("account prod: unreadable, AccessDenied\n0 bindings; 1 account unreadable\n");
    expect(code).toBe(3);
  });

  test("is never done while a binding was not compared, and names it when the time is over", async () => {
    const { out, code } = await run(state, { ...all, done: false, waitingFor: [REFUNDS] }, ["--all"]);

    expect(out).toContain("payments/refunds@prod/eu-west-1: timed out after 2s: not compared\n");
    expect(code).toBe(3);
  });

  test("fits 80 columns, and explains what to do about a source that was not fetched", async () => {
    const { overview = fakeState().overview } = fetched();
    const message = "cannot read refs/heads/main at https://git.example.com/permissions.git: it is not found";
    const source = { ...overview.source, failure: { message, fix: "check the URL", refused: false } };

    const state80 = { records: [], overview: { ...overview, source } };
    const { out } = await run(state80, all, ["--all"], { terminal: { columns: 80 } });

    expect(out.split("\n").slice(0, 3)).toEqual([
      "source main: not fetched, cannot read refs/heads/main at",
      "  https://git.example.com/permissions.git: it is not found",
      "hint: check the URL",
    ]);
  });

  test.each([
    {
      source: { failure: { message: "cannot reach git", fix: "x", refused: false } },
      expected: "not fetched, cannot reach git",
      code: 4,
    },
    {
      source: { failure: { message: 'source "main": cannot reach git', fix: "x", refused: false } },
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
    const end = await run(
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
  const all: Reconciled = { ...DONE, keys: null };

  test("where a file is broken that never had a binding", async () => {
    const { out, code } = await run(broken("teams/search/index.yaml"), all, ["--all"]);

    expect(out).toBe(
      "teams/search/index.yaml: broken, teams/search/index.yaml:13:1: tabs\n0 bindings; 1 document broken\n",
    );
    expect(code).toBe(3);
  });

  test("and names it in JSON", async () => {
    const { out, code } = await run(broken("teams/search"), all, ["--all", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      exitCode: 3,
      broken: [{ target: "teams/search", text: "broken, teams/search:13:1: tabs" }],
    });
    expect(code).toBe(3);
  });

  test("while the source was not fetched, although nothing is waited for by name", async () => {
    const { out, code } = await run(fetched({ records: [] }), { ...all, done: false, revision: null }, [
      "--all",
    ]);

    expect(out).toBe("source main: timed out after 2s: not compared\n0 bindings\n");
    expect(code).toBe(3);
  });

  test("where the new revision adds a binding to the target, which is refused", async () => {
    const refused = ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" });
    const target = "orders/orders-api";
    const added = ORDERS_API.replace("eu-west-1", "us-east-1") as Key;
    server = await startTestServer({ state: fetched({ records: [record(ORDERS_API)] }) });
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
    expect(out).toContain("orders/orders-api@prod/us-east-1: refused by ACT-001\n");
    expect(code).toBe(3);
  });
});

describe("wait for a target", () => {
  const waitFor = (state: Partial<FakeState>): Promise<CliRun> =>
    cliRun(state, ["wait", "orders/orders-api@prod"]);
  const withheld = { digest: SUBJECT, actions: 1, withheld: [] };

  test.each([
    { status: {}, expected: "unchanged, aaaaaaa in effect" },
    {
      status: { ...ready({ reason: "ObserveOnly" }), sync: "OutOfSync" as const },
      expected: "compared, observe only, 0 differences",
    },
  ])("exits with 0 once it is ready: $expected", async ({ status, expected }) => {
    const { out, code } = await waitFor(of(status));

    expect([out.split("\n")[0], code]).toEqual([`${TARGET}: ${expected}`, 0]);
  });

  test.each([
    {
      status: ready({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" }),
      expected: "refused by ACT-001",
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
      status: {
        conditions: [
          condition({ status: "Unknown", reason: "Progressing" }),
          condition({ type: "Suspended", reason: "Suspended", message: "by dana" }),
        ],
        plan: withheld,
      },
      expected: "suspended by dana, 1 call withheld",
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
      out: "account prod: unreadable, AccessDenied\n0 bindings; 1 account unreadable\n",
      because: "AWS refuses the reads: it ends immediately",
    },
    {
      status: {},
      out: `${TARGET}: timed out after 2s: not read, AccessDenied\n1 binding: 1 not applied\n`,
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
      const { out, err, code } = await cliRun(state, [...argv, "-o", "json"]);

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
    const { out, err, code } = await cliRun(state, ["wait", "orders/orders-api@prod", "-o", "yaml"]);

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
      server = await startTestServer({ state: source({ failure: unreachable }) });
      const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
      const { err, code } = await cli([...argv, "--server", server.url], { env });

      expect({ err, code }).toEqual({
        err: "error: source main: cannot reach git.example.com\nhint:  check the URL\n",
        code: 4,
      });
    },
  );

  test("a revision that is refused is no unreachable Git", async () => {
    server = await startTestServer({ state: source({ failure: { ...unreachable, refused: true } }) });
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const { code } = await cli(["reconcile", "orders/x@prod", "--server", server.url], { env });

    expect(code).toBe(3);
  });
});

/** Passes requests on, and notes each path with the bytes of its answer. */
async function countingProxy(target: string): Promise<Proxy> {
  const answers: { path: string; bytes: number }[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url = "", headers } = request;
    const body = await text(request);
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
      ...(method === "POST" && { body }),
    });
    const answered = await answer.text();
    answers.push({ path: url.replace(BASE_PATH, ""), bytes: answered.length });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answered);
  };
  const proxy = createServer((request, response) => void pass(request, response));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const close = async (): Promise<void> => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, "close");
  };
  return { url: `http://127.0.0.1:${port}`, answers, close };
}

interface Proxy {
  readonly url: string;
  readonly answers: readonly { readonly path: string; readonly bytes: number }[];
  readonly close: () => Promise<void>;
}

describe("a wait in an installation of 2,000 bindings", () => {
  const others = Array.from({ length: 2_000 }, (_, at) => `${ORDERS_JOBS}-${at}` as Key);

  test.each([
    { argv: ["reconcile", TARGET, "--wait"], because: "a reconcile" },
    { argv: ["wait", TARGET], because: "a wait" },
  ])("asks again only for what it waits for: $because", async ({ argv }) => {
    const records = [record(ORDERS_API, PENDING), ...others.map((key) => record(key))];
    server = await startTestServer({ state: fetched({ records }) });
    server.control.reconciled = () => DONE;
    const proxy = await countingProxy(server.url);
    let nowMs = Date.parse(NOW);
    const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const { code } = await cli([...argv, "--timeout", "10s", "--server", proxy.url], { env, clock });
    await proxy.close();
    const { answers } = proxy;
    const repeated = answers.filter(({ path }) => /^.(bindings|plans)/.test(path) && path.includes("keys="));
    const whole = answers.filter(
      ({ path }) => /^.(bindings|plans|events|overview)/.test(path) && !path.includes("keys="),
    );

    expect(code).toBe(3);
    expect(repeated.length).toBeGreaterThan(20);
    expect(Math.max(...repeated.map(({ bytes }) => bytes))).toBeLessThan(20_000);
    // To resolve the target, one page of 500 each; the rest is a handful for every duration.
    expect(whole.length).toBeLessThanOrEqual(14);
  });

  test("names three of those that a reconcile waits for, with the count of the rest", async () => {
    server = await startTestServer({ state: fetched() });
    server.control.reconciled = () => ({ ...DONE, keys: null, done: false, waitingFor: others });
    const proxy = await countingProxy(server.url);
    let nowMs = Date.parse(NOW);
    const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const argv = ["reconcile", "--all", "--wait", "--timeout", "10s", "--server", proxy.url];
    const { err } = await cli(argv, { env, clock });
    await proxy.close();
    const polls = proxy.answers.filter(({ path }) => path.includes("names=3"));

    expect(err).toContain("and 1997 more");
    expect(polls.length).toBeGreaterThan(15);
    expect(Math.max(...polls.map(({ bytes }) => bytes))).toBeLessThan(1_000);
  });
});
