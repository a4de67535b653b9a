import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

export const TOPIC: ResourceKind = {
  what: "an SNS topic",
  service: "sns",
  prefix: "",
  name: "[a-zA-Z0-9_-]{1,256}(?:\\.fifo)?",
  example: "orders-placed",
};

export const sns = grantEntry({
  grant: "sns",
  fields: z.strictObject({
    topic: resourceField(TOPIC),
    allow: listOf(z.enum(["publish"])),
    kmsKey: kmsKeyField().optional(),
  }),
  verbs: { publish: { allows: "publish to the topic", leavesOut: "publish has no Subscribe" } },
  regionalFields: ["topic", "kmsKey"],
  examples: [{ topic: "orders-placed", allow: ["publish"], kmsKey: "alias/orders" }],
  expand: (grant, place) => [
    allow("publish", ["sns:Publish"], [resourceArn(TOPIC, grant.topic, place)]),
    ...companion(
      { verb: "publish", actions: ["Decrypt", "GenerateDataKey"], service: "sns" },
      grant.kmsKey,
      place,
    ),
  ],
});
