import { z } from "zod";
import { pushIssue } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField } from "../fields/resource.ts";
import { TOPIC } from "./sns.ts";
import { QUEUE } from "./sqs.ts";

const fields = z
  .strictObject({
    queue: resourceField(QUEUE).optional(),
    topic: resourceField(TOPIC).optional(),
    kmsKey: kmsKeyField().optional(),
  })
  .check((context) => {
    const { queue, topic } = context.value;
    if ((queue === undefined) !== (topic === undefined)) return;
    pushIssue(context, [], {
      message: "dlq takes either queue or topic",
      fix: "write one of them, and an entry for each further target",
    });
  });

export const dlq = grantEntry({
  grant: "dlq",
  fields,
  verbs: {
    send: {
      allows:
        "Lambda send failed events to the function's dead-letter queue or topic, or the results of asynchronous calls to a destination",
      leavesOut: "for messages of the code itself: sqs with allow: [send], or sns with allow: [publish]",
    },
  },
  // Lambda sends these messages when the code has failed, so they carry no source function.
  serviceVerbs: ["send"],
  regionalFields: ["queue", "topic", "kmsKey"],
  examples: [{ queue: "orders-failed", kmsKey: "alias/orders" }, { topic: "orders-failed" }],
  expand: ({ queue, topic, kmsKey }, place) => {
    const target =
      queue === undefined
        ? allow("send", ["sns:Publish"], [resourceArn(TOPIC, String(topic), place)])
        : allow("send", ["sqs:SendMessage"], [resourceArn(QUEUE, queue, place)]);
    const service = queue === undefined ? "sns" : "sqs";
    const keyUse = { verb: "send", actions: ["Decrypt", "GenerateDataKey"], service } as const;
    return [target, ...companion(keyUse, kmsKey, place)];
  },
});
