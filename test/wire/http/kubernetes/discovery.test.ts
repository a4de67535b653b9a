import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { getAs } from "../../../support/kubernetes/requests.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("discovery", () => {
  const accept = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;

  test("in the aggregated form has exactly the content type that the client accepts", async () => {
    const answer = await getAs(server, "/apis", { accept });

    expect(answer.headers.get("content-type")).toBe(AGGREGATED);
    expect(answer.headers.get("vary")).toBe("accept");
    expect(answer.json).toMatchObject({
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
    });
  });

  test("names each resource once with its short names and categories, and leaves the events to the core group", async () => {
    const { json } = await getAs(server, "/apis", { accept });

    const [group] = json.items;
    expect(group.metadata).toEqual({ name: "grantkeeper.dev" });
    const resources: readonly { resource: string }[] = group.versions[0].resources;
    expect(resources.map(({ resource }) => resource)).toEqual(
      Object.keys(RESOURCES)
        .filter((name) => name !== "events")
        .sort(),
    );
    expect(resources.find(({ resource }) => resource === "functionpermissions")).toEqual({
      resource: "functionpermissions",
      responseKind: { group: "grantkeeper.dev", version: "v1alpha1", kind: "FunctionPermission" },
      scope: "Namespaced",
      singularResource: "functionpermission",
      verbs: ["get", "list", "watch", "patch"],
      shortNames: ["fp"],
      categories: ["grantkeeper", "all"],
    });
  });

  test("of the core group has events and namespaces", async () => {
    const { json } = await getAs(server, "/api", { accept });

    expect(json.items).toHaveLength(1);
    const resources: readonly { resource: string }[] = json.items[0].versions[0].resources;
    expect(resources.map(({ resource }) => resource)).toEqual(["events", "namespaces"]);
  });

  test.each([undefined, "application/json", "*/*", "application/json;g=apidiscovery.k8s.io;v=v2beta1"])(
    "for the Accept header %s is in the old form",
    async (header) => {
      const given = header === undefined ? {} : { accept: header };

      const [groups, core] = [await getAs(server, "/apis", given), await getAs(server, "/api", given)];

      expect(groups.json).toMatchObject({
        kind: "APIGroupList",
        groups: [{ name: "grantkeeper.dev" }, {}, {}],
      });
      expect(core.json).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    },
  );

  test.each([
    { path: "/api/v1", groupVersion: "v1" },
    { path: "/apis/grantkeeper.dev/v1alpha1", groupVersion: "grantkeeper.dev/v1alpha1" },
    { path: "/apis/grantkeeper.dev/v1alpha1/", groupVersion: "grantkeeper.dev/v1alpha1" },
    { path: "/apis/authorization.k8s.io/v1", groupVersion: "authorization.k8s.io/v1" },
  ])("of one version is at $path", async ({ path, groupVersion }) => {
    const { json } = await getAs(server, path);

    expect(json).toMatchObject({ kind: "APIResourceList", groupVersion });
  });
});

test("the version is one of Kubernetes, with that of Grantkeeper as its build", async () => {
  const { json } = await getAs(server, "/version");

  expect(json).toMatchObject({
    major: "1",
    minor: "32",
    gitVersion: expect.stringMatching(/^v1\.32\.0\+grantkeeper\.[0-9A-Za-z.-]+$/),
  });
});

describe("what kubectl asks first", () => {
  test.each(["/version", "/api", "/apis", "/api/v1", "/api/v1/namespaces", "/api/v1/events"])(
    "%s needs a token",
    async (path) => {
      expect(await getAs(server, path, { token: "unknown" })).toMatchObject({ status: 401 });
    },
  );

  test("is refused for another user, also to a token with every scope", async () => {
    for (const path of ["/apis", "/apis/grantkeeper.dev/v1alpha1/bindings"])
      for (const name of ["Impersonate-User", "impersonate-group", "Impersonate-Extra-x"]) {
        const headers = { authorization: `Bearer ${ORDERS_TOKEN}`, [name]: "root" };

        expect(await server.request(path, { headers })).toMatchObject({
          status: 403,
          json: { reason: "Forbidden", message: expect.stringContaining("impersonation is not supported") },
        });
      }
  });
});
