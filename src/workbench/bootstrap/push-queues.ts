import { arnParts } from "../../model/aws/arn.ts";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import { queuePolicy } from "./queue-policy.ts";

/** What sends the pushes of a repository to a queue, for the account and region of both. */
export interface PushQueue {
  readonly queueArn: string;
  /** A template of CloudFormation: the queue, its policy and the rule of EventBridge. */
  readonly template: unknown;
}

/** A message that no one reads is of no use later: the source is fetched at its interval. */
const RETENTION_SECONDS = 3_600;

export function pushQueues({
  sources,
  baseRole,
}: Pick<OwnRoleSettings, "sources" | "baseRole">): readonly PushQueue[] {
  const queues = sources.filter((one) => one.kind === "queue");
  const byArn = Map.groupBy(queues, ({ arn }) => arn);
  return [...byArn].map(([queueArn, ofQueue]) => {
    const { partition, region, accountId } = arnParts(queueArn);
    const repositories = [...new Set(ofQueue.map(({ repository }) => repository))].map(
      (name) => `arn:${partition}:codecommit:${region}:${accountId}:${name}`,
    );
    return { queueArn, template: templateOf(queueArn, repositories, baseRole) };
  });
}

function templateOf(queueArn: string, repositories: readonly string[], baseRole: string) {
  const { resource: name } = arnParts(queueArn);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Pushes to CodeCommit for Grantkeeper (${name})`,
    Resources: {
      Queue: {
        Type: "AWS::SQS::Queue",
        Properties: {
          QueueName: name,
          MessageRetentionPeriod: RETENTION_SECONDS,
          SqsManagedSseEnabled: true,
        },
      },
      QueuePolicy: {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "Queue" }],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: queuePolicy(queueArn, { rules: [name], baseRole }),
          },
        },
      },
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: name,
          EventPattern: {
            source: ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            resources: repositories,
            detail: { event: ["referenceCreated", "referenceUpdated", "referenceDeleted"] },
          },
          Targets: [{ Id: "queue", Arn: { "Fn::GetAtt": ["Queue", "Arn"] } }],
        },
      },
    },
  };
}
