import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { envelope, field } from "../../../support/kubernetes/protobuf.ts";
import {
  bearer,
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../../support/screens/http-server.ts";

const ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
const SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

function ask(path: string, body: object | Buffer, token = LOCAL_TOKEN): Promise<Answer> {
  const isBytes = Buffer.isBuffer(body);
  const type = isBytes ? "application/vnd.kubernetes.protobuf" : "application/json";
  return server.request(path, {
    method: "POST",
    headers: { ...bearer(token), "content-type": type, accept: "application/vnd.kubernetes.protobuf, */*" },
    body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
  });
}

interface Attributes {
  readonly verb: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly group?: string;
}

function access(attributes: Attributes, token?: string): Promise<Answer> {
  const resourceAttributes = { group: "grantkeeper.dev", ...attributes };
  return ask(ACCESS, { spec: { resourceAttributes } }, token);
}

describe("an access review", () => {
  test.each([
    { verb: "list", resource: "functionpermissions", namespace: "orders", allowed: true },
    { verb: "list", resource: "functionpermissions", namespace: "payments", allowed: false },
    { verb: "list", resource: "functionpermissions", namespace: "unknown", allowed: false },
    { verb: "list", resource: "functionpermissions", allowed: true },
    { verb: "get", resource: "awsaccounts", allowed: true },
    { verb: "watch", resource: "bindings", namespace: "orders", allowed: true },
    { verb: "watch", resource: "bindings", namespace: "payments", allowed: false },
    { verb: "watch", resource: "plans", namespace: "orders", allowed: false },
    { verb: "watch", resource: "events", group: "", namespace: "orders", allowed: true },
    { verb: "create", resource: "approvals", allowed: true },
    { verb: "create", resource: "whocans", allowed: true },
    { verb: "delete", resource: "functionpermissions", namespace: "orders", allowed: false },
    { verb: "update", resource: "drifts", namespace: "orders", allowed: false },
    { verb: "list", resource: "pods", group: "", namespace: "orders", allowed: false },
    { verb: "list", resource: "events", group: "", namespace: "orders", allowed: true },
    { verb: "*", resource: "*", group: "*", allowed: false },
    { verb: "list", resource: "*", group: "*", namespace: "orders", allowed: true },
  ])("of a team: $verb $resource in $namespace is $allowed", async ({ allowed, ...attributes }) => {
    const { status, json } = await access(attributes, ORDERS_TOKEN);

    expect(status).toBe(201);
    expect(json).toMatchObject({ kind: "SelfSubjectAccessReview", status: { allowed } });
    expect(json.status.reason).not.toBe("");
  });

  test("allows a token of everything all verbs that discovery names", async () => {
    const asked = Object.entries(RESOURCES).flatMap(([resource, { verbs }]) =>
      verbs.map((verb) => ({ verb, resource })),
    );
    const answers = await Promise.all(
      asked.map(async (one) => ({ ...one, allowed: (await access(one)).json.status.allowed })),
    );

    expect(answers.filter(({ allowed }) => allowed !== true)).toEqual([]);
  });

  test("gives the same answer about a foreign namespace, whether it exists or not", async () => {
    const asked = { verb: "get", resource: "bindings" };

    const [existing, missing] = [
      await access({ ...asked, namespace: "payments" }, ORDERS_TOKEN),
      await access({ ...asked, namespace: "unknown" }, ORDERS_TOKEN),
    ];

    expect(existing.json.status).toEqual(missing.json.status);
  });

  test("names the scope that the token lacks", async () => {
    const { json } = await access({ verb: "create", resource: "suspensions" }, READER_TOKEN);

    expect(json.status).toEqual({ allowed: false, reason: "the token lacks the scope suspend" });
  });

  test("of a path knows the paths of this server", async () => {
    const of = async (path: string) =>
      (await ask(ACCESS, { spec: { nonResourceAttributes: { path, verb: "get" } } })).json.status.allowed;

    expect([await of("/version"), await of("/apis/x"), await of("/metrics-of-others")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("is read from Kubernetes' protobuf too, and answered in JSON", async () => {
    const attributes = Buffer.concat([
      field(1, "payments"),
      field(2, "list"),
      field(3, "grantkeeper.dev"),
      field(4, "*"),
      field(5, "bindings"),
    ]);
    const body = envelope("SelfSubjectAccessReview", field(2, field(1, attributes)));

    const { status, headers, json } = await ask(ACCESS, body, ORDERS_TOKEN);

    expect(status).toBe(201);
    expect(headers.get("content-type")).toContain("application/json");
    expect(json).toMatchObject({
      spec: { resourceAttributes: { namespace: "payments", verb: "list", resource: "bindings" } },
      status: { allowed: false },
    });
  });

  test.each([
    { body: Buffer.from("nonsense"), because: "the envelope is missing" },
    { body: Buffer.from("k8s\0\xff\xff", "latin1"), because: "a field has no end" },
    { body: Buffer.from("k8s\0\x12\x7f", "latin1"), because: "a field is longer than the body" },
    { body: Buffer.from("k8s\0\x0b", "latin1"), because: "the type of a field is unknown" },
    { body: envelope("Secret", Buffer.alloc(0)), because: "it is another kind" },
    { body: envelope("SelfSubjectAccessReview", Buffer.alloc(0)), because: "it asks nothing" },
    { body: {}, because: "it has no spec" },
    { body: { spec: {} }, because: "it asks nothing" },
    { body: { spec: { resourceAttributes: { verb: 7 } } }, because: "the verb is a number" },
  ])("is refused with 400: $because", async ({ body }) => {
    expect(await ask(ACCESS, body)).toMatchObject({ status: 400, json: { reason: "BadRequest" } });
  });
});

describe("a rules review", () => {
  const rules = async (namespace: string, token: string) => {
    const { json } = await ask(RULES, { spec: { namespace } }, token);
    return json.status.resourceRules as readonly { resources: readonly string[]; verbs: readonly string[] }[];
  };

  test("lists what a reader may do: nothing but read", async () => {
    const found = await rules("orders", READER_TOKEN);

    expect(new Set(found.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch", "create"]));
    const created = found.filter(({ verbs }) => verbs.includes("create"));
    expect(created.flatMap(({ resources }) => resources).sort()).toEqual([
      "accessreports",
      "adoptionundoplans",
      "grantproposals",
      "mergepreviews",
      "whocans",
      "whys",
    ]);
  });

  test("of a foreign namespace has nothing of a namespace", async () => {
    const found = await rules("payments", ORDERS_TOKEN);

    expect(found.flatMap(({ resources }) => resources)).not.toContain("bindings");
    expect(found).toEqual(await rules("unknown", ORDERS_TOKEN));
  });

  test("is read from protobuf too", async () => {
    const body = envelope("SelfSubjectRulesReview", field(2, field(1, "orders")));

    expect((await ask(RULES, body, ORDERS_TOKEN)).json.status.resourceRules).toEqual(
      await rules("orders", ORDERS_TOKEN),
    );
  });
});

test("a self review names the token, its scopes and its namespaces", async () => {
  const { json } = await ask(SELF, envelope("SelfSubjectReview", Buffer.alloc(0)), ORDERS_TOKEN);

  expect(json.status.userInfo).toEqual({
    username: "ci-orders",
    extra: {
      "grantkeeper.dev/namespaces": ["orders"],
      "grantkeeper.dev/scopes": ["approve", "read", "reconcile", "suspend"],
    },
  });
});

test("a review is no command: the audit has none of them", async () => {
  await access({ verb: "delete", resource: "functionpermissions" });

  expect(server.control.commands).toEqual([]);
  expect(server.control.refusals).toEqual([]);
});
