import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { DenialsReport } from "../../../src/workbench/denials/report.ts";
import { changeMessage } from "../../support/aws/change-message.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";

let asked: AskedController;
beforeEach(async () => {
  asked = await AskedController.start();
});
afterEach(() => asked.stop());

const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${ASKED_ACCOUNT}/jobs`;

function deniedCall(eventName: string, requestParameters: object): string {
  const role = asked.role().arn;
  return changeMessage({
    envelope: { source: "aws.sqs", account: ASKED_ACCOUNT, region: "eu-west-1" },
    record: {
      eventID: `e-${eventName}`,
      eventSource: "sqs.amazonaws.com",
      eventName,
      awsRegion: "eu-west-1",
      errorCode: "AccessDenied",
      eventTime: new Date(asked.fake.clock.nowMs()).toISOString(),
      requestParameters,
      recipientAccountId: ASKED_ACCOUNT,
      userIdentity: {
        type: "AssumedRole",
        principalId: "AROAEXAMPLE:a",
        accountId: ASKED_ACCOUNT,
        sessionContext: { sessionIssuer: { type: "Role", arn: role } },
      },
    },
  });
}

test("denials --server shows the denied calls that the queue delivered, with the controller's lines; describe too", async () => {
  await asked.fake.changes.receive(
    [deniedCall("SendMessage", { queueUrl: QUEUE_URL }), deniedCall("ListQueues", {})],
    new Set([ASKED_ACCOUNT]),
  );

  const { out, err } = await asked.run(["denials", "-o", "json"], {});

  expect(err).toBe("");
  const { functions, trail } = JSON.parse(out) as DenialsReport;
  expect(trail).toBeNull();
  const requests = functions.flatMap((one) => one.requests);
  expect(requests).toMatchObject([
    { action: "sqs:ListQueues", verdict: "unknown" },
    { action: "sqs:SendMessage", verdict: "suggested", lines: { file: "teams/orders/a.yaml" } },
  ]);
  const described = await asked.run(["describe", "orders/a"], {});
  expect(described.out).toContain("DENIED in the last 24h: 2 requests\n");
  await asked.sweep();
  expect(asked.fake.store.accountRecords.get(ASKED_ACCOUNT)?.denials).toMatchObject([
    { requests: [{ calls: 1 }, { calls: 1 }] },
  ]);
  const other = await asked.run(["denials", "-n", "payments"], { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } });
  expect(other.out).toMatch(
    /^No denied calls of functions found\nnote: {2}this does not show that there were none: /,
  );
});
