import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { happen, Watching } from "../../../support/kubernetes/watching.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { fakeState, manifest } from "../../../support/screens/api-world.ts";
import { hold } from "../../../support/screens/tenancy.ts";
import { AUDIT_READ, LEDGER, ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../../support/screens/world-keys.ts";
import { drift, record, view } from "../../../support/screens/world-states.ts";
import { withFailingAccounts } from "../../../support/screens/failing-accounts.ts";

const RESOURCES = ["functionpermissions", "managedpolicies", "awsaccounts", "bindings", "drifts", "holds"];
const OBJECTS = [
  "/namespaces/orders/functionpermissions/orders-api",
  "/namespaces/orders/bindings/orders-jobs.111122223333.eu-west-1",
  "/awsaccounts/prod",
];

interface Happening {
  readonly team: "orders" | "payments";
  readonly kind: "sync" | "drift" | "object" | "hold" | "suspension";
  readonly isOn: boolean;
  readonly at: 0 | 1;
}

const KEYS = { orders: [ORDERS_API, ORDERS_JOBS], payments: [REFUNDS, LEDGER] } as const;

/** One change of one team. */
function apply(server: TestServer, { team, kind, isOn, at }: Happening): void {
  const { state } = server.control;
  const key = KEYS[team][at];
  if (kind === "sync") {
    const changed = record(key, { sync: isOn ? "Synced" : "OutOfSync" });
    happen(server, { records: [...state.records.filter((one) => one.key !== key), changed] });
  }
  if (kind === "drift") {
    const changed = view(key, { drifts: isOn ? [drift(key)] : [] });
    happen(server, { views: new Map([...state.views, [key, changed]]) });
  }
  if (kind === "object") {
    const name = `${team}-new-${at}`;
    const rest = state.objects.filter((one) => one.name !== name);
    happen(server, { objects: isOn ? [...rest, manifest({ name, namespace: team })] : rest });
  }
  if (kind === "hold") {
    const one = hold(digestOf(`${team} ${at}`), [key]);
    const rest = state.overview.holds.filter(({ subject }) => subject !== one.subject);
    happen(server, { overview: { ...state.overview, holds: isOn ? [...rest, one] : rest } });
  }
  if (kind === "suspension") suspend(server, { team, isOn, at });
}

function suspend(server: TestServer, { team, isOn, at }: Omit<Happening, "kind">): void {
  const { overview } = server.control.state;
  const id = `s-${team}-${at}`;
  const rest = overview.suspensions.filter((one) => one.id !== id);
  const scope = { accountId: null, namespace: null, key: KEYS[team][at] };
  const until = "2027-11-25T12:00:00.000Z";
  const one = { id, scope, reason: "x", actor: "dana", at: "2026-11-25T12:00:00.000Z", until };
  happen(server, { overview: { ...overview, suspensions: isOn ? [...rest, one] : rest } });
}

/** Without the mark of the process, the last digits of each version. */
function unmarked(text: string): string {
  return text.replace(/("resourceVersion":"\d+?)\d{4}"/g, '$1"');
}

async function answers(server: TestServer, paths: readonly string[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const path of paths) {
    const { status, text } = await server.get(path, ORDERS_TOKEN);
    all.push(unmarked(`${path} ${status} ${text}`));
  }
  return all;
}

function watchAll(server: TestServer): Promise<readonly Watching[]> {
  const options = "watch=true&allowWatchBookmarks=true";
  return Promise.all(
    RESOURCES.map((resource) => Watching.open(server, `/${resource}?${options}`, { token: ORDERS_TOKEN })),
  );
}

const happening: fc.Arbitrary<Happening> = fc.record({
  team: fc.constantFrom("orders", "payments"),
  kind: fc.constantFrom("sync", "drift", "object", "hold", "suspension"),
  isOn: fc.boolean(),
  at: fc.constantFrom(0, 1),
});

/** What orders reads of a world in which both teams act, and of one in which payments does nothing. */
async function bothWorlds(happenings: readonly Happening[]): Promise<readonly (readonly unknown[])[]> {
  const records = fakeState().records.filter(({ key }) => key !== AUDIT_READ);
  const servers = [
    await startTestServer({ state: { ...withFailingAccounts(fakeState()), records } }),
    await startTestServer({ state: { ...withFailingAccounts(fakeState()), records } }),
  ];
  const read: unknown[][] = [[], []];
  // An operator sees all: their versions are none of the team's.
  for (const server of servers) await Watching.open(server, "/bindings?watch=true");
  const watches = await Promise.all(servers.map(watchAll));
  const lists = RESOURCES.map((resource) => `/${resource}`);
  for (const one of happenings)
    for (const [at, server] of servers.entries()) {
      if (at === 0 || one.team === "orders") apply(server, one);
      read[at]?.push(await answers(server, [...lists, ...OBJECTS]));
    }
  for (const [at, server] of servers.entries()) {
    const rest = (watches[at] ?? []).map((watching) => watching.rest());
    await server.close();
    for (const events of await Promise.all(rest))
      read[at]?.push(events.map((event) => unmarked(JSON.stringify(event))));
  }
  return read;
}

test("a team reads, watches and gets exactly what it would if the other team did nothing", async () => {
  // Each run makes 18 requests for each happening.
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 10, maxLength: 14 }), async (happenings) => {
      const [withOthers, alone] = await bothWorlds(happenings);

      expect(withOthers).toEqual(alone);
    }),
    { numRuns: 5 },
  );
});

test("the same holds for a world in which only the other team acts", async () => {
  const happenings = (["sync", "drift", "object", "hold", "suspension"] as const).flatMap((kind) =>
    [true, false].map((isOn): Happening => ({ team: "payments", kind, isOn, at: 0 })),
  );

  const [withOthers, alone] = await bothWorlds(happenings);

  expect(withOthers).toEqual(alone);
});
