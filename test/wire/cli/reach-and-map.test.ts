import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";

const EXTRA = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:111122223333:jobs" },
  ],
});

let asked: AskedController;

beforeEach(async () => {
  asked = await AskedController.start();
  await asked.suspend();
  asked.changeRole({ inline: [...asked.role().inline, { name: "debug", text: EXTRA }] });
  await asked.sweep();
});
afterEach(() => asked.stop());

describe("reach", () => {
  test("shows what AWS allows, and marks what Git does not declare", async () => {
    const { out, err, code } = await asked.run(["reach", "orders/a"]);

    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toContain("orders/a@prod/eu-west-1 may\n");
    expect(out).toContain("  dynamodb read  table/orders");
    expect(out).toContain("  + sqs:SendMessage  queue/jobs\n");
    expect(out).toContain("+ in AWS, and not declared\n");
    expect(out).toContain("no other function is known to be on role/grantkeeper/a-eu-west-1\n");
  });

  test("has the same for programs", async () => {
    const { out } = await asked.run(["reach", "orders/a", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({
      target: "orders/a@prod/eu-west-1",
      steps: expect.arrayContaining([
        expect.objectContaining({ what: "sqs:SendMessage", state: "undeclared" }),
      ]),
    });
  });

  test("finds no function of this name", async () => {
    const { err, code } = await asked.run(["reach", "orders/b"]);

    expect(err).toContain('"orders/b" not found');
    expect(code).toBe(1);
  });
});

describe("GET reaches", () => {
  const path = (name: string, namespace = "orders"): string => `/namespaces/${namespace}/reaches/${name}`;
  const A = "a.111122223333.eu-west-1";

  test("follows a token's own functions, and has the role with the others on it", async () => {
    const { status, json } = await asked.server.get(path(A), ORDERS_TOKEN);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      kind: "Reach",
      metadata: { name: A, namespace: "orders" },
      status: {
        target: "orders/a@prod/eu-west-1",
        depth: 3,
        roles: [{ others: [], more: 0 }],
        unreadRoles: 0,
      },
    });
  });

  test.each([
    { path: path(`${A}?depth=0`), status: 400, because: "no step would be followed" },
    { path: path(`${A}?depth=101`), status: 400, because: "it is too deep" },
    { path: path(`${A}?deep=1`), status: 400, because: "the parameter is unknown" },
    { path: path("b.111122223333.eu-west-1"), status: 404, because: "there is no such function" },
    { path: path(A, "payments"), status: 403, because: "the token does not see the namespace" },
  ])("refuses $path: $because", async ({ path: asks, status }) => {
    expect((await asked.server.get(asks, ORDERS_TOKEN)).status).toBe(status);
  });

  test("shows a token with namespaces nothing of a role that carries another owner's tag", async () => {
    const tags = asked
      .role()
      .tags.map((tag) => (tag.key === "grantkeeper.dev/owner" ? { ...tag, value: "payments/refunds" } : tag));
    asked.changeRole({ tags });
    await asked.sweep();

    const own = await asked.server.get(path(A), ORDERS_TOKEN);
    const all = await asked.server.get(path(A));

    expect(own.text).not.toContain("sqs:SendMessage");
    expect(all.text).toContain("sqs:SendMessage");
  });

  test("names functions without a manifest to a token that sees everything, and to no other", async () => {
    asked.addFunction("legacy", asked.role().arn);
    await asked.sweep();

    const own = await asked.server.get(path(A), ORDERS_TOKEN);
    const all = await asked.server.get(path(A));

    expect(all.json.status.unknown).toEqual([
      { reason: "no manifest names it", targets: ["function legacy@prod/eu-west-1"] },
    ]);
    expect(own.text).not.toContain("legacy");
  });
});

describe("map", () => {
  test.each([
    { format: "mermaid", begins: "flowchart LR\n" },
    { format: "dot", begins: "digraph access {\n" },
    { format: "svg", begins: "<svg " },
    { format: "json", begins: "{\n" },
  ])("draws the functions as $format", async ({ format, begins }) => {
    const { out, code } = await asked.run(["map", "--format", format]);

    expect(code).toBe(0);
    expect(out.startsWith(begins)).toBe(true);
    expect(out).toContain("orders/a@prod/eu-west-1");
    expect(out).toContain("undeclared");
  });

  test("draws only the functions that the target means", async () => {
    const { err, code } = await asked.run(["map", "payments/"]);

    expect(err).toContain('"payments/" not found');
    expect(code).toBe(1);
  });

  test("notes what it lacks on standard error, so that the picture stays a picture", async () => {
    asked.changeRole({ inline: [{ name: "debug", text: "{" }] });
    await asked.sweep();

    const { out, err } = await asked.run(["map"]);

    expect(out).toMatch(/^flowchart LR\n(?: {2}n\d+.*\n)*$/);
    expect(err).toMatch(/^not shown: 1 function: .*\n {2}orders\/a@prod\/eu-west-1\n/);
  });

  test("names functions without a manifest, and those that no pass has compared", async () => {
    asked.addFunction("legacy", asked.role().arn);
    await asked.sweep();
    const legacy = await asked.run(["map"]);
    await asked.server.close();
    await asked.fake.stop();
    asked = new AskedController();
    asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
    asked.fake.source.push(manifests({ a: READ_ORDERS }));
    await asked.fake.start();
    await asked.serve();

    const unread = await asked.run(["map"]);

    expect(legacy.err).toContain("no manifest names it\n  function legacy@prod/eu-west-1\n");
    expect(unread.out).toContain("not observed: dynamodb read");
    expect(unread.err).toContain("orders/a@prod/eu-west-1");
  });

  test("shows a token with namespaces nothing of a role that carries another owner's tag", async () => {
    const tags = asked
      .role()
      .tags.map((tag) => (tag.key === "grantkeeper.dev/owner" ? { ...tag, value: "payments/refunds" } : tag));
    asked.changeRole({ tags });
    await asked.sweep();

    const own = await asked.run(["map", "--format", "json"], { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } });
    const all = await asked.run(["map", "--format", "json"]);

    expect(own.out).not.toContain("sqs:SendMessage");
    expect(all.out).toContain("sqs:SendMessage");
  });
});
