import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import { CLOCK } from "../support/installation/compose.ts";
import {
  estate,
  fileOf,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { changeMessage } from "../support/aws/change-message.ts";
import { accountText } from "../support/manifests.ts";

const STAGING = "333333333333";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const ALL_ORDERS = WRITE_ORDERS.replace("write", "write, delete");
const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: staging-first}
spec:
  accounts: [prod]
  after: {accounts: [staging], verifiedFor: 30m}
`;

function filesWith(spec: string): Files {
  const [text = ""] = Object.values(functions(["a"], spec));
  const accounts = `${accountText("staging", STAGING)}---\n${accountText("prod", PROD)}`;
  return estate({ [fileOf("a")]: text.replace("[prod]", "[staging, prod]") }, accounts);
}

let aheadMs = 0;
const clock: Clock = { ...CLOCK, nowMs: () => CLOCK.nowMs() + aheadMs };

let installation: Installation;
beforeEach(async () => {
  aheadMs = 0;
  installation = await Installation.start({ files: filesWith(READ_ORDERS), clock });
});
afterEach(() => installation.stop());

const roleIn = (account: string) => installation.world.accounts[account]?.iam.roles[roleNameOf("a")];
const mayWrite = (account: string): boolean =>
  roleIn(account)?.inline["grantkeeper"]?.includes("dynamodb:PutItem") === true;

/** With a read of both accounts then, and what follows from it. */
async function afterMinutes(minutes: number): Promise<boolean> {
  aheadMs += minutes * 60_000;
  await installation.look();
  await installation.look();
  return mayWrite(PROD);
}

const reasons = async (): Promise<readonly string[]> =>
  (await installation.holds()).map(({ reason }) => reason);

test("a change reaches prod only after staging matched Git for the time, which drift in staging starts again", async () => {
  await installation.converge();
  await installation.push({ ...filesWith(WRITE_ORDERS), "platform/window.yaml": WINDOW });
  await installation.settled();
  const first = [mayWrite(STAGING), mayWrite(PROD)];

  // The time is over, but the read that would let prod go on finds drift, which AWS does not let us revert yet.
  const kind = { kind: "error", code: "ServiceFailureException", message: "no", status: 500 } as const;
  const fault = { service: "iam", operation: "DetachRolePolicy", kind } as const;
  installation.simulator.addFault(fault);
  const { iam } = installation.consoleOf(STAGING);
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyArn: ADMINISTRATOR }));
  const drifted = [await afterMinutes(40), await reasons()];

  installation.simulator.clearFaults();
  const reverted = [await afterMinutes(20), roleIn(STAGING)?.attached];
  const unverified = await afterMinutes(20);
  const verified = await afterMinutes(20);

  expect(first).toEqual([true, false]);
  expect(drifted).toEqual([
    false,
    ["waits for account staging (change window staging-first): orders/a@staging/eu-west-1 differs from Git"],
  ]);
  expect([reverted, unverified, verified]).toEqual([[false, []], false, true]);
  expect(await reasons()).toEqual([]);
}, 60_000);

/** The queue delivers that AWS denied a call of a function in staging. */
async function denied(eventName: string, role: string): Promise<void> {
  const record = {
    eventID: `${eventName}-${role}-${clock.nowMs()}`,
    eventSource: "dynamodb.amazonaws.com",
    eventName,
    awsRegion: "eu-west-1",
    errorCode: "AccessDenied",
    eventTime: new Date(clock.nowMs()).toISOString(),
    requestParameters: { tableName: "orders" },
    recipientAccountId: STAGING,
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLE:a",
      accountId: STAGING,
      sessionContext: {
        sessionIssuer: { type: "Role", arn: `arn:aws:iam::${STAGING}:role/grantkeeper/${role}` },
      },
    },
  };
  const envelope = { source: "aws.dynamodb", account: STAGING, region: "eu-west-1" };
  await installation.changes.receive([changeMessage({ envelope, record })], new Set([STAGING]));
}

test("a denied call of a function in staging after its change keeps prod back until Git corrects it", async () => {
  await installation.converge();
  aheadMs += 60_000;
  await denied("Scan", roleNameOf("a"));
  aheadMs += 60_000;
  await installation.push({ ...filesWith(WRITE_ORDERS), "platform/window.yaml": WINDOW });
  await installation.settled();
  aheadMs += 60_000;
  await denied("DeleteItem", roleNameOf("unknown"));
  const released = [await afterMinutes(40), await reasons()];

  await installation.push({ ...filesWith(READ_ORDERS), "platform/window.yaml": WINDOW });
  await installation.settled();
  aheadMs += 60_000;
  await denied("PutItem", roleNameOf("a"));
  const stopped = [await afterMinutes(40), await reasons()];
  await installation.push({ ...filesWith(ALL_ORDERS), "platform/window.yaml": WINDOW });
  await installation.settled();
  const mayDelete = () => roleIn(PROD)?.inline["grantkeeper"]?.includes("dynamodb:DeleteItem");
  await afterMinutes(10);
  const early = mayDelete();
  await afterMinutes(30);

  expect(released).toEqual([true, []]);
  expect(stopped).toEqual([
    true,
    [
      "waits for account staging (change window staging-first): orders/a@staging/eu-west-1 was denied dynamodb:PutItem by AWS after its change",
    ],
  ]);
  expect([early, mayDelete(), await reasons()]).toEqual([false, true, []]);
}, 60_000);
