import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import { untraced, type Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { LOCAL_TOKEN, names, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

const PATH = "/functionpermissions";
const NAMES = Array.from({ length: 2_000 }, (_, at) => `fn-${String(at).padStart(4, "0")}`);

type Options = NonNullable<Parameters<typeof startTestServer>[0]>["options"];

let server: TestServer;
beforeEach(() => start());
afterEach(() => server.close());

async function start(options: Options = {}): Promise<void> {
  server = await startTestServer({ options });
  const { state } = server.control;
  state.objects = state.objects.slice(0, 1).flatMap((object) => NAMES.map((name) => ({ ...object, name })));
}

async function opened(method: string): Promise<IncomingMessage> {
  const sent = request(`${server.url}${BASE_PATH}${PATH}`, {
    method,
    agent: false,
    headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
  });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

test("a list of many pieces arrives complete, as JSON", async () => {
  const answer = await server.get(PATH);

  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(names(answer)).toEqual(NAMES);
});

test("HEAD of a long list has no body", async () => {
  const response = await opened("HEAD");

  expect(response.statusCode).toBe(200);
  expect(await response.toArray()).toEqual([]);
});

test("a client that leaves in the middle of a long list does not disturb the next one", async () => {
  const response = await opened("GET");
  await once(response, "data");
  response.destroy();

  expect(names(await server.get(PATH))).toEqual(NAMES);
  expect(server.logged).toEqual([]);
});

describe("a client that stops reading in the middle of a long list", () => {
  /** Far more than the system keeps for a connection. */
  const LONG = JSON.stringify({ spec: { mode: "enforce", note: "x".repeat(40_000) } });
  const OBJECTS = 400;

  const client = new Socket();
  afterEach(() => void client.destroy());

  test("is disconnected, and the next one is answered", async () => {
    const ends: Promise<unknown>[] = [];
    const trace: Telemetry["trace"] = (begin, work) => {
      const running = untraced(begin, work);
      ends.push(running);
      return running;
    };
    const telemetry = Object.assign(new MemoryTelemetry(), { trace });
    await server.close();
    await start({ telemetry, limits: { slowMs: 100 } });
    const { state } = server.control;
    state.objects = state.objects.slice(0, OBJECTS).map((object) => ({ ...object, document: LONG }));

    client.connect(server.port, "127.0.0.1").pause();
    client.write(
      `GET ${BASE_PATH}${PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${LOCAL_TOKEN}\r\n\r\n`,
    );
    await once(client, "readable");
    // The connection of the request is closed by the server: the client still reads nothing.
    await Promise.all(ends);

    const bytes = Buffer.concat(await client.toArray()).length;
    expect(bytes).toBeGreaterThan(65_536);
    expect(bytes).toBeLessThan(OBJECTS * LONG.length);
    expect((await server.get(`${PATH}?limit=1`)).status).toBe(200);
    expect(telemetry.lines).toEqual([]);
  });
});

test("a connection is not idle while its answer is made", async () => {
  await server.close();
  await start({ limits: { idleMs: 50 } });
  const { control } = server;
  const overview = control.overview.bind(control);
  const asked = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  control.overview = async () => {
    asked.resolve();
    await ready.promise;
    return overview();
  };
  const answer = server.get("/overview");
  await asked.promise;

  // A later connection that has ended was idle for longer than the limit.
  const idle = new Socket().connect(server.port, "127.0.0.1").resume();
  await once(idle, "close");
  ready.resolve();

  expect((await answer).status).toBe(200);
});
