import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { getAs, getTable } from "../../../support/kubernetes/requests.ts";
import { leaks } from "../../../support/screens/tenancy.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const RESOURCE_PATHS = Object.entries(RESOURCES)
  .filter(([name, { verbs }]) => verbs.includes("list") && name !== "events")
  .flatMap(([name]) => [`${BASE_PATH}/${name}`, `${BASE_PATH}/${name}?includeObject=Object`]);

test.each([...RESOURCE_PATHS, "/api/v1/events", "/api/v1/namespaces"])(
  "the table of %s has no word of another team",
  async (path) => {
    const answer = await getTable(server, path, ORDERS_TOKEN);

    expect(answer.json.kind).toBe("Table");
    expect(leaks(answer)).toEqual([]);
  },
);

test.each(["/version", "/api", "/apis", "/api/v1", "/apis/authorization.k8s.io/v1"])(
  "%s has no word of another team",
  async (path) => {
    const answer = await getAs(server, path, { token: ORDERS_TOKEN });

    expect(answer.status).toBe(200);
    expect(leaks(answer)).toEqual([]);
  },
);

test("an object of another team is not found by a field selector, and not counted", async () => {
  const selector = encodeURIComponent("metadata.namespace=payments");

  const { json } = await getAs(server, `${BASE_PATH}/bindings?limit=1&fieldSelector=${selector}`, {
    token: ORDERS_TOKEN,
  });

  expect(json.items).toEqual([]);
  expect(json.metadata).toEqual({ resourceVersion: expect.stringMatching(/^\d+$/) });
});
