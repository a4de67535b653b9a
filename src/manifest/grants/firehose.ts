import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const DELIVERY_STREAM: ResourceKind = {
  what: "a Firehose delivery stream",
  service: "firehose",
  prefix: "deliverystream/",
  name: "[a-zA-Z0-9_.-]{1,64}",
  example: "clicks-to-s3",
};

export const firehose = grantEntry({
  grant: "firehose",
  fields: z.strictObject({
    deliveryStream: resourceField(DELIVERY_STREAM),
    allow: listOf(z.enum(["put"])),
  }),
  verbs: {
    put: {
      allows: "put records into the delivery stream",
      leavesOut: "Firehose writes to its destination with a role of its own",
    },
  },
  regionalFields: ["deliveryStream"],
  examples: [{ deliveryStream: "clicks-to-s3", allow: ["put"] }],
  expand: (grant, place) => [
    allow(
      "put",
      ["firehose:PutRecord", "firehose:PutRecordBatch"],
      [resourceArn(DELIVERY_STREAM, grant.deliveryStream, place)],
    ),
  ],
});
