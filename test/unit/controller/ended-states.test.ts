import { afterEach, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
/** RES-001 refuses it by default. */
const OPEN = `${READ_ORDERS}  statements: [{reason: t, statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}}]\n`;

const fake = new FakeController();
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

test("a refusal ends with the fix of the manifest, also if the account was not read in between", async () => {
  await fake.startConverged(manifests({ a: READ_ORDERS }));
  await fake.push(manifests({ a: OPEN }));
  await fake.clock.pass(2 * SWEEP_MS);
  const aws = fake.cloud.account(ACCOUNT);
  aws.readError = awsError("throttled");
  await fake.clock.pass(2 * SWEEP_MS);
  await fake.push(manifests({ a: READ_ORDERS }));
  await fake.clock.pass(2 * SWEEP_MS);
  const during = kinds();
  aws.readError = null;
  await fake.clock.pass(4 * SWEEP_MS);

  expect(during).toEqual(["refused"]);
  expect(kinds()).toEqual(["refused", "refusal-ended"]);
});

function kinds(): readonly string[] {
  return fake.recorder.alerts.flatMap(({ kind }) => (kind.startsWith("refus") ? [kind] : []));
}
