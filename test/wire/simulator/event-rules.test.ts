import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { accountOf } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  clientConfig,
  startSimulated,
  type Simulated,
} from "../../support/installation/simulated.ts";

const REGION = "us-east-1";
const TARGET = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;
const BUSES = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus`;

let simulated: Simulated;
let events: EventBridgeClient;

beforeAll(async () => {
  simulated = await startSimulated((world) => {
    const rule = { targets: [TARGET] };
    accountOf(world, ACCOUNT).eventBuses = {
      [REGION]: {
        shop: { placed: rule, other: { targets: [`${TARGET}:live`] } },
        default: { b: rule, a: rule },
      },
    };
  });
  events = new EventBridgeClient(clientConfig(simulated.simulator, simulated.credentials));
});
afterAll(async () => {
  events.destroy();
  await simulated.stop();
});

const rulesOf = (input: Partial<ListRuleNamesByTargetCommand["input"]>) =>
  events.send(new ListRuleNamesByTargetCommand({ TargetArn: TARGET, ...input }));

test("event buses are listed in pages, the one of every region too", async () => {
  const first = await events.send(new ListEventBusesCommand({ Limit: 1 }));
  const rest = await events.send(new ListEventBusesCommand({ NextToken: first.NextToken }));
  const other = new EventBridgeClient(clientConfig(simulated.simulator, simulated.credentials, "eu-west-1"));
  const elsewhere = await other.send(new ListEventBusesCommand());
  other.destroy();

  expect(first.EventBuses).toEqual([{ Name: "default", Arn: `${BUSES}/default` }]);
  expect([rest.EventBuses, rest.NextToken]).toEqual([[{ Name: "shop", Arn: `${BUSES}/shop` }], undefined]);
  expect(elsewhere.EventBuses?.map(({ Name }) => Name)).toEqual(["default"]);
});

test.each([
  { input: {}, names: ["a", "b"], because: "without a bus of the default one" },
  { input: { Limit: 1 }, names: ["a"], because: "in pages" },
  { input: { EventBusName: "shop" }, names: ["placed"], because: "with exactly this ARN as a target" },
  { input: { EventBusName: `${BUSES}/shop` }, names: ["placed"], because: "by the ARN of the bus" },
  { input: { TargetArn: `${TARGET}:none` }, names: [], because: "of no rule" },
])("the rules of one bus are listed by their target: $because", async ({ input, names }) => {
  const answer = await rulesOf(input);

  expect(answer.RuleNames).toEqual(names);
});

test.each([
  { input: { EventBusName: "gone" }, name: "ResourceNotFoundException", because: "no such bus" },
  {
    input: { EventBusName: `${BUSES.replace(ACCOUNT, "444455556666")}/shop` },
    name: "ResourceNotFoundException",
    because: "a bus of another account",
  },
  { input: { NextToken: "x" }, name: "InvalidToken", because: "a token of no page" },
  { input: { Limit: 101 }, name: "ValidationException", because: "a page of more than 100" },
])("rules are refused for $because", async ({ input, name }) => {
  await expect(rulesOf(input)).rejects.toMatchObject({ name });
});
