import { resourceGrant } from "./resource-grant.ts";
import type { ResourceKind } from "../fields/resource.ts";

export const TOPIC: ResourceKind = {
  what: "an SNS topic",
  service: "sns",
  prefix: "",
  name: "[a-zA-Z0-9_-]{1,256}(?:\\.fifo)?",
  example: "orders-placed",
};

export const sns = resourceGrant({
  grant: "sns",
  field: "topic",
  kind: TOPIC,
  verbs: {
    publish: {
      allows: "publish to the topic",
      leavesOut: "publish has no Subscribe",
      actions: ["sns:Publish"],
      keyActions: ["Decrypt", "GenerateDataKey"],
    },
  },
  examples: [{ topic: "orders-placed", allow: ["publish"], kmsKey: "alias/orders" }],
});
