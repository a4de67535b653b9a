import { arnParts } from "../../model/aws/arn.ts";

interface QueueUse {
  /** Their names. */
  readonly rules: readonly [string, ...string[]];
  readonly baseRole: string;
}

/** Only the rules send. A base role of another account needs the permission of the queue, too. */
export function queuePolicy(queueArn: string, { rules, baseRole }: QueueUse) {
  const { partition, region, accountId } = arnParts(queueArn);
  const arns = rules.map((rule) => `arn:${partition}:events:${region}:${accountId}:rule/${rule}`);
  const [only, ...others] = arns;
  const send = {
    Sid: "OnlyTheRuleSends",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": others.length === 0 ? only : arns } },
  };
  if (arnParts(baseRole).accountId === accountId) return [send];
  const read = {
    Sid: "TheBaseReads",
    Effect: "Allow",
    Principal: { AWS: baseRole },
    Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    Resource: queueArn,
  };
  return [send, read];
}
