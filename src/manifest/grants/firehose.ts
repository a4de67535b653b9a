import { resourceGrant } from "./resource-grant.ts";

export const firehose = resourceGrant({
  grant: "firehose",
  field: "deliveryStream",
  kind: {
    what: "a Firehose delivery stream",
    service: "firehose",
    prefix: "deliverystream/",
    name: "[a-zA-Z0-9_.-]{1,64}",
    example: "clicks-to-s3",
  },
  verbs: {
    put: {
      allows: "put records into the delivery stream",
      leavesOut: "Firehose writes to its destination with a role of its own",
      actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
    },
  },
  examples: [{ deliveryStream: "clicks-to-s3", allow: ["put"] }],
});
