import { afterEach, describe, expect, test } from "@jest/globals";
import { liveFunction, type LiveAccount } from "../../../src/model/live.ts";
import { ACCOUNT, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import type { TargetedRequest } from "../../../src/model/read-requests.ts";
import { seed } from "./targeted-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

let world: AwsWorld;
afterEach(() => world.stop());

async function read(change: Partial<TargetedRequest>, signal: AbortSignal = never()): Promise<LiveAccount> {
  const nothing = { roleNames: [], policyArns: [], functions: [] };
  return orThrow(
    await world.aws.live.read({ account: world.account, pass: "p2", ...nothing, ...change }, signal),
  );
}

describe("a targeted read of a function that may be switched to another role", () => {
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
