import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { LiveAccount, LiveRole } from "../../../src/model/live.ts";
import { manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { REGION } from "../../support/pass/bindings.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import {
  addWithRole,
  ORDERS_TEAM,
  READS,
  READS_TABLE,
  roleArn,
  roleOf,
} from "../../support/screens/undeclared-functions.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess" as Arn;
const PLACE = ["--account", "prod", "--region", "eu-west-1"];
const OPEN = { Sid: "Open", Effect: "Allow", Action: "s3:*", Resource: "*" };
const DENY = { Sid: "Never", Effect: "Deny", Action: "dynamodb:DeleteItem", Resource: READS_TABLE };

let asked: AskedController;
let root: string;

beforeAll(async () => {
  asked = await AskedController.start({
    ...manifests({ a: READ_ORDERS }),
    "platform/team.yaml": ORDERS_TEAM,
  });
  addFunction("orders-legacy", roleOf("legacy", [READS, OPEN, DENY]));
  addFunction("orders-ledger", roleOf("legacy", [READS, OPEN, DENY]));
  addFunction("orders-exact", roleOf("exact", [READS]));
  addFunction("orders-admin", roleOf("admin", [], { attachments: [ADMINISTRATOR] }));
  addFunction("payments-refunds", roleOf("refunds", [READS]));
  asked.addFunction("orders-roleless", roleArn("deleted"));
  asked.addFunction("orders-edge", roleArn("exact"), { edge: true });
  await asked.sweep();
});
afterAll(() => asked.stop());

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-new-live-"));
});
afterEach(() => rm(root, { recursive: true }));

const addFunction = (name: string, role: LiveRole): void => addWithRole(asked, name, role);

/** Sweeps AWS with a change that ends with the test. */
async function during(change: Partial<LiveAccount>, act: () => Promise<void>): Promise<void> {
  const before = asked.aws.live;
  asked.aws.live = { ...before, ...change };
  try {
    await asked.sweep();
    await act();
  } finally {
    asked.aws.live = before;
    await asked.sweep();
  }
}

const create = (name: string, ...more: readonly string[]) =>
  asked.run(["new", "function", `orders/${name}`, "--dir", root, ...more]);
const pathOf = (name: string): string => join(root, `teams/orders/${name}.yaml`);
const textOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");

const propose = (functionName: string, more: object = {}, token?: string) => {
  const question = { namespace: "orders", functionName, account: "prod", region: "eu-west-1", ...more };
  return asked.server.post("/grantproposals", question, token);
};

describe("new with --server", () => {
  test("writes the grants of the live role, and comments on all else that it allows or denies", async () => {
    const { out, code } = await create("orders-legacy");

    expect(code).toBe(0);
    expect(out).toMatch(
      /\n1 grant of function orders-legacy@prod\/eu-west-1, as AWS was read \d+\w+ ago, 5 comments to read before the merge\n/,
    );
    const text = await textOf("orders-legacy");
    expect(text).toContain(
      "\n  grants:\n    - dynamodb: { table: invoices, allow: [GetItem, Query], indexes: [] }\n",
    );
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toEqual([
      expect.stringContaining("yaml-language-server"),
      expect.stringMatching(
        /^# proposed from arn:aws:iam::111122223333:role\/legacy, .* as AWS was read at 2026-\S+Z or later/,
      ),
      "# its role: 1 statement with wildcards in inline policy access",
      expect.stringMatching(/^# role legacy is also that of orders-ledger in eu-west-1: /),
      '# not in the grants: statement Open of inline policy access, which no grant equals: { Effect: Allow, Action: "s3:*", Resource: "*" }',
      expect.stringMatching(/^# not in the grants: statement Never of .*, a Deny, .* Effect: Deny, Action: /),
      expect.stringMatching(/^# a manifest lets the function write to its log group unless/),
    ]);
  });

  test("names the policy of AWS that makes a role an administrator, and grants nothing of it", async () => {
    const policy = { arn: ADMINISTRATOR, versionId: "v1", text: JSON.stringify({ Statement: [OPEN] }) };
    const awsManaged = new Map([[ADMINISTRATOR, { kind: "present", value: policy } as const]]);

    await during({ awsManaged }, async () => {
      const { out } = await create("orders-admin", "-o", "json");

      expect(JSON.parse(out)).toMatchObject({
        proposals: [
          {
            grants: [],
            notes: expect.arrayContaining([
              "its role: attaches AdministratorAccess",
              expect.stringContaining(`not in the grants: the role attaches ${ADMINISTRATOR}`),
            ]),
          },
        ],
      });
    });
  });

  test("asks nothing about roles if flags name the grants", async () => {
    const { out, code } = await create("a", "--grant", "sqs:jobs:send");

    expect(code).toBe(0);
    expect(out).not.toContain("AWS was read");
    expect(await textOf("a")).not.toContain("# proposed");
  });

  test("takes other grants than the proposed ones in a terminal", async () => {
    let questions = "";
    const terminal = { isTerminal: true, err: async (text: string) => void (questions += text) };
    const argv = ["new", "function", "orders/orders-exact", "--dir", root];

    await asked.run(argv, { stdin: "\n\n\nsqs:jobs:send\n", terminal });

    expect(questions).toContain("or live for what its role allows (1 grant) [live]: ");
    expect(await textOf("orders-exact")).toMatch(/ {2}grants:\n {4}- sqs: .*\n$/);
  });
});

describe("a proposal is refused, and nothing is written", () => {
  test.each([
    { name: "a", code: 3, problem: /is declared already, by orders\/a@prod\/eu-west-1\nhint: {2}edit that/ },
    { name: "payments-refunds", code: 3, problem: /no valid Team lets namespace orders have function pay/ },
    { name: "orders-edge", code: 3, problem: /is of Lambda@Edge/ },
    { name: "orders-gone", code: 1, problem: /orders-gone@prod\/eu-west-1 does not exist, by the last read/ },
    { name: "orders-roleless", code: 1, problem: /the role of .* does not exist: .*role\/deleted/ },
    { name: "orders-admin", code: 4, problem: /the role of .* was not read: the document of .*Administr/ },
  ])("of $name", async ({ name, code, problem }) => {
    const made = await create(name, ...PLACE);

    expect(made).toMatchObject({ code, out: "", err: expect.stringMatching(problem) });
    await expect(access(pathOf(name))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("in a region that was not read, by its name and reason", async () => {
    const regions = new Map([[REGION, { kind: "failed", reason: "throttled" } as const]]);

    await during({ regions }, async () => {
      const made = await create("orders-exact", ...PLACE);

      expect(made).toMatchObject({
        code: 4,
        err: expect.stringMatching(/orders-exact@prod\/eu-west-1 was not read: region eu-west-1: throttled/),
      });
    });
  });

  test.each([
    { more: { account: "staging" }, status: 404, message: "no AwsAccount is named staging" },
    {
      more: { region: "us-east-1" },
      status: 503,
      message: "function orders-exact@prod/us-east-1 was not read: region us-east-1 was not read",
    },
    { more: { region: "here" }, status: 400, message: expect.stringContaining("region") },
  ])("for $more with status $status", async ({ more, status, message }) => {
    expect(await propose("orders-exact", more)).toMatchObject({ status, json: { message } });
  });
});
