import { arnParts } from "../../model/aws/arn.ts";
import type { SourceAccess } from "../../model/aws/own-roles.ts";
import { sortedSet } from "../../text/order.ts";
import type { QueueCall } from "../calls/calls.ts";
import type { OwnStatement } from "./facts.ts";

const READ_QUEUE = [
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ReceiveMessage",
] as const satisfies readonly QueueCall[];

/** What the base role does by itself: pull repositories of its own account, assume the roles that pull others, read queues. */
export function sourceStatements(access: readonly SourceAccess[], baseRole: string): readonly OwnStatement[] {
  if (access.length === 0) return [];
  const { partition, accountId } = arnParts(baseRole);
  const repositories = access.flatMap((one) =>
    one.kind === "repository" && one.partition === partition
      ? [`arn:${partition}:codecommit:${one.region}:${accountId}:${one.name}`]
      : [],
  );
  const roles = access.flatMap((one) =>
    one.kind === "role" && arnParts(one.roleArn).partition === partition ? [one.roleArn] : [],
  );
  const queues = access.flatMap((one) =>
    one.kind === "queue" && arnParts(one.arn).partition === partition ? [one.arn] : [],
  );
  const changeQueues = access.flatMap((one) =>
    one.kind === "change-queue" && arnParts(one.arn).partition === partition ? [one.arn] : [],
  );
  return [
    allowed("PullRepositories", ["codecommit:GitPull"], repositories),
    allowed("RolesOfRepositories", ["sts:AssumeRole"], roles),
    allowed("ReadPushQueues", READ_QUEUE, queues),
    allowed("ReadChangeQueues", READ_QUEUE, changeQueues),
  ].filter(({ Resource }) => Resource.length > 0);
}

function allowed(sid: string, actions: readonly string[], resources: readonly string[]) {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: sortedSet(resources) } as const;
}
