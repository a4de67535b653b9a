import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { changeMessage } from "../../support/aws/change-message.ts";
import type { FakeAws } from "../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../support/fakes/fake-controller.ts";
import { withFunction } from "../../support/pass/apply.ts";
import { binding, REGION } from "../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../support/pass/live-state.ts";
import { keyNamed } from "../../support/pass/settled-keys.ts";

const ACCOUNT = "111122223333" as AccountId;
const ACCOUNTS = new Set<string>([ACCOUNT]);
const QUEUE = "changes";
const NAMES = Array.from({ length: 60 }, (_, at) => `f${String(at).padStart(2, "0")}`);
/** So many that a sweep reads them with fewer calls than reads of each. */
const PUSHED = NAMES.slice(0, 30);

const filesWith = (pushed: readonly string[]) =>
  manifests(
    Object.fromEntries(NAMES.map((name) => [name, pushed.includes(name) ? WRITE_ORDERS : READ_ORDERS])),
  );

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  fake.source.push(filesWith([]));
  aws.live = withFunctions(aws.live);
  await fake.start({ policiesWithinMs: 3_600_000 });
  await fake.converge();
  fake.changes.addQueue(QUEUE, ACCOUNTS);
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

/** All of them as read now. */
function withFunctions(live: LiveAccount): LiveAccount {
  const policiesReadMs = fake.clock.nowMs();
  return NAMES.reduce((all, name) => {
    const declared = binding({}, { key: keyNamed(name), functionName: name });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}-eu-west-1`;
    const found = { ...liveFunctionOf(declared, { policiesReadMs, roleArn }), name };
    return withFunction(all, REGION, found);
  }, live);
}

/** An event of another function: those of the region arrive. */
async function receiveEvent(): Promise<void> {
  const body = changeMessage({
    envelope: { source: "aws.lambda", region: REGION },
    record: {
      eventSource: "lambda.amazonaws.com",
      eventName: "AddPermission20150331v2",
      awsRegion: REGION,
      requestParameters: { functionName: "another", statementId: "s" },
    },
  });
  fake.changes.queueAnswered(QUEUE, null);
  await fake.changes.receive([body], ACCOUNTS);
}

/** While the queue answers. */
async function passSweep(): Promise<void> {
  for (let passedMs = 0; passedMs <= SWEEP_MS; passedMs += 30_000) {
    fake.changes.queueAnswered(QUEUE, null);
    await fake.clock.pass(30_000);
  }
}

function keptBy(sweep: FakeAws["sweeps"][number] | undefined): readonly string[] {
  const kept = sweep?.functions.filter(({ known }) => known !== undefined) ?? [];
  return kept.map(({ functionName }) => functionName);
}

test("of the many keys that a push makes due, the sweep that reads them keeps no policy", async () => {
  await receiveEvent();
  await passSweep();
  aws.live = withFunctions(aws.live);
  await passSweep();
  await passSweep();
  const keptByClock = keptBy(aws.sweeps.at(-1));
  const before = aws.sweeps.length;

  await fake.push(filesWith(PUSHED));
  await fake.clock.pass(2_000);

  expect(keptByClock.filter((name) => PUSHED.includes(name)).length).toBeGreaterThan(0);
  expect(aws.reads).toEqual([]);
  const kept = keptBy(aws.sweeps[before]);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter((name) => PUSHED.includes(name))).toEqual([]);
});
