import { z } from "zod";
import { BUCKET } from "../grants/s3.ts";
import { TOPIC } from "../grants/sns.ts";
import { resourceArn, resourceField } from "../fields/resource.ts";
import { plainText, templateText, type TextSyntax } from "../fields/field.ts";
import { ACCOUNT_ID, LOG_GROUP } from "../fields/names.ts";
import { invoke, sourceArn, callerEntry } from "./entry.ts";

export const s3 = callerEntry({
  caller: "s3",
  allows: "a bucket's notifications; `account` for a bucket of another account",
  fields: z.strictObject({ bucket: resourceField(BUCKET), account: plainText(ACCOUNT_ID).optional() }),
  examples: [{ bucket: "orders-uploads", account: "444455556666" }, { bucket: "orders-uploads" }],
  expand: ({ bucket, account }, place) => [
    // A bucket's ARN contains no account: if the owner deletes the bucket, the next owner of the name could call.
    invoke("s3.amazonaws.com", {
      SourceArn: resourceArn(BUCKET, bucket, place),
      SourceAccount: account ?? place.accountId,
    }),
  ],
});

export const sns = callerEntry({
  caller: "sns",
  allows: "a topic's subscription",
  fields: z.strictObject({ topic: resourceField(TOPIC) }),
  examples: [{ topic: "orders-placed" }],
  expand: ({ topic }, place) => [
    invoke("sns.amazonaws.com", { SourceArn: resourceArn(TOPIC, topic, place) }),
  ],
});

const RULE: TextSyntax = {
  what: "an EventBridge rule's name",
  pattern: /^[.\-_A-Za-z0-9]{1,64}$/,
  example: "nightly",
};
const BUS: TextSyntax = { what: "an event bus's name", pattern: /^[a-zA-Z0-9_./-]{1,256}$/, example: "main" };

export const events = callerEntry({
  caller: "events",
  allows: "a rule of EventBridge, on the default bus or on `bus`",
  fields: z.strictObject({ rule: templateText(RULE), bus: templateText(BUS).optional() }),
  examples: [{ rule: "order-placed", bus: "main" }, { rule: "nightly" }],
  expand: ({ rule, bus }, place) => {
    const name = bus === undefined || bus === "default" ? rule : `${bus}/${rule}`;
    return [invoke("events.amazonaws.com", { SourceArn: sourceArn("events", `rule/${name}`, place) })];
  },
});

export const logs = callerEntry({
  caller: "logs",
  allows: "a log group's subscription filter",
  fields: z.strictObject({ group: templateText(LOG_GROUP) }),
  examples: [{ group: "/aws/lambda/orders-api" }],
  expand: ({ group }, place) => [
    invoke("logs.amazonaws.com", {
      SourceArn: sourceArn("logs", `log-group:${group}:*`, place),
      SourceAccount: place.accountId,
    }),
  ],
});

const POOL: TextSyntax = {
  what: "a user pool's id or ARN",
  pattern:
    /^([\w-]+_[0-9a-zA-Z]{1,55}|arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]{1,55})$/,
  example: "eu-west-1_AbCdEfGhI",
};

export const cognito = callerEntry({
  caller: "cognito",
  allows: "a user pool's triggers",
  fields: z.strictObject({ userPool: templateText(POOL) }),
  examples: [
    { userPool: "eu-west-1_AbCdEfGhI" },
    { userPool: "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI" },
  ],
  expand: ({ userPool }, place) => [
    invoke("cognito-idp.amazonaws.com", {
      SourceArn: userPool.startsWith("arn:")
        ? userPool
        : sourceArn("cognito-idp", `userpool/${userPool}`, place),
    }),
  ],
});
