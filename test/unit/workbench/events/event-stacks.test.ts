import { describe, expect, test } from "@jest/globals";
import { examineQueue } from "../../../../src/aws/queue/examine.ts";
import { parseQueueUrl, type QueueAddress } from "../../../../src/model/aws/queue-url.ts";
import type { AccountId, Partition, Region } from "../../../../src/model/aws/ids.ts";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import { forwardsOf } from "../../../../src/workbench/events/event-routes.ts";
import { eventStacks, type EventStack } from "../../../../src/workbench/events/event-stacks.ts";
import { templateErrors } from "../../../support/screens/bootstrap.ts";

const HUB: string = "111122223333";
const TEAM: string = "444455556666";
const BASE = `arn:aws:iam::${HUB}:role/base`;

function queueAt(region: string, accountId = HUB): QueueAddress {
  const found = parseQueueUrl(`https://sqs.${region}.amazonaws.com/${accountId}/changes`);
  if (found.kind === "err") throw new Error(found.error);
  return found.value;
}

const accountWith = (id: string, ...regions: readonly string[]) => ({
  id: id as AccountId,
  partition: "aws" as Partition,
  regions: regions as readonly Region[],
});

const resourcesOf = ({ template }: EventStack) =>
  (template as { readonly Resources: Record<string, { readonly Type: string; readonly Properties: never }> })
    .Resources;

describe("the routes of change events", () => {
  const routes = (queues: Parameters<typeof forwardsOf>[0], ...regions: readonly string[]) =>
    forwardsOf(queues, [accountWith(TEAM, ...regions)]).map(({ region, to }) => `${region} to ${to.region}`);

  test.each<readonly [string, readonly QueueAddress[], readonly string[], readonly string[]]>([
    [
      "the events of IAM are in us-east-1 only",
      [queueAt("eu-west-1", TEAM)],
      ["eu-west-1"],
      ["us-east-1 to eu-west-1"],
    ],
    ["its own queue in the region needs no forwarding", [queueAt("us-east-1", TEAM)], ["us-east-1"], []],
    [
      "a queue of another account is behind an event bus",
      [queueAt("us-east-1")],
      ["us-east-1", "eu-west-1"],
      ["eu-west-1 to us-east-1", "us-east-1 to us-east-1"],
    ],
    [
      "a queue in the region of the events is nearer than the first one",
      [queueAt("us-east-1"), queueAt("eu-west-1")],
      ["eu-west-1"],
      ["eu-west-1 to eu-west-1", "us-east-1 to us-east-1"],
    ],
  ])("%s", (_, addresses, regions, expected) => {
    expect(
      routes(
        addresses.map((address) => ({ address, accounts: [TEAM] })),
        ...regions,
      ),
    ).toEqual(expected);
  });

  test("no rule is for an account that no queue is for", () => {
    expect(routes([{ address: queueAt("us-east-1"), accounts: [HUB] }], "us-east-1")).toEqual([]);
  });
});

