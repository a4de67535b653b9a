import { describe, expect, test } from "@jest/globals";
import { PROD, suggestFor, manifest } from "./suggest-scene.ts";

describe("the log group that a function needs", () => {
  test.each([
    { logs: "{groupPrefix: /aws/lambda/orders-prod}", groups: ["/aws/lambda/orders-prod-api"] },
    { logs: "{group: /aws/lambda/orders-prod-worker}", groups: [] },
    { logs: "false", groups: [] },
  ])("is $groups instead of logs: $logs", ({ logs, groups }) => {
    const found = suggestFor(manifest(`  function: orders-prod-api\n  logs: ${logs}\n`), { services: {} });

    expect(found.manifests[0]?.ownLogGroups).toEqual(groups);
  });
});

test("the log groups that several functions need are those of all of them", () => {
  const spec = '  function: "orders-prod-${region}"\n  logs: {groupPrefix: /aws/lambda/orders-prod}\n';

  const found = suggestFor(manifest(spec, "api", "eu-west-1, us-east-1"), { services: {} });

  expect(found.manifests[0]?.ownLogGroups).toEqual([
    "/aws/lambda/orders-prod-eu-west-1",
    "/aws/lambda/orders-prod-us-east-1",
  ]);
});

describe("the nearest grants of a manifest's statements", () => {
  test("are listed with what they drop, without evidence", () => {
    const spec = `  statements:
    - reason: from before
      statement: {Effect: Allow, Action: ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:PurgeQueue"], Resource: "arn:aws:sqs:eu-west-1:${PROD}:orders"}
`;

    const found = suggestFor(manifest(spec), { services: {} });

    expect(found.manifests[0]?.nearest).toEqual([
      {
        path: "spec.statements[0].statement",
        nearest: {
          grants: [{ grant: "sqs", fields: { queue: "orders", allow: ["GetQueueUrl", "SendMessage"] } }],
          drops: ["sqs:PurgeQueue"],
          dropsInPart: [],
        },
      },
    ]);
  });
});
