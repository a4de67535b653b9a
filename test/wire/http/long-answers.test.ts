import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import { LOCAL_TOKEN, names, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

const PATH = "/functionpermissions";
const NAMES = Array.from({ length: 2_000 }, (_, at) => `fn-${String(at).padStart(4, "0")}`);

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
  const { state } = server.control;
  state.objects = state.objects.slice(0, 1).flatMap((object) => NAMES.map((name) => ({ ...object, name })));
});
afterEach(() => server.close());

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