describe("bootstrap events prints", () => {
  const { stacks } = eventStacks({
    queues: [{ address: queueAt("us-east-1"), accounts: [HUB, TEAM] }],
    accounts: [accountWith(HUB, "us-east-1"), accountWith(TEAM, "eu-west-1")],
    baseRole: BASE,
  });
  const [queue, ...forwards] = stacks;
  if (queue === undefined) throw new Error("no queue");

  test("templates that CloudFormation accepts, queues first", async () => {
    expect(stacks.map(({ accountId, region, name }) => `${accountId} ${region} ${name}`)).toEqual([
      `${HUB} us-east-1 changes`,
      `${TEAM} eu-west-1 changes-forward`,
      `${TEAM} us-east-1 changes-forward`,
    ]);
    for (const { template } of stacks) {
      const { Resources, ...rest } = template as CloudFormationTemplate;
      // The fixture of AWS's types does not have that of the policy of an event bus.
      const known = Object.entries(Resources).filter(
        ([, { Type }]) => Type !== "AWS::Events::EventBusPolicy",
      );
      expect(await templateErrors({ ...rest, Resources: Object.fromEntries(known) })).toEqual([]);
    }
  });

  test("a queue to which only its rule sends, as doctor wants it, with a dead-letter queue", async () => {
    const { Queue, QueuePolicy } = resourcesOf(queue);
    const { PolicyDocument } = checkedObject(QueuePolicy?.Properties);
    const state = async () => ({ waiting: 0, policy: JSON.stringify(PolicyDocument) });
    const found = await examineQueue(
      { address: queueAt("us-east-1"), state },
      "changes",
      AbortSignal.timeout(1_000),
    );

    expect(found).toEqual({ outcome: "passed", detail: "its attributes can be read; 0 messages wait" });
    expect(Queue?.Properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 5 } });
  });

  test("a policy of the event bus that lets only the rules of each other account send", () => {
    const policies = Object.values(resourcesOf(queue)).filter(
      ({ Type }) => Type === "AWS::Events::EventBusPolicy",
    );

    expect(policies.map(({ Properties }) => Properties)).toMatchObject([
      {
        Statement: {
          Principal: { AWS: `arn:aws:iam::${TEAM}:root` },
          Action: "events:PutEvents",
          Condition: {
            ArnEquals: {
              "aws:SourceArn": ["eu-west-1", "us-east-1"].flatMap((region) =>
                ["changes-forward", "changes-denied-forward"].map(
                  (rule) => `arn:aws:events:${region}:${TEAM}:rule/${rule}`,
                ),
              ),
            },
          },
        },
      },
    ]);
  });

  test("rules for the events of the listed accounts alone, and a role that may only send to that bus", () => {
    const patterns = stacks.map(
      (stack) => checkedObject(resourcesOf(stack)["Rule"]?.Properties)["EventPattern"],
    );
    const roles = forwards.map((stack) => JSON.stringify(resourcesOf(stack)["Role"]));

    expect(patterns).toMatchObject([{ account: [HUB, TEAM] }, { account: [TEAM] }, { account: [TEAM] }]);
    // The field is optional in a record of CloudTrail: a pattern with it would miss changes.
    expect(JSON.stringify(patterns)).not.toContain("readOnly");
    for (const role of roles)
      expect(role).toContain(`"Resource":"arn:aws:events:us-east-1:${HUB}:event-bus/default"`);
  });
});

describe("the rules for denied calls", () => {
  const accounts = Array.from({ length: 60 }, (_, at) => String(200_000_000_000 + at));
  const longest = parseQueueUrl(`https://sqs.us-east-1.amazonaws.com/${HUB}/${"q".repeat(80)}`);
  if (longest.kind === "err") throw new Error(longest.error);
  const { stacks } = eventStacks({
    queues: [{ address: longest.value, accounts: [HUB, ...accounts] }],
    accounts: [accountWith(HUB, "us-east-1"), accountWith(TEAM, "eu-west-1")],
    baseRole: BASE,
  });
  const [queue] = stacks;
  if (queue === undefined) throw new Error("no queue");
  const rules = Object.values(resourcesOf(queue)).filter(({ Type }) => Type === "AWS::Events::Rule");
  const { DeniedRule, QueuePolicy } = resourcesOf(queue);
  const denied = checkedObject(DeniedRule?.Properties);

  test("send calls by roles of Grantkeeper that AWS denied, also those that read", () => {
    expect(denied).toMatchObject({
      State: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      EventPattern: {
        source: [{ prefix: "aws." }],
        detail: {
          errorCode: expect.arrayContaining([{ prefix: "AccessDenied" }]),
          userIdentity: {
            sessionContext: { sessionIssuer: { arn: [{ wildcard: "arn:aws:iam::*:role/grantkeeper/*" }] } },
          },
        },
      },
    });
  });

  test("have names and patterns that EventBridge accepts, for 61 accounts and the longest name of a queue", () => {
    const found = rules.map(({ Properties }) => checkedObject(Properties));

    expect(new Set(found.map(({ Name }) => Name)).size).toBe(2);
    expect(found.filter(({ Name }) => String(Name).length > 64)).toEqual([]);
    expect(found.filter(({ EventPattern }) => JSON.stringify(EventPattern).length > 2_048)).toEqual([]);
  });

  test("may send to the queue", () => {
    const policy = JSON.stringify(checkedObject(QueuePolicy?.Properties));

    expect(rules).toHaveLength(2);
    for (const { Properties } of rules)
      expect(policy).toContain(`:rule/${String(checkedObject(Properties)["Name"])}"`);
  });
});

function checkedObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error("no object");
  return value as Readonly<Record<string, unknown>>;
}
