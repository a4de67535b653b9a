import { expect, test } from "@jest/globals";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import { pushQueues } from "../../../../src/workbench/bootstrap/push-queues.ts";
import { templateErrors } from "../../../support/screens/bootstrap.ts";

const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:pushes";
const sources = [
  { kind: "queue", arn: QUEUE, repository: "permissions" },
  { kind: "queue", arn: QUEUE, repository: "orders" },
  { kind: "role", roleArn: "arn:aws:iam::111122223333:role/reader" },
] as const;

test("a queue has one template: the rule of its repositories alone may send", () => {
  const found = pushQueues({ sources, baseRole: "arn:aws:iam::111122223333:role/base" });

  expect(found).toMatchObject([
    {
      queueArn: QUEUE,
      template: {
        Resources: {
          Queue: { Properties: { QueueName: "pushes", SqsManagedSseEnabled: true } },
          Rule: {
            Properties: {
              Name: "pushes",
              EventPattern: {
                source: ["aws.codecommit"],
                resources: [
                  "arn:aws:codecommit:eu-central-1:111122223333:permissions",
                  "arn:aws:codecommit:eu-central-1:111122223333:orders",
                ],
              },
            },
          },
        },
      },
    },
  ]);
  expect(statementsOf(found)).toEqual([
    {
      Sid: "OnlyTheRuleSends",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: QUEUE,
      Condition: {
        ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/pushes" },
      },
    },
  ]);
});

test("a base role of another account may read, because the queue has to allow it", () => {
  const baseRole = "arn:aws:iam::999900001111:role/base";

  expect(statementsOf(pushQueues({ sources, baseRole }))).toMatchObject([
    { Sid: "OnlyTheRuleSends" },
    {
      Sid: "TheBaseReads",
      Principal: { AWS: baseRole },
      Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      Resource: QUEUE,
    },
  ]);
});

test.each(["111122223333", "999900001111"])(
  "the template is one that CloudFormation accepts, with the base role in account %s",
  async (account) => {
    const [found] = pushQueues({ sources, baseRole: `arn:aws:iam::${account}:role/base` });

    const template = found?.template as CloudFormationTemplate;
    expect(Object.keys(template.Resources)).toEqual(["Queue", "QueuePolicy", "Rule"]);
    expect(await templateErrors(template)).toEqual([]);
  },
);

test("a property that CloudFormation does not have is found in each resource", async () => {
  const [found] = pushQueues({ sources, baseRole: "arn:aws:iam::111122223333:role/base" });
  const template = found?.template as CloudFormationTemplate;
  const wrong = Object.entries(template.Resources).map(([name, resource]) => ({
    [name]: { ...resource, Properties: { ...(resource["Properties"] as object), Unknown: "" } },
  }));

  for (const Resources of wrong) {
    expect(await templateErrors({ ...template, Resources })).not.toEqual([]);
  }
  expect(wrong).toHaveLength(3);
});

test("without a queue there is no template", () => {
  expect(pushQueues({ sources: [], baseRole: "arn:aws:iam::999900001111:role/base" })).toEqual([]);
});

function statementsOf(found: ReturnType<typeof pushQueues>): unknown {
  const [template] = found.map((one) => one.template);
  const { Resources } = template as {
    readonly Resources: {
      readonly QueuePolicy: {
        readonly Properties: { readonly PolicyDocument: { readonly Statement: unknown } };
      };
    };
  };
  return Resources.QueuePolicy.Properties.PolicyDocument.Statement;
}
