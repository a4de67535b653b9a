import { expect, test } from "@jest/globals";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { FC_RUNS } from "../../../support/fc-runs.ts";
import { ACCOUNTS, InboxWorld } from "./inbox-world.ts";

/** 100,000 with `FC_RUNS=2000`. */
const MESSAGES = FC_RUNS * 50;
const BATCH = 10;
const MOST_GROWTH_MIB = 1;

/** Of everyone but the functions of this account: each message is another event, of another object. */
const FOREIGN: readonly ((at: number) => string)[] = [
  (at) => changeMessage({ record: { eventID: `e${at}`, requestParameters: { roleName: `role-${at}` } } }),
  (at) => changeMessage({ envelope: { account: "999900001111" }, record: { eventID: `e${at}` } }),
  (at) =>
    changeMessage({ record: { eventID: `e${at}`, eventName: "CreateUser", errorCode: "AccessDenied" } }),
  (at) =>
    changeMessage({
      envelope: { source: "aws.lambda", region: "eu-west-1" },
      record: {
        eventID: `e${at}`,
        eventSource: "lambda.amazonaws.com",
        eventName: "AddPermission20150331v2",
        awsRegion: "eu-west-1",
        requestParameters: { functionName: `function-${at}`, statementId: "s" },
      },
    }),
  (at) => `no event ${at}`,
];

function heapMib(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
}

test("a flood of foreign messages makes nothing due, records nothing, and does not make the process larger", async () => {
  const { inbox, state, telemetry, fake } = new InboxWorld();
  const receive = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += BATCH) {
      const bodies = Array.from({ length: BATCH }, (_, place) =>
        FOREIGN[place % FOREIGN.length]?.(at + place),
      );
      await inbox.receive(bodies.map(String), ACCOUNTS);
      telemetry.outcomes.length = 0;
    }
  };
  await receive(0, MESSAGES / 4);
  const before = heapMib();

  await receive(MESSAGES / 4, MESSAGES);

  expect(heapMib() - before).toBeLessThan(MOST_GROWTH_MIB);
  expect(fake.store.commits).toBe(0);
  expect(state.queue.depth()).toBe(0);
});
