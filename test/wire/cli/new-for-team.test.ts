import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LiveRole } from "../../../src/model/live.ts";
import { manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { REGION } from "../../support/pass/bindings.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import {
  addWithRole,
  ORDERS_TEAM,
  READS,
  roleArn,
  roleOf,
} from "../../support/screens/undeclared-functions.ts";

const PLACE = ["--account", "prod", "--region", "eu-west-1"];
const REFUSED_CLAIM = `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: taken}
spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
  function: orders-taken
`;
const FILES = {
  ...manifests({ a: READ_ORDERS }),
  "platform/team.yaml": ORDERS_TEAM,
  "teams/payments/taken.yaml": REFUSED_CLAIM,
};

let asked: AskedController;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-new-for-team-"));
  asked = await AskedController.start(FILES);
  const named = (name: string, change: Partial<LiveRole> = {}) => roleOf(name, [READS], change);
  addWithRole(asked, "orders-own", named("orders-own-role"));
  addWithRole(asked, "orders-legacy", named("legacy"));
  addWithRole(asked, "orders-borrows", named("payments-role"));
  addWithRole(asked, "orders-tagged", named("orders-tagged", { tags: tagOf("payments/refunds") }));
  addWithRole(asked, "orders-shared", named("orders-shared"));
  addWithRole(asked, "payments-shares", named("orders-shared"));
  addWithRole(asked, "orders-taken", named("orders-taken"));
  addWithRole(asked, "payments-refunds", named("refunds"));
  asked.addFunction("orders-roleless", roleArn("orders-deleted"));
  asked.addFunction("orders-edge", roleArn("refunds"), { edge: true });
  await asked.sweep();
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await asked.stop();
});

function tagOf(owner: string): LiveRole["tags"] {
  return [{ key: "grantkeeper.dev/owner", value: owner }];
}

const create = (name: string, ...more: readonly string[]) =>
  asked.run(["new", "function", `orders/${name}`, "--dir", root, ...more], {
    env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN },
  });

const propose = (functionName: string, more: object = {}, token = ORDERS_TOKEN) => {
  const question = { namespace: "orders", functionName, account: "prod", region: "eu-west-1", ...more };
  return asked.server.post("/grantproposals", question, token);
};

describe("a token of one namespace", () => {
  test("gets the grants of a function that its Team allows, with its role", async () => {
    const { out, err, code } = await create("orders-own", ...PLACE);

    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toContain("1 grant of function orders-own@prod/eu-west-1, as AWS was read");
    expect(await readFile(join(root, "teams/orders/orders-own.yaml"), "utf8")).toContain(
      "\n  grants:\n    - dynamodb: { table: invoices, allow: [GetItem, Query], indexes: [] }\n",
    );
  });

  test.each([
    { name: "payments-refunds", because: "its Team does not allow the function" },
    { name: "payments-gone", because: "its Team does not allow the function, which does not exist" },
    { name: "orders-legacy", because: "its Team does not allow the role" },
    { name: "orders-borrows", because: "the role has the name of another team" },
    { name: "orders-tagged", because: "the tag of the role names another team" },
    { name: "orders-shared", because: "a function of others runs on the role" },
    { name: "orders-edge", because: "the role of the Lambda@Edge function is not its own" },
    { name: "orders-own", because: "the account does not exist", more: { account: "staging" } },
  ])("gets the answer of a function that does not exist if $because", async ({ name, more }) => {
    const gone = await propose("orders-gone");

    const found = await propose(name, more);

    expect(gone.status).toBe(404);
    expect(found.status).toBe(404);
    const asGone = found.text.replace(name, "orders-gone").replace("@staging/", "@prod/");
    expect(asGone).toBe(gone.text);
  });

  test("gets the grants of its function although a manifest of others names the function", async () => {
    expect(await propose("orders-taken", {}, LOCAL_TOKEN)).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining("by payments/taken@prod/eu-west-1") },
    });

    expect(await propose("orders-taken")).toMatchObject({
      status: 200,
      json: { status: { role: roleArn("orders-taken"), grants: [expect.anything()] } },
    });
  });

  test("reads that the role of its function does not exist", async () => {
    const { json } = await propose("orders-roleless");

    expect(json.message).toBe(
      `the role of function orders-roleless@prod/eu-west-1 does not exist: ${roleArn("orders-deleted")}`,
    );
  });

  test("reads why nothing is proposed, and which token gets the reason", async () => {
    const { err, code } = await create("orders-legacy", ...PLACE);

    expect(code).toBe(1);
    expect(err).toMatch(/^error: no grants are proposed to namespace orders for function orders-legacy@prod/);
    expect(err).toMatch(/a token for all\s+namespaces gets the reason/);
  });

  test("is refused another namespace, whether or not it exists", async () => {
    const [known, unknown] = await Promise.all(
      ["platform", "absent"].map((namespace) => propose("orders-own", { namespace })),
    );

    expect(known?.status).toBe(403);
    expect(known?.text.replaceAll("platform", "absent")).toBe(unknown?.text);
  });

  test("reads nothing of a role while functions that may share it were not read", async () => {
    const other = "us-east-1" as typeof REGION;
    const regions = new Map([...asked.aws.live.regions, [other, { kind: "failed", reason: "throttled" }]]);

    const before = asked.aws.live;
    asked.aws.live = { ...before, regions };
    try {
      await asked.sweep();

      const found = await propose("orders-own");

      expect(found).toMatchObject({
        status: 503,
        json: { message: "account prod was not read: not read completely: us-east-1" },
      });
      expect(found.text).not.toContain("invoices");
    } finally {
      asked.aws.live = before;
      await asked.sweep();
    }
  });
});

describe("without any Team", () => {
  test("a token of one namespace gets no function, as every namespace may name each of them", async () => {
    const open = await AskedController.start();
    try {
      open.addFunction("orders-own", open.role().arn);
      await open.sweep();
      const question = { namespace: "orders", functionName: "orders-own", account: "prod", region: REGION };

      expect(await open.server.post("/grantproposals", question, ORDERS_TOKEN)).toMatchObject({
        status: 404,
      });
      expect((await open.server.post("/grantproposals", question)).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});
