import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import type { Suspension, SuspensionScope } from "../../../../src/model/approval.ts";
import { change, getAs } from "../../../support/kubernetes/requests.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../../support/screens/http-server.ts";

const FP = `${BASE_PATH}/namespaces/orders/functionpermissions/orders-api`;
const BINDING = `${BASE_PATH}/namespaces/orders/bindings/orders-api.111122223333.eu-west-1`;
const KEY_SCOPE: SuspensionScope = { accountId: null, namespace: null, key: ORDERS_API };

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

type Annotations = Readonly<Record<string, string | null>>;

/** Names without the prefix. */
function annotate(
  annotations: Annotations,
  at: { path?: string; token?: string; query?: string } = {},
): Promise<Answer> {
  const named = Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [`grantkeeper.dev/${name}`, value]),
  );
  return change(server, {
    method: "PATCH",
    path: `${at.path ?? FP}${at.query ?? ""}`,
    body: JSON.stringify({ metadata: { annotations: named } }),
    token: at.token ?? LOCAL_TOKEN,
  });
}

function suspended(scope: SuspensionScope, id = "s-9"): void {
  const suspension: Suspension = {
    id,
    scope,
    reason: "INC-4410",
    actor: "dana",
    at: NOW,
    until: "2026-11-25T14:00:00.000Z",
  };
  server.control.state.overview = { ...server.control.state.overview, suspensions: [suspension] };
}

describe("requestedAt", () => {
  test.each([FP, BINDING])("reconciles the keys of %s", async (path) => {
    const { status, json } = await annotate({ requestedAt: "now" }, { path, token: ORDERS_TOKEN });

    expect(status).toBe(200);
    expect(json.metadata.annotations).toBeUndefined();
    expect(server.control.commands).toEqual([
      { name: "reconcile", actor: "ci-orders", request: { kind: "keys", keys: [ORDERS_API] } },
    ]);
  });

  test("is repeated in the status once the reconcile is done, of this object alone", async () => {
    await annotate({ requestedAt: "run-7" });
    const before = await getAs(server, FP);
    server.control.reconciled = () => ({
      done: true,
      keys: [],
      waitingFor: [],
      unreadable: [],
      revision: null,
    });
    const [after, other] = [
      await getAs(server, FP),
      await getAs(server, FP.replace("orders-api", "orders-jobs")),
    ];

    expect(before.json.status.lastHandledReconcileAt).toBeUndefined();
    expect(after.json.status.lastHandledReconcileAt).toBe("run-7");
    expect(other.json.status.lastHandledReconcileAt).toBeUndefined();
  });

  test("of an object whose account Git no longer declares is a conflict", async () => {
    server.control.state.overview = { ...server.control.state.overview, accounts: [] };

    expect(await annotate({ requestedAt: "now" })).toMatchObject({ status: 409 });
  });
});

describe("suspend", () => {
  test("suspends each key of the object with the reason, until the time", async () => {
    const { status } = await annotate({ suspend: "2h", reason: "INC-4410" }, { token: ORDERS_TOKEN });

    expect(status).toBe(200);
    expect(server.control.commands).toEqual([
      {
        name: "suspend-all",
        actor: "ci-orders",
        request: { scopes: [KEY_SCOPE], reason: "INC-4410", until: "2026-11-25T14:00:00.000Z" },
      },
    ]);
  });

  test("is in the metadata while it lasts, also of the binding, so that kubectl can remove it", async () => {
    suspended(KEY_SCOPE);
    const annotations = {
      "grantkeeper.dev/suspend": "2026-11-25T14:00:00.000Z",
      "grantkeeper.dev/reason": "INC-4410",
    };

    expect((await getAs(server, FP)).json.metadata.annotations).toEqual(annotations);
    expect((await getAs(server, BINDING)).json.metadata.annotations).toEqual(annotations);
  });

  test("is not in the metadata because a document in Git has it", async () => {
    server.control.state.objects = server.control.state.objects.map((object) => ({
      ...object,
      document: JSON.stringify({
        metadata: {
          annotations: { "grantkeeper.dev/suspend": "9h", "grantkeeper.dev/reason": "x", kept: "yes" },
        },
        spec: {},
      }),
    }));

    expect((await getAs(server, FP)).json.metadata.annotations).toEqual({ kept: "yes" });
  });

  test.each([
    { annotations: { suspend: "2h" }, message: "grantkeeper.dev/reason is missing" },
    { annotations: { suspend: null }, message: "grantkeeper.dev/reason is missing" },
    {
      annotations: { reason: "INC-4410" },
      message: "grantkeeper.dev/reason belongs to grantkeeper.dev/suspend",
    },
    { annotations: { suspend: "2h", reason: "" }, message: "expected a reason" },
    { annotations: { suspend: "2h", reason: "a\nb" }, message: "expected one line" },
    { annotations: { suspend: "forever", reason: "x" }, message: "expected a duration" },
    { annotations: { suspend: "400d", reason: "x" }, message: "at most 365d" },
    { annotations: { suspend: "2h", reason: "x", requestedAt: "1" }, message: "two commands" },
  ])("is refused for $annotations: $message", async ({ annotations, message }) => {
    const { status, json } = await annotate(annotations);

    expect(status).toBe(400);
    expect(json.message).toContain(message);
    expect(server.control.commands).toEqual([]);
  });
});

