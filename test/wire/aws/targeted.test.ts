import { LambdaClient, CreateAliasCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import { liveFunction, livePolicy, liveRole, type LiveAccount } from "../../../src/model/live.ts";
import {
  addAccessKey,
  addFunction,
  addPolicy,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { ACCOUNT, allow, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import type { TargetedRequest } from "../../../src/model/read-requests.ts";

const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const SHARED = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`;

let world: AwsWorld;
afterEach(() => world.stop());

function seed(state: WorldState): void {
  addPolicy(state, {
    accountId: ACCOUNT,
    name: "shared",
    path: "/grantkeeper/",
    document: allow("s3:Put*"),
    tags: { team: "orders" },
  });
  addRole(state, {
    accountId: ACCOUNT,
    name: "orders-api",
    path: "/grantkeeper/",
    description: "for orders",
    inline: { main: allow("s3:Get*") },
    attached: [BASIC, SHARED],
    tags: { team: "orders" },
  });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
    configuration: {
      Environment: { Variables: { PASSWORD: "hunter2" } },
      VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
      TracingConfig: { Mode: "Active" },
    },
  });
}

function read(change: Partial<TargetedRequest>, signal: AbortSignal = never()): Promise<LiveAccount> {
  const nothing = { roleNames: [], policyArns: [], functions: [] };
  return world.aws.live.read({ account: world.account, pass: "p2", ...nothing, ...change }, signal);
}

describe("a targeted read", () => {
  test("gives the same role as the sweep", async () => {
    world = await startAwsWorld(seed);
    const swept = await world.aws.live.sweep(
      { account: world.account, pass: "p1", functions: [], policies: [], everyVersion: false, roleNames: [] },
      never(),
    );

    const live = await read({ roleNames: ["orders-api", "unknown"] });

    expect(liveRole(live, "orders-api")).toEqual(liveRole(swept, "orders-api"));
    expect(liveRole(live, "unknown")).toEqual({ kind: "absent" });
    expect(liveRole(live, "observer")).toMatchObject({ kind: "unknown" });
  });

  test("gives policies with every version and fresh tags, and AWS-managed documents", async () => {
    world = await startAwsWorld(seed);

    const live = await read({ policyArns: [SHARED, BASIC, `${SHARED}-gone`] });

    expect(livePolicy(live, SHARED)).toMatchObject({
      kind: "present",
      value: {
        defaultVersionId: "v1",
        versions: [{ id: "v1", text: allow("s3:Put*") }],
        attachmentCount: 1,
        tags: { kind: "present", value: [{ key: "team", value: "orders" }] },
      },
    });
    expect(livePolicy(live, `${SHARED}-gone`)).toEqual({ kind: "absent" });
    expect(live.awsManaged.get(BASIC)).toMatchObject({ kind: "present", value: { arn: BASIC } });
  });

  describe("of a function that may be switched to another role", () => {
    const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`;
    const OTHER = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/other`;
    const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}`;
    const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:kafka-a1B2c3`;
    const LastModified = "2026-01-01T00:00:00.000Z";

    async function triggersOf(switchTo: string | null) {
      const functions = [
        {
          region: REGION,
          functionName: "orders-api",
          qualifiers: [],
          versions: false,
          aliases: false,
          switchTo,
        },
      ];
      const found = liveFunction(await read({ functions }), REGION, "orders-api");
      return found.kind === "present" ? found.value.triggers : found;
    }

    function addTriggers(mappings: number): void {
      const lambda = world.world.accounts[ACCOUNT]?.lambda[REGION];
      const configs = lambda?.functions["orders-api"]?.eventInvokeConfigs;
      if (lambda === undefined || configs === undefined) throw new Error("there is no function");
      configs["live"] = { LastModified, DestinationConfig: { OnSuccess: { Destination: `${QUEUE}:done` } } };
      for (let index = 0; index < mappings; index += 1)
        lambda.eventSourceMappings.push({
          UUID: `${index}`,
          FunctionArn: FUNCTION,
          LastModified,
          EventSourceArn: `${QUEUE}:jobs-${index}`,
          DestinationConfig: { OnFailure: { Destination: `${QUEUE}:failed` } },
          SourceAccessConfigurations: [
            { Type: "BASIC_AUTH", URI: SECRET },
            { Type: "VPC_SUBNET", URI: "subnet:subnet-1" },
          ],
        });
    }

    test("its event sources, their secrets, and the destinations of every qualifier, over several pages", async () => {
      world = await startAwsWorld(seed);
      addTriggers(101);

      const triggers = await triggersOf(OTHER);

      expect(triggers).toMatchObject({
        kind: "present",
        value: { destinations: [`${QUEUE}:done`, `${QUEUE}:failed`] },
      });
      const sources =
        triggers.kind === "present" && "eventSources" in triggers.value ? triggers.value.eventSources : [];
      expect(sources).toHaveLength(101);
      expect(sources[0]).toEqual({ arn: `${QUEUE}:jobs-0`, secrets: [SECRET] });
    });

    test.each([
      { source: {}, found: { kind: "unknown", reason: expect.stringContaining("EventSourceArn") } },
      {
        source: { SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ["kafka:9092"] } } },
        found: { kind: "present", value: { eventSources: [{ arn: null, secrets: [] }], destinations: [] } },
      },
    ])(
      "an event source without an ARN only where it is one outside AWS: $source",
      async ({ source, found }) => {
        world = await startAwsWorld(seed);
        world.world.accounts[ACCOUNT]?.lambda[REGION]?.eventSourceMappings.push({
          UUID: "1",
          FunctionArn: FUNCTION,
          LastModified,
          ...source,
        });

        expect(await triggersOf(OTHER)).toEqual(found);
      },
    );

    test("nothing if it runs on that role, or may not be switched", async () => {
      world = await startAwsWorld(seed);

      const already = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`;
      expect([await triggersOf(already), await triggersOf(null)]).toMatchObject([
        { kind: "not-requested" },
        { kind: "not-requested" },
      ]);
      expect(Object.keys(world.reads()).filter((call) => /Mappings|InvokeConfigs/.test(call))).toEqual([]);
    });

    test.each(["ListEventSourceMappings", "ListFunctionEventInvokeConfigs"])(
      "an unknown where %s is denied, and the rest of the function all the same",
      async (operation) => {
        world = await startAwsWorld(seed);
        const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 403 } as const;
        world.simulator.addFault({ operation, kind });

        expect(await triggersOf(OTHER)).toEqual({
          kind: "unknown",
          reason: expect.stringContaining(`lambda:${operation}`),
        });
      },
    );
  });

  test("gives a function with versions, aliases and the policy of each qualifier, without its environment", async () => {
    world = await startAwsWorld(seed);
    await publishWithAlias(world);
    const wish = {
      region: REGION,
      functionName: "orders-api",
      versions: true,
      aliases: false,
      switchTo: null,
    };

    const live = await read({
      functions: [
        { ...wish, qualifiers: [null, "live"] },
        { ...wish, functionName: "gone", qualifiers: [] },
      ],
    });

    const found = liveFunction(live, REGION, "orders-api");
    expect(found).toMatchObject({
      kind: "present",
      value: {
        arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`,
        needs: { vpc: true, tracing: true, logGroup: "/aws/lambda/orders-api" },
        versions: { kind: "present", value: [{ version: "1" }] },
        aliases: { kind: "present", value: [{ name: "live", versions: ["1"] }] },
        edge: false,
      },
    });
    expect(found.kind === "present" && [...found.value.policies]).toEqual([
      ["", { kind: "absent" }],
      ["live", { kind: "absent" }],
    ]);
    expect(liveFunction(live, REGION, "gone")).toEqual({ kind: "absent" });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test.each([
    { operation: "GetRole", because: "the role itself" },
    { operation: "GetRolePolicy", because: "one of its documents" },
    { operation: "ListAttachedRolePolicies", because: "its attachments" },
  ])("a failed read of $because leaves the role unknown", async ({ operation }) => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation,
      kind: { kind: "error", code: "AccessDenied", message: "denied", status: 403 },
    });

    const live = await read({ roleNames: ["orders-api"] });

    expect(liveRole(live, "orders-api")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining(`iam:${operation} role/orders-api: AccessDenied`),
    });
  });

  test("a call over a quota is made once: a retry would not help", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "GetRole",
      kind: { kind: "error", code: "LimitExceeded", message: "quota", status: 409 },
    });

    await read({ roleNames: ["orders-api"] });

    expect(world.reads()["iam:GetRole"]).toBe(1);
  });

  test("a role that vanishes while it is read is unknown, not absent", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "ListRolePolicies",
      kind: { kind: "error", code: "NoSuchEntity", message: "gone", status: 404 },
    });

    expect(liveRole(await read({ roleNames: ["orders-api"] }), "orders-api")).toEqual({
      kind: "unknown",
      reason: "role orders-api changed during the read",
    });
  });

  test("a function that could not be read has the reason", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "GetFunctionConfiguration",
      kind: { kind: "error", code: "AccessDeniedException", message: "denied", status: 403 },
    });
    const functions = [
      {
        region: REGION,
        functionName: "orders-api",
        qualifiers: [],
        versions: false,
        aliases: false,
        switchTo: null,
      },
    ];

    expect(liveFunction(await read({ functions }), REGION, "orders-api")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("AccessDenied"),
    });
  });
});

async function publishWithAlias({ simulator, world: state }: AwsWorld): Promise<void> {
  const key = addAccessKey(state, { accountId: ACCOUNT, principalArn: `arn:aws:iam::${ACCOUNT}:user/ann` });
  const client = new LambdaClient({
    endpoint: simulator.endpoint,
    region: REGION,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  await client.send(new PublishVersionCommand({ FunctionName: "orders-api" }));
  await client.send(
    new CreateAliasCommand({ FunctionName: "orders-api", Name: "live", FunctionVersion: "1" }),
  );
  client.destroy();
}
