import { arnParts } from "../../model/aws/arn.ts";

/** Only the rule sends. A base role of another account needs the permission of the queue, too. */
export function queuePolicy(
  queueArn: string,
  { rule, baseRole }: { readonly rule: string; readonly baseRole: string },
) {
  const { partition, region, accountId } = arnParts(queueArn);
  const send = {
    Sid: "OnlyTheRuleSends",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: {
      ArnEquals: { "aws:SourceArn": `arn:${partition}:events:${region}:${accountId}:rule/${rule}` },
    },
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
