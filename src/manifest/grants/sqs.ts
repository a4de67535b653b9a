import { resourceGrant } from "./resource-grant.ts";
import type { ResourceKind } from "../fields/resource.ts";

export const QUEUE: ResourceKind = {
  what: "an SQS queue",
  service: "sqs",
  prefix: "",
  name: "[a-zA-Z0-9_-]{1,80}(?:\\.fifo)?",
  example: "orders-events",
};

export const sqs = resourceGrant({
  grant: "sqs",
  field: "queue",
  kind: QUEUE,
  verbs: {
    send: {
      allows: "send messages",
      leavesOut: null,
      actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
      keyActions: ["Decrypt", "GenerateDataKey"],
    },
    consume: {
      allows: "receive and delete messages, also by an event source mapping",
      leavesOut: "consume has no PurgeQueue",
      actions: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
      ],
      keyActions: ["Decrypt"],
    },
  },
  serviceVerbs: ["consume"],
  exact: {
    examples: [{ queue: "orders-events", allow: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] }],
  },
  examples: [{ queue: "orders-events", allow: ["send", "consume"], kmsKey: "alias/orders" }],
});