describe("suspend-", () => {
  test("resumes what was suspended by itself", async () => {
    suspended(KEY_SCOPE);

    const { status } = await annotate({ suspend: null, reason: "fixed" });

    expect(status).toBe(200);
    expect(server.control.commands).toEqual([
      { name: "resume", actor: "local", request: { id: "s-9", reason: "fixed" } },
    ]);
  });

  test("does not end the suspension of a namespace or of an account, and names the command that does", async () => {
    suspended({ accountId: null, namespace: "orders", key: null });

    expect(await annotate({ suspend: null, reason: "fixed" })).toMatchObject({
      status: 409,
      json: {
        message: "it is suspended with namespace orders, not by itself",
        details: { hint: "grantkeeper resume s-9 --reason TEXT" },
      },
    });
    expect(server.control.commands).toEqual([]);
  });

  test("of what is not suspended has a warning", async () => {
    server.control.state.overview = { ...server.control.state.overview, suspensions: [] };

    const { status, headers } = await annotate({ suspend: null, reason: "fixed" });

    expect(status).toBe(200);
    expect(headers.get("warning")).toBe('299 - "nothing to do: it is not suspended"');
  });
});

describe("a patch", () => {
  test.each([
    "{}",
    '{"metadata":{}}',
    '{"metadata":{"annotations":{}}}',
    '{"metadata":{"annotations":null}}',
  ])("of nothing, %s, gets the object and a warning", async (body) => {
    const { status, headers, json } = await change(server, { method: "PATCH", path: FP, body });

    expect(status).toBe(200);
    expect(json.metadata.name).toBe("orders-api");
    expect(headers.get("warning")).toBe('299 - "nothing to do"');
  });

  test.each(["", "{", '"x"x'])("of %s, which is no JSON, is refused", async (body) => {
    expect((await change(server, { method: "PATCH", path: FP, body })).status).toBe(400);
  });

  test.each([
    { annotations: { requestedAt: "now" }, scope: "reconcile" },
    { annotations: { suspend: "2h", reason: "x" }, scope: "suspend" },
    { annotations: { suspend: null, reason: "x" }, scope: "suspend" },
  ])("of $annotations needs the scope $scope", async ({ annotations, scope }) => {
    expect(await annotate(annotations as Annotations, { token: READER_TOKEN })).toMatchObject({
      status: 403,
      json: { message: `token "reader" lacks the scope ${scope}` },
    });
    expect(server.control.commands).toEqual([]);
    expect(server.control.refusals).toMatchObject([{ actor: "reader", method: "PATCH", status: 403 }]);
  });

  test.each([{ requestedAt: "now" }, { suspend: "2h", reason: "x" }])(
    "of %s with dryRun=All acts on nothing",
    async (annotations) => {
      const query = "?dryRun=All&fieldManager=kubectl-annotate&fieldValidation=Strict";

      expect((await annotate(annotations as Annotations, { query })).status).toBe(200);
      expect(server.control.commands).toEqual([]);
    },
  );

  test("with dryRun=All needs the scope as well", async () => {
    const at = { query: "?dryRun=All", token: READER_TOKEN };

    expect((await annotate({ requestedAt: "now" }, at)).status).toBe(403);
  });

  test("with an unknown parameter, or another dry run, is refused", async () => {
    for (const query of ["?dryRun=Some", "?dryRun=", "?force=1&nothing=1"])
      expect((await annotate({ requestedAt: "now" }, { query })).status).toBe(400);
    expect(server.control.commands).toEqual([]);
  });

  test("of the object of another team is refused, whether it exists or not", async () => {
    for (const namespace of ["payments", "unknown"]) {
      const path = `${BASE_PATH}/namespaces/${namespace}/functionpermissions/refunds`;

      expect((await annotate({ requestedAt: "now" }, { path, token: ORDERS_TOKEN })).status).toBe(403);
    }
    expect(server.control.commands).toEqual([]);
  });

  test("that the controller refuses has its answer", async () => {
    server.control.state.refusal = { code: "unavailable", message: "the source cannot be reached" };

    expect(await annotate({ requestedAt: "now" })).toMatchObject({ status: 503 });
  });
});
