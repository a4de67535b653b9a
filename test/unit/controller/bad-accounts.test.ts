import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AwsError, AwsErrorFacts } from "../../../src/model/aws/errors/aws-error.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

const [PROD, DEV] = ["111122223333", "222233334444"] as const;
const MINUTE_MS = 60_000;

let fake: FakeController;
beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }, { prod: PROD, dev: DEV }));
  await fake.start();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const PROXY_FIX = "write USER:PASSWORD into a file and name it in network.proxy.loginFile";
const SCP_FIX = "exclude the observer from the Deny";

const READS: readonly (Partial<AwsErrorFacts> & { readonly because: string; readonly hint: string })[] = [
  {
    code: "ProxyPasswordMissing",
    message: "the proxy http://proxy:3128 asks for a user and a password (407)",
    fix: PROXY_FIX,
    hint: PROXY_FIX,
    because: "a proxy asks for a password",
  },
  {
    code: "AccessDenied",
    message: "iam:ListRoles is denied by a service control policy",
    denial: { action: "iam:ListRoles", deniedBy: "service control policy", how: "explicit", fix: SCP_FIX },
    hint: SCP_FIX,
    because: "a service control policy denies a read",
  },
  {
    code: "AccessDenied",
    message: "not authorized to perform: sts:AssumeRole",
    hint: "grantkeeper doctor --account prod",
    because: "the account left the organization that its trust policy requires",
  },
];

test.each(READS)("status, log and alert name cause and fix, and the others go on: $because", async (row) => {
  const { because: _, hint, ...facts } = row;
  const error: AwsError = awsError("circuit", facts);
  fake.cloud.account(PROD as AccountId).readError = error;
  const before = fake.cloud.account(DEV as AccountId).sweeps.length;

  for (let minute = 0; minute < 30; minute += 1) await fake.clock.pass(MINUTE_MS);

  const { accounts } = await fake.control.overview();
  const failing = accounts.find(({ name }) => name === "prod")?.record?.failing;
  expect(failing).toMatchObject({ reason: error.message });
  expect(failing?.fix ?? hint).toBe(hint);
  expect(fake.telemetry.lines).toContainEqual(
    expect.objectContaining({
      level: "error",
      text: "pass failed",
      fields: expect.objectContaining({ account: "prod", reason: error.message, hint }),
    }),
  );
  expect(fake.recorder.alerts).toContainEqual(
    expect.objectContaining({
      kind: "account-unreadable",
      account: "prod",
      reason: error.message,
      fix: hint,
    }),
  );
  expect(fake.cloud.account(DEV as AccountId).sweeps.length).toBeGreaterThan(before);
});
