import { z } from "zod";
import { listOf, pushIssue, templateText } from "../fields/field.ts";
import { allow, type Expansion, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const STREAM: ResourceKind = {
  what: "a Kinesis stream",
  service: "kinesis",
  prefix: "stream/",
  name: "[a-zA-Z0-9_.-]{1,128}",
  example: "clicks",
};

const fields = z
  .strictObject({
    stream: resourceField(STREAM),
    allow: listOf(z.enum(["put", "read"])),
    consumer: templateText({
      what: "a stream consumer's name",
      pattern: /^[a-zA-Z0-9_.-]{1,128}$/,
      example: "search",
    }).optional(),
    kmsKey: kmsKeyField().optional(),
  })
  .check((context) => {
    const { consumer, allow: verbs } = context.value;
    if (consumer === undefined || verbs.includes("read")) return;
    pushIssue(context, ["consumer"], {
      message: "a consumer reads: allow has no read",
      fix: "allow: [read], or leave out consumer",
    });
  });

type KinesisFields = z.infer<typeof fields>;

const KEY_ACTIONS = {
  put: ["GenerateDataKey"],
  read: ["Decrypt"],
} as const satisfies Record<KinesisFields["allow"][number], readonly ("Decrypt" | "GenerateDataKey")[]>;

export const kinesis = grantEntry({
  grant: "kinesis",
  fields,
  verbs: {
    put: { allows: "put records", leavesOut: null },
    read: { allows: "read records, also by an event source mapping", leavesOut: null },
  },
  serviceVerbs: ["read"],
  exact: { needs: { DescribeStreamConsumer: "consumer", SubscribeToShard: "consumer" } },
  regionalFields: ["stream", "kmsKey"],
  examples: [
    { stream: "clicks", allow: ["put", "read"], consumer: "search", kmsKey: "alias/clicks" },
    { stream: "clicks", allow: ["read"] },
  ],
  expand: (grant, place) => {
    const stream = resourceArn(STREAM, grant.stream, place);
    return grant.allow.flatMap((verb) => [
      ...EXPAND[verb](grant, stream),
      ...companion({ verb, actions: KEY_ACTIONS[verb], service: "kinesis" }, grant.kmsKey, place),
    ]);
  },
});

const EXPAND: Readonly<
  Record<KinesisFields["allow"][number], (grant: KinesisFields, stream: string) => readonly Expansion[]>
> = {
  put: (_grant, stream) => [
    allow("put", ["kinesis:DescribeStreamSummary", "kinesis:PutRecord", "kinesis:PutRecords"], [stream]),
  ],
  read: (grant, stream) => [
    allow(
      "read",
      [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      [stream],
    ),
    ...(grant.consumer === undefined ? [] : [consume(stream, grant.consumer)]),
  ],
};

/** A consumer's ARN ends with its creation time, which is unknown in advance. */
function consume(stream: string, consumer: string): Expansion {
  const actions = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"];
  return allow("read", actions, [`${stream}/consumer/${consumer}:*`]);
}
