import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { DenialsReport } from "../../../src/workbench/denials/report.ts";
import { changeMessage } from "../../support/aws/change-message.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import { manifests } from "../../support/fakes/fake-controller.ts";
import { git } from "../../support/git/git-repository.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";
import { writeManifests } from "../../support/screens/plan-command.ts";

const GRANT = "    - dynamodb: { table: orders, allow: [read] }\n";
const FILES = manifests({ a: `  grants:\n${GRANT}` });
let asked: AskedController;
beforeEach(async () => {
  asked = await AskedController.start(FILES);
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

test("denials --server --branch commits exactly the lines that no rule refuses, and leaves the work tree as it is", async () => {
  const root = await mkdtemp(join(tmpdir(), "gk-denials-"));
  try {
    await writeManifests(root, FILES);
    await git(root, ["init", "--quiet"]);
    await git(root, ["add", "."]);
    await git(root, ["commit", "--quiet", "-m", "manifests"]);
    await writeFile(join(root, "notes.txt"), "not committed");
    const treeOf = (): Promise<string[]> =>
      Promise.all(
        [
          ["status", "--porcelain"],
          ["diff", "HEAD"],
          ["symbolic-ref", "HEAD"],
        ].map((args) => git(root, args)),
      );
    const before = await treeOf();
    const elsewhere = QUEUE_URL.replace(ASKED_ACCOUNT, "999999999999");
    await asked.fake.changes.receive(
      [
        deniedCall("SendMessage", { queueUrl: QUEUE_URL }),
        deniedCall("ReceiveMessage", { queueUrl: elsewhere }),
      ],
      new Set([ASKED_ACCOUNT]),
    );

    const argv = ["denials", "--branch", "allow-denied", "--dir", root];
    const { out, err } = await asked.run([...argv, "-o", "json"]);

    expect(err).toBe("");
    const { functions, branch } = JSON.parse(out) as DenialsReport;
    expect(functions.flatMap(({ requests }) => requests)).toMatchObject([
      {
        action: "sqs:ReceiveMessage",
        verdict: "refused",
        because: expect.stringContaining("RES-005"),
        isMerged: false,
      },
      { action: "sqs:SendMessage", verdict: "suggested", isMerged: true },
    ]);
    expect(branch).toMatchObject({
      name: "allow-denied",
      commits: [{ namespace: "orders", files: ["teams/orders/a.yaml"] }],
    });
    const text = FILES["teams/orders/a.yaml"] ?? "";
    expect(await git(root, ["show", "allow-denied:teams/orders/a.yaml"])).toBe(
      text.replace(GRANT, `${GRANT}    - sqs: { queue: jobs, allow: [send] }\n`),
    );
    expect(await git(root, ["diff", "--name-only", "main", "allow-denied"])).toBe("teams/orders/a.yaml\n");
    expect(await treeOf()).toEqual(before);
  } finally {
    await rm(root, { recursive: true });
  }
});
