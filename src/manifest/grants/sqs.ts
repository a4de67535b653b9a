import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

export const QUEUE: ResourceKind = {
  what: "an SQS queue",
  service: "sqs",
  prefix: "",
  name: "[a-zA-Z0-9_-]{1,80}(?:\\.fifo)?",
  example: "orders-events",
};

const fields = z.strictObject({
  queue: resourceField(QUEUE),
  allow: listOf(z.enum(["send", "consume"])),
  kmsKey: kmsKeyField().optional(),
});

type Fields = z.infer<typeof fields>;

const ACTIONS = {
  send: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
  consume: [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
  ],
} as const satisfies Record<Fields["allow"][number], readonly string[]>;

const KEY_ACTIONS = {
  send: ["Decrypt", "GenerateDataKey"],
  consume: ["Decrypt"],
} as const satisfies Record<Fields["allow"][number], readonly ("Decrypt" | "GenerateDataKey")[]>;

export const sqs = grantEntry({
  grant: "sqs",
  fields,
  verbs: {
    send: { allows: "send messages", leavesOut: null },
    consume: {
      allows: "receive and delete messages, also by an event source mapping",
      leavesOut: "consume has no PurgeQueue",
    },
  },
  serviceVerbs: ["consume"],
  regionalFields: ["queue", "kmsKey"],
  examples: [{ queue: "orders-events", allow: ["send", "consume"], kmsKey: "alias/orders" }],
  expand: (grant, place) =>
    grant.allow.flatMap((verb) => [
      allow(verb, ACTIONS[verb], [resourceArn(QUEUE, grant.queue, place)]),
      ...companion({ verb, actions: KEY_ACTIONS[verb], service: "sqs" }, grant.kmsKey, place),
    ]),
});
