import { AttachRolePolicyCommand, GetRoleCommand, IAMClient, TagRoleCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { HistoryAnswer, HistorySearch } from "../../../src/controller/ports/estate/event-history.ts";
import { parseRegion, type Region } from "../../../src/model/aws/ids.ts";
import { addAccessKey, addFunction, addRole, type AccessKey } from "../../../src/simulator/world.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;
const HOME = parseRegion("us-east-1") as Region;

describe("the event history of CloudTrail", () => {
  let world: AwsWorld;
  let ann: AccessKey;
  let iam: IAMClient;
  let lambda: LambdaClient;

  beforeEach(async () => {
    world = await startAwsWorld(
      (seeded) => {
        const { arn: roleArn } = addRole(seeded, { accountId: ACCOUNT, name: "orders" });
        addFunction(seeded, { accountId: ACCOUNT, region: REGION, name: "orders", roleArn });
        ann = addAccessKey(seeded, { accountId: ACCOUNT, principalArn: `arn:aws:iam::${ACCOUNT}:user/ann` });
      },
      { aws: { lookupEvents: true } },
    );
    const config = {
      endpoint: world.simulator.endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: ann.id, secretAccessKey: ann.secret },
    };
    iam = new IAMClient({ ...config, region: "us-east-1" });
    lambda = new LambdaClient({ ...config, region: REGION });
  });
  afterEach(async () => {
    iam.destroy();
    lambda.destroy();
    await world.stop();
  });

  const find = async (search: Partial<HistorySearch>): Promise<HistoryAnswer | undefined> =>
    world.aws.eventHistory?.find(
      {
        account: world.account,
        region: HOME,
        names: ["orders"],
        fromMs: Date.now() - 60_000,
        toMs: Date.now() + 60_000,
        ...search,
      },
      AbortSignal.timeout(20_000),
    );
  const tag = (at: number) =>
    iam.send(new TagRoleCommand({ RoleName: "orders", Tags: [{ Key: "at", Value: String(at) }] }));

  test("shows who changed a role, as a message of a queue does", async () => {
    await iam.send(new GetRoleCommand({ RoleName: "orders" }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn: ADMINISTRATOR }));

    expect(await find({})).toMatchObject({
      kind: "events",
      events: [
        {
          accountId: ACCOUNT,
          region: "us-east-1",
          call: "iam:AttachRolePolicy",
          object: { kind: "role", name: "orders" },
          aspect: { kind: "attached", arn: ADMINISTRATOR },
          actor: { kind: "user", name: "ann" },
          intent: null,
        },
      ],
    });
  });

  test("shows a call that names a function by its ARN, by every name of the function", async () => {
    const statement = { StatementId: "public", Action: "lambda:InvokeFunction", Principal: "*" };
    await lambda.send(new AddPermissionCommand({ ...statement, FunctionName: FUNCTION }));

    const answers = [
      await find({ region: REGION }),
      await find({ region: REGION, names: ["orders", FUNCTION] }),
    ];

    expect(answers).toMatchObject([
      { kind: "events", events: [] },
      { kind: "events", events: [{ call: "lambda:AddPermission", actor: { name: "ann" } }] },
    ]);
  });

  test("is read to its last page", async () => {
    for (let at = 0; at < 120; at += 1) await tag(at);

    const answer = await find({});

    expect(answer?.kind === "events" && answer.events.length).toBe(120);
    expect(world.simulator.counts()["cloudtrail:LookupEvents"]).toBe(3);
  });

  test.each([
    {
      code: "AccessDeniedException",
      message: "not authorized",
      status: 400,
      isDenied: true,
      shown: "AccessDenied",
    },
    {
      code: "ThrottlingException",
      message: "Rate exceeded",
      status: 400,
      isDenied: false,
      shown: "Throttling",
    },
  ])(
    "that AWS refuses with $code is no empty history",
    async ({ code, message, status, isDenied, shown }) => {
      const kind = { kind: "error", code, message, status } as const;
      world.simulator.addFault({ service: "cloudtrail", kind });

      expect(await find({})).toEqual({ kind: "failed", code: shown, isDenied });
    },
  );

  test("that may not be read stops no other call of the account", async () => {
    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 400 } as const;
    world.simulator.addFault({ service: "cloudtrail", kind });
    await find({});

    expect(world.aws.requestLimits.deniedCalls()).toMatchObject([
      { call: "cloudtrail:LookupEvents", scope: "action" },
    ]);
  });
});
