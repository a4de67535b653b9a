import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, type GrantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const DELIVERY_STREAM: ResourceKind = {
  what: "a Firehose delivery stream",
  service: "firehose",
  scope: "region-and-account",
  prefix: "deliverystream/",
  name: "[a-zA-Z0-9_.-]{1,64}",
  example: "clicks-to-s3",
};

const fields = z.strictObject({
  deliveryStream: resourceField(DELIVERY_STREAM),
  allow: listOf(z.enum(["put"])),
});

export const firehose: GrantEntry<z.infer<typeof fields>> = {
  grant: "firehose",
  fields,
  verbs: {
    put: {
      allows: "put records into the delivery stream",
      leavesOut: "Firehose writes to its destination with a role of its own",
    },
  },
  regionalFields: ["deliveryStream"],
  needsRegion: false,
  examples: [{ deliveryStream: "clicks-to-s3", allow: ["put"] }],
  expand: (grant, place) => [
    allow(
      "put",
      ["firehose:PutRecord", "firehose:PutRecordBatch"],
      [resourceArn(DELIVERY_STREAM, grant.deliveryStream, place)],
    ),
  ],
};
