import { afterEach, describe, expect, test } from "@jest/globals";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Rejection } from "../../../src/model/approval.ts";
import type { Condition } from "../../../src/model/status.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";
import { cli } from "../../support/screens/cli.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const SUBJECT = digestOf("own");
const OTHER = digestOf("other");

async function shown(state: Partial<FakeState>, ...argv: readonly string[]): Promise<string> {
  server ??= await startTestServer({ state });
  const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" };
  return (await cli([...argv, "--server", server.url], { env })).out;
}

function hold(subject: Hold["subject"]): Hold {
  return {
    subject,
    code: "limit-changes",
    reason: "x",
    account: "prod",
    keys: [ORDERS_API],
    actions: 1,
    sinceMs: 0,
  };
}

function rejection(subject: Rejection["subject"]): Rejection {
  return { subject, accountId: null, actor: "sam", reason: "ask the team first", at: NOW };
}

function conditions(...all: readonly Partial<Condition>[]): FakeState["records"] {
  return [record(ORDERS_API, { conditions: all.map(condition) })];
}

describe("a rejected plan", () => {
  const records = conditions({
    status: "False",
    reason: "AwaitingApproval",
    message: "changes 40 of orders, limit 10",
  });
  const world = (holds: readonly Hold[], rejections: readonly Rejection[]): Partial<FakeState> => ({
    records,
    overview: { ...fakeState().overview, holds, rejections },
  });

  test("is not shown as awaiting an approval by get bindings, get fp and get accounts", async () => {
    const state = world([hold(SUBJECT)], [rejection(SUBJECT)]);

    expect(await shown(state, "get", "bindings", "orders/orders-api", "-o", "wide")).toContain(
      'Rejected: by sam: "ask the team first"',
    );
    expect(await shown(state, "get", "fp", "-o", "wide")).toMatch(/orders-api .*Rejected: /);
    const accounts = JSON.parse(await shown(state, "get", "accounts", "-o", "json")) as {
      readonly items: readonly { readonly status: { readonly counts: { readonly held: number } } | null }[];
    };
    expect(accounts.items.map(({ status }) => status?.counts.held)).toContain(0);
  });

  test("leaves another plan of the binding awaiting its approval", async () => {
    const state = world([hold(SUBJECT), hold(OTHER)], [rejection(SUBJECT)]);

    expect(await shown(state, "get", "bindings", "orders/orders-api", "-o", "wide")).toContain(
      "waits for approval: changes 40 of orders, limit 10",
    );
  });

  test("that an approval has answered since is awaiting nothing of the rejection", async () => {
    const state = world([hold(OTHER)], [rejection(SUBJECT)]);

    expect(await shown(state, "get", "bindings", "orders/orders-api", "-o", "wide")).toContain(
      "waits for approval: ",
    );
  });
});

describe("the STATUS of get fp", () => {
  const drifted = { type: "Drifted", status: "True", reason: "DriftDetected", message: "inline" } as const;

  test.each([
    { is: [{}], status: "Ready", because: "it is as declared" },
    {
      is: [{ reason: "ObserveOnly" as const }, drifted],
      status: "Drifted",
      because: "in observe a difference stays",
    },
    { is: [{}, drifted], status: "Drifted", because: "a difference that is not reverted is not ready" },
    {
      is: [{ status: "False" as const, reason: "GuardrailRefused" as const }, drifted],
      status: "NotReady",
      because: "a refusal is graver than its drift",
    },
    {
      is: [{ status: "Unknown" as const, reason: "Progressing" as const }],
      status: "Unknown",
      because: "it is not known yet",
    },
  ])("is $status: $because", async ({ is, status }) => {
    const out = await shown({ records: conditions(...is) }, "get", "fp", "-o", "wide");

    expect(out.split("\n")[0]).toMatch(/^NAME +STATUS +/);
    expect(out.split("\n").find((line) => line.startsWith("orders/orders-api "))).toMatch(
      new RegExp(`^orders/orders-api +${status} `),
    );
  });
});

test("get bindings explains a difference that is only observed as kubectl and the page do", async () => {
  const drifted = { type: "Drifted", status: "True", reason: "DriftDetected", message: "inline" } as const;
  const observed = { reason: "ObserveOnly", message: "compared; observe mode writes nothing" } as const;
  const out = await shown({ records: conditions(observed, drifted) }, "get", "bindings", "-o", "wide");

  expect(out).toContain("ObserveOnly: compared; observe mode writes nothing");
  expect(out).not.toContain("DriftDetected: inline");
});
