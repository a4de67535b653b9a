import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { WhoCan } from "../../../src/model/answers/questions/who-can.ts";
import { withRole } from "../../support/pass/apply.ts";
import { binding, REGION } from "../../support/pass/bindings.ts";
import { liveRoleOf } from "../../support/pass/live-state.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { actionDataOf } from "../../support/policies/action-data.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";

const TABLE = `arn:aws:dynamodb:eu-west-1:${ASKED_ACCOUNT}:table/orders`;
const ADMIN = policyText({ Effect: "Allow", Action: "*", Resource: "*" });

function policyText(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

let asked: AskedController;

beforeEach(async () => {
  asked = await AskedController.start();
});
afterEach(() => asked.stop());

async function whoCan(action: string, resource: string, token?: string): Promise<WhoCan> {
  const { json } = await asked.server.post("/whocans", { action, resource }, token);
  return json.status as WhoCan;
}

const targets = ({ allowed }: WhoCan): readonly string[] => allowed.map(({ target }) => target);

/** A role and a function that no manifest names. */
function addLegacy(text: string): void {
  const role = liveRoleOf(binding(), {
    name: "legacy",
    arn: `arn:aws:iam::${ASKED_ACCOUNT}:role/legacy` as Arn,
    inline: [{ name: "everything", text }],
    boundary: null,
    tags: [],
  });
  asked.aws.live = withRole(asked.aws.live, role);
  asked.addFunction("legacy", role.arn);
}

describe("who-can", () => {
  test("lists a function that AWS and Git allow, with the line that allows it", async () => {
    const { out, err, code } = await asked.run(["who-can", "dynamodb:GetItem", TABLE]);

    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toContain(`AWS allows 1 function: dynamodb:GetItem on ${TABLE}\n`);
    expect(out).toMatch(/orders\/a@prod\/eu-west-1 +allowed +allowed +teams\/orders\/a\.yaml:\d+/);
    expect(out).toContain("NOT CHECKED users");
  });

  test("counts a function that neither allows as denied", async () => {
    const answer = await whoCan("dynamodb:PutItem", TABLE);

    expect([answer.allowed, answer.unknown, answer.denied]).toEqual([[], [], 1]);
  });

  test("lists what AWS allows and Git does not, in AWS's spelling of the action", async () => {
    await asked.suspend();
    asked.changeRole({ inline: [...asked.role().inline, { name: "debug", text: ADMIN }] });
    await asked.sweep();

    const { out } = await asked.run(["who-can", "dynamodb:PutItem", TABLE]);

    expect(out).toMatch(/orders\/a@prod\/eu-west-1 +allowed +denied +policy "debug"/);
  });

  test("lists what Git declares and AWS does not have yet, after the others", async () => {
    await asked.suspend();
    asked.changeRole({ inline: [] });
    addLegacy(ADMIN);
    await asked.sweep();

    const answer = await whoCan("dynamodb:GetItem", TABLE);

    expect(answer.allowed.map(({ target, live, git }) => [target, live, git])).toEqual([
      ["function legacy@prod/eu-west-1", "allowed", "not-declared"],
      ["orders/a@prod/eu-west-1", "denied", "allowed"],
    ]);
  });

  test("lists a declared function that is not deployed as such", async () => {
    asked.fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await asked.sweep();

    const { allowed } = await whoCan("dynamodb:GetItem", TABLE);

    expect(allowed.find(({ target }) => target.startsWith("orders/b"))).toMatchObject({
      live: "not-deployed",
      git: "allowed",
    });
  });

  test("obeys a boundary that does not allow it", async () => {
    asked.aws.live = withRole(asked.aws.live, {
      ...asked.role(),
      boundary: `arn:aws:iam::${ASKED_ACCOUNT}:policy/unread` as Arn,
    });
    await asked.suspend();
    await asked.sweep();

    const { allowed } = await whoCan("dynamodb:GetItem", TABLE);

    expect(allowed).toMatchObject([
      { live: "unknown", git: "allowed", doubt: expect.stringContaining("unread") },
    ]);
  });

  test("names a region that was not read, and denies nothing in it", async () => {
    const regions = new Map([[REGION, { kind: "failed", reason: "throttled" } as const]]);
    asked.aws.live = { ...asked.aws.live, regions };
    await asked.sweep();

    const answer = await whoCan("dynamodb:PutItem", TABLE);

    expect(answer.denied).toBe(0);
    expect(answer.unknown).toEqual([
      { reason: "region eu-west-1: throttled", targets: ["orders/a@prod/eu-west-1"] },
    ]);
    expect(answer.unread).toEqual(["account prod: region eu-west-1: throttled"]);
  });

  test("knows nothing of AWS before the first read, and what Git declares", async () => {
    await asked.server.close();
    await asked.fake.stop();
    asked = new AskedController();
    asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
    asked.fake.source.push(manifests({ a: READ_ORDERS }));
    await asked.fake.start();
    await asked.serve();

    const { allowed, denied, unread } = await whoCan("dynamodb:GetItem", TABLE);

    expect(allowed).toMatchObject([{ live: "unknown", git: "allowed", readAt: null }]);
    expect([denied, unread]).toEqual([0, [expect.stringContaining("account prod: ")]]);
  });

  test("names an account whose newer reads fail, with every answer", async () => {
    asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
    for (let sweeps = 0; sweeps < 12; sweeps += 1) await asked.sweep();

    const none = await asked.run(["who-can", "dynamodb:PutItem", TABLE]);
    const one = await asked.run(["who-can", "dynamodb:GetItem", TABLE]);

    expect(none.out).toMatch(/^No function found .*, in what was read\n/);
    for (const { out } of [none, one])
      expect(out).toMatch(/not read: account prod: the answer is \d+[hm] old, newer reads fail/);
  });

  test("fits 80 columns", async () => {
    addLegacy(ADMIN);
    await asked.sweep();

    const { out } = await asked.run(["who-can", "dynamodb:GetItem", TABLE], {
      terminal: { isTerminal: true, columns: 80 },
    });

    expect(
      stripVTControlCharacters(out)
        .split("\n")
        .filter((line) => line.length > 80 && !line.includes("arn:")),
    ).toEqual([]);
    expect(out).toContain("function legacy@prod/eu-west-1");
  });

  test.each([
    { argv: ["dynamodb:*", TABLE], expected: "is not an action" },
    { argv: ["dynamodb:GetItem", "orders"], expected: "is neither an ARN nor *" },
    { argv: ["dynamodb:GetItem", TABLE, "--resource-account", "1"], expected: "is not an account id" },
  ])("refuses $argv", async ({ argv, expected }) => {
    const { err, code } = await asked.run(["who-can", ...argv]);

    expect(err).toContain(expected);
    expect(code).toBe(1);
  });

  test("refuses a misspelt action, because that none is allowed would be no answer", async () => {
    asked.fake.actionData = actionDataOf({ "dynamodb:PutItem": {}, "dynamodb:GetItem": {} });

    const { err, code } = await asked.run(["who-can", "dynamodb:PutItems", TABLE]);

    expect(err).toMatch(/has no action dynamodb:PutItems, did you mean dynamodb:PutItem\?/);
    expect(code).toBe(1);
  });

  test("has no answer in another partition", async () => {
    const answer = await whoCan("dynamodb:GetItem", TABLE.replace("arn:aws:", "arn:aws-cn:"));

    expect([answer.allowed, answer.denied]).toEqual([[], 0]);
  });
});

describe("a token with namespaces sees in who-can", () => {
  test("its own functions, and none without a manifest", async () => {
    addLegacy(ADMIN);
    await asked.sweep();

    expect(targets(await whoCan("dynamodb:GetItem", TABLE, ORDERS_TOKEN))).toEqual([
      "orders/a@prod/eu-west-1",
    ]);
  });

  test("nothing of a role that carries another owner's tag", async () => {
    const tags = asked
      .role()
      .tags.map((tag) => (tag.key === "grantkeeper.dev/owner" ? { ...tag, value: "payments/refunds" } : tag));
    await asked.suspend();
    asked.changeRole({ tags, inline: [{ name: "secret", text: ADMIN }] });
    await asked.sweep();

    const { text } = await asked.server.post(
      "/whocans",
      { action: "s3:GetObject", resource: "arn:aws:s3:::in/1" },
      ORDERS_TOKEN,
    );

    expect(text).not.toContain("payments");
    expect(text).not.toContain("secret");
    expect(JSON.parse(text).status).toMatchObject({ allowed: [], denied: 0, unread: [] });
  });
});

describe("POST /whocans", () => {
  test.each([
    { body: {}, because: "nothing is asked" },
    { body: { action: "s3:*", resource: "*" }, because: "a wildcard is not an action" },
    { body: { action: "s3:GetObject", resource: "bucket" }, because: "the resource is no ARN" },
    { body: { action: "s3:GetObject", resource: "*", key: "x" }, because: "a field is unknown" },
  ])("refuses a body: $because", async ({ body }) => {
    expect((await asked.server.post("/whocans", body)).status).toBe(400);
  });
});
