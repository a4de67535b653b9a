import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ACCOUNT } from "../../support/record/audit-facts.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

test("a token of one namespace reads the waves of its own functions in their history, and none of another namespace", async () => {
  const waveOf = (namespace: string, key: typeof ORDERS_API): AuditFact => ({
    kind: "wave-changed",
    accountId: ACCOUNT,
    account: "prod",
    namespace,
    number: 1,
    to: "ended",
    subject: null,
    keys: [key],
    reason: null,
  });
  const own = nextEntry(CHAIN_START, waveOf("orders", ORDERS_API), NOW);
  server.control.state.history = [own, nextEntry(own, waveOf("payments", REFUNDS), NOW)];
  const numbers = async (path: string) =>
    (await server.get(path, ORDERS_TOKEN)).json.items.map(
      ({ event }: { event: { seq: number } }) => event.seq,
    );

  expect(await numbers(`/events?key=${encodeURIComponent(ORDERS_API)}`)).toEqual([1]);
  expect(await numbers("/namespaces/orders/events")).toEqual([1]);
  expect(await numbers("/events")).toEqual([1]);
});
