import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { WhyAnswer } from "../../../src/model/answers/why.ts";
import { withFunction } from "../../support/pass/apply.ts";
import { binding, REGION } from "../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../support/pass/live-state.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import type { CliRun, CliSetting } from "../../support/screens/cli.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { denied, session } from "../../support/screens/why.ts";
import { DENYING, NOTHING } from "./why-answers.ts";

const KEY = `function/${ASKED_ACCOUNT}/eu-west-1/orders/a`;
const OTHER = "999922223333" as AccountId;
const TABLE = `arn:aws:dynamodb:eu-west-1:${ASKED_ACCOUNT}:table/orders`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ASKED_ACCOUNT}:jobs`;

let asked: AskedController;

beforeEach(async () => {
  asked = await AskedController.start();
});
afterEach(() => asked.stop());

const ask = (argv: readonly string[], setting: CliSetting = {}): Promise<CliRun> =>
  asked.run(["why", ...argv], setting);

async function answer(argv: readonly string[]): Promise<WhyAnswer> {
  return JSON.parse((await ask([...argv, "-o", "json"])).out) as WhyAnswer;
}

describe("why --server, without AWS credentials and without a checkout", () => {
  test("shows what is allowed as read in AWS, the age of that read, and what Git declares", async () => {
    const { out, err, code } = await ask(["orders/a@prod", "dynamodb:GetItem", TABLE]);

    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out).toMatch(
      new RegExp(`^allowed {2}dynamodb:GetItem on ${TABLE}\n {2}orders/a@prod/eu-west-1, in AWS, read at `),
    );
    expect(out).toContain("  orders/a@prod/eu-west-1, as declared in Git\n");
    expect(out).toMatch(/note: {2}AWS was read \d+[sm] ago\n/);
    expect(out).toContain("the policy of the resource was not read: it may contain a Deny");
  });

  test("notes a rollback, whose revision is the one that Git declares in the answer; who-can and reach note it too", async () => {
    await asked.rollBack(manifests({ a: WRITE_ORDERS }), "INC-4410");
    await asked.sweep();

    const answer = await ask(["orders/a@prod", "dynamodb:PutItem", TABLE]);
    const others = [
      await asked.run(["who-can", "dynamodb:PutItem", TABLE]),
      await asked.run(["reach", "orders/a"]),
    ];

    expect(answer.code).toBe(2);
    for (const { err } of [answer, ...others])
      expect(err).toMatch(
        /^note: {2}source main: rolled back to main@\w{7} until .* by dana: "INC-4410"; main@\w{7} waits\n$/,
      );
  });

  test("proposes the lines of the controller's own manifest", async () => {
    const { out, code } = await ask(["orders/a", "sqs:SendMessage", QUEUE]);

    expect(code).toBe(2);
    expect(out).toContain("as a further entry: teams/orders/a.yaml:6:12\n");
    expect(out).toContain("{ sqs: { queue: jobs, allow: [send] } }\n");
  });

  test("answers by AWS where it differs from Git", async () => {
    const text = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
    });
    const inline = [...asked.role().inline, { name: "hotfix", text }];
    await asked.suspend();
    asked.changeRole({ inline });
    await asked.sweep();

    const { answer: kind, live, git } = await answer(["orders/a", "sqs:SendMessage", QUEUE]);

    expect([kind, live?.kind, git.kind]).toEqual(["allowed", "allowed", "denied"]);
  });

  test("is unknown, never denied, if the function could not be read", async () => {
    const regions = new Map([[REGION, { kind: "failed", reason: "throttled" } as const]]);
    asked.aws.live = { ...asked.aws.live, regions };
    await asked.sweep();

    const { out, code } = await ask(["orders/a", "sqs:SendMessage", QUEUE]);

    expect(out).toMatch(/^unknown {2}sqs:SendMessage/);
    expect(out).toContain("region eu-west-1: throttled");
    expect(code).toBe(3);
  });

  test("reports since when and why newer reads fail, with every answer", async () => {
    asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
    await asked.sweep();
    await asked.sweep();

    const { out } = await ask(["orders/a@prod", "dynamodb:GetItem", TABLE]);
    const { live } = await answer(["orders/a", "sqs:SendMessage", QUEUE]);

    expect(out).toMatch(/^allowed [^]*\n {2}newer reads fail for \d+m: .*AccessDenied/);
    expect(live).toMatchObject({
      kind: "denied",
      failing: { since: expect.any(String), reason: expect.stringContaining("AccessDenied") },
    });
  });

  test("shows the age of the policy of a function in another account, and that it is not read now", async () => {
    const other = asked.fake.cloud.account(OTHER);
    await asked.fake.stop();
    await asked.server.close();
    asked.fake.source.push(manifests({ a: READ_ORDERS }, { prod: ASKED_ACCOUNT, staging: OTHER }));
    other.live = withFunction(other.live, REGION, { ...liveFunctionOf(binding()), name: "other" });
    await asked.fake.start();
    await asked.sweep();
    other.readError = awsError("circuit", { code: "AccessDenied" });
    await asked.sweep();
    await asked.sweep();
    await asked.serve();

    const { notes } = await answer([
      "orders/a@prod",
      "lambda:InvokeFunction",
      `arn:aws:lambda:eu-west-1:${OTHER}:function:other`,
    ]);

    expect(notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^the policy of the resource was read \d+m ago; newer reads of account 9+2+3+ fail: .*AccessDenied/,
        ),
      ]),
    );
  });

  test("decides by the policy of a function that the controller reads", async () => {
    const deny = {
      Sid: "no",
      Effect: "Deny",
      Principal: "*",
      Action: "lambda:InvokeFunction",
      Resource: "*",
    };
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
    const policies = new Map([["", { kind: "present", value: { text, revisionId: "r" } } as const]]);
    const target = { ...liveFunctionOf(binding()), name: "other", policies };
    asked.aws.live = withFunction(asked.aws.live, REGION, target);
    await asked.sweep();

    const { live } = await answer([
      "orders/a",
      "lambda:InvokeFunction",
      `arn:aws:lambda:eu-west-1:${ASKED_ACCOUNT}:function:other`,
    ]);

    expect(live).toMatchObject({ kind: "denied", cause: "explicit", by: { layer: "resource", sid: "no" } });
  });

  test("answers AWS's message on standard input for the function whose role it names", async () => {
    const stdin = denied(
      session("a-eu-west-1", "a", ASKED_ACCOUNT),
      "sqs:SendMessage",
      ` on resource: ${QUEUE}`,
    );

    const { out, code } = await ask(["-"], { stdin });

    expect(out).toContain(`denied  sqs:SendMessage on ${QUEUE}\n`);
    expect(code).toBe(2);
  });

  test.each([
    { resource: "arn:aws-cn:sqs:cn-north-1:111122223333:jobs", code: 1, expected: "is in partition aws-cn" },
  ])("refuses $resource", async ({ resource, code, expected }) => {
    const end = await ask(["orders/a", "sqs:SendMessage", resource]);

    expect(end.err).toContain(expected);
    expect(end.code).toBe(code);
  });
});

describe("a token with namespaces asks", () => {
  const question = { action: "dynamodb:GetItem", resource: TABLE };

  test("about its own function", async () => {
    const { status, json } = await asked.server.post("/whys", { key: KEY, ...question }, ORDERS_TOKEN);

    expect([status, json.status.answer]).toEqual([200, "allowed"]);
  });

  test.each(["payments/refunds", "payments/nothing"])(
    "not about %s, whether or not it exists",
    async (name) => {
      const key = `function/${ASKED_ACCOUNT}/eu-west-1/${name}`;

      expect((await asked.server.post("/whys", { key, ...question }, ORDERS_TOKEN)).status).toBe(403);
    },
  );

  test("and reads nothing of a role that carries another owner's tag", async () => {
    const tags = asked
      .role()
      .tags.map((tag) => (tag.key === "grantkeeper.dev/owner" ? { ...tag, value: "payments/refunds" } : tag));
    const inline = [{ name: "secret", text: '{"Version":"2012-10-17","Statement":[]}' }];
    await asked.suspend();
    asked.changeRole({ tags, inline });
    await asked.sweep();

    const { json, text } = await asked.server.post("/whys", { key: KEY, ...question }, ORDERS_TOKEN);

    expect(json.status.live).toMatchObject({ kind: "unknown", role: null, readAt: null });
    expect(json.status.answer).toBe("unknown");
    expect(text).not.toContain("payments");
  });

  test.each([
    { functions: "[a, other]", sees: true, because: "its Team allows" },
    { functions: "[a]", sees: false, because: "its manifest names and its Team does not allow" },
  ])("and is shown the policy of a function that $because: $sees", async ({ functions, sees }) => {
    const target = { ...liveFunctionOf(binding()), name: "other", policies: new Map([["", DENYING]]) };
    asked.aws.live = withFunction(asked.aws.live, REGION, target);
    const team = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: ${functions}}
`;
    const files = manifests({ a: READ_ORDERS, other: READ_ORDERS });
    asked.fake.source.push({ ...files, "platform/teams.yaml": team });
    await asked.sweep();
    await asked.sweep();
    const resource = `arn:aws:lambda:eu-west-1:${ASKED_ACCOUNT}:function:other`;
    const body = { key: KEY, action: "lambda:InvokeFunction", resource };

    const own = await asked.server.post("/whys", body, ORDERS_TOKEN);

    expect(own.text.includes("everything-but-ours")).toBe(sees);
  });

  test("without a key only about functions that it sees", async () => {
    const caller = session("refunds-eu-west-1", "refunds", ASKED_ACCOUNT);
    const reported = { ...NOTHING, caller, ...question };

    const { status, text } = await asked.server.post("/whys", { reported }, ORDERS_TOKEN);

    expect(status).toBe(422);
    expect(text).toContain("no manifest declares role");
  });
});

describe("POST /whys", () => {
  test.each([
    { body: {}, because: "nothing is asked" },
    { body: { key: KEY, action: "s3:*", resource: "*" }, because: "a wildcard is not an action" },
    { body: { key: KEY, action: "s3:GetObject", resource: "bucket" }, because: "the resource is no ARN" },
    { body: { key: KEY, action: "s3:GetObject" }, because: "the resource is missing" },
    { body: { key: KEY, action: "s3:GetObject", resource: "*", live: true }, because: "a field is unknown" },
  ])("refuses a body: $because", async ({ body }) => {
    expect((await asked.server.post("/whys", body)).status).toBe(400);
  });

  test("knows no function that nothing declares", async () => {
    const key = `function/${ASKED_ACCOUNT}/eu-west-1/orders/nothing`;

    expect((await asked.server.post("/whys", { key, action: "s3:GetObject", resource: "*" })).status).toBe(
      404,
    );
  });
});
