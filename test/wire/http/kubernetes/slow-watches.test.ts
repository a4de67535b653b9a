import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { stateOf } from "../../../support/kubernetes/watched-feed.ts";
import { happen, Watching } from "../../../support/kubernetes/watching.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { record } from "../../../support/screens/world-states.ts";

// Real sockets: what the system takes for a client is not in the program, which keeps at most one piece for each.

const BINDINGS = 500;
/** More than one piece, and much less than the changes of all bindings. */
const KEPT_BYTES = 300_000;

let server: TestServer;
let listener: FastifyInstance["server"];
const clients: Socket[] = [];

function collect(message: unknown): void {
  const { fastify } = message as { readonly fastify: FastifyInstance };
  listener = fastify.server;
}

beforeEach(async () => {
  subscribe("fastify.initialization", collect);
  server = await startTestServer({
    state: stateOf(BINDINGS),
    options: { limits: { perToken: 2, stalledMs: 20, slowMs: 300, requestsPerMinute: 1_000_000 } },
  });
  unsubscribe("fastify.initialization", collect);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.close();
});

/** A client that begins a watch and then reads nothing. @returns the socket of the server */
async function stalled(): Promise<Socket> {
  const accepted = once(listener, "connection");
  const client = connect(server.port, "127.0.0.1").pause();
  client.on("error", () => undefined);
  clients.push(client);
  const head = `GET ${BASE_PATH}/bindings?watch=true HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`;
  client.write(`${head}Authorization: Bearer ${LOCAL_TOKEN}\r\n\r\n`);
  const [own] = (await accepted) as [Socket];
  while (own.bytesWritten === 0) await setImmediate();
  return own;
}

let round = 0;
/** Every binding changes. */
function changeAll(): void {
  round += 1;
  const sync = round % 2 === 0 ? "Synced" : "OutOfSync";
  const { records } = server.control.state;
  happen(server, { records: records.map(({ key }) => record(key, { sync })) });
}

test("a client that stops reading is dropped and keeps little memory until then, and another one gets every change", async () => {
  const reading = await Watching.open(server, "/bindings?watch=true");
  await reading.take(BINDINGS);
  const own = await stalled();
  const refused = await Watching.open(server, "/bindings?watch=true");
  refused.close();

  let keptBytes = 0;
  let changedBytes = 0;
  while (!own.destroyed) {
    changeAll();
    changedBytes = JSON.stringify(await reading.take(BINDINGS)).length;
    keptBytes = Math.max(keptBytes, own.writableLength);
  }

  expect(refused.status).toBe(429);
  expect(keptBytes).toBeGreaterThan(0);
  expect(keptBytes).toBeLessThan(KEPT_BYTES);
  expect(changedBytes).toBeGreaterThan(3 * KEPT_BYTES);
  const next = await Watching.open(server, "/bindings?watch=true");
  next.close();
  reading.close();
  expect(next.status).toBe(200);
});
