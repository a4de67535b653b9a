import { apigateway, cognito, events, iot, logs, s3, sns } from "./aws-services.ts";
import type { CallerEntry } from "./entry.ts";
import { account, functionUrl, organization } from "./principals.ts";

/** Every caller of this version, by its key in `invokedBy`. */
export const CALLERS = {
  s3,
  sns,
  events,
  apigateway,
  logs,
  cognito,
  iot,
  account,
  organization,
  functionUrl,
} as const;

/** The entries under one type, for code that handles all callers in the same way. */
export const CALLER_ENTRIES: readonly CallerEntry[] = Object.values(
  CALLERS,
) as readonly unknown[] as readonly CallerEntry[];

/** Services that are not callers: Lambda itself polls them, with the function's own role. */
export const NOT_CALLERS: Readonly<Record<string, string>> = {
  sqs: "Lambda polls the queue with the function's role: under grants, write sqs: {queue: NAME, allow: [consume]}",
  kinesis:
    "Lambda polls the stream with the function's role: under grants, write kinesis: {stream: NAME, allow: [read]}",
  dynamodb:
    "Lambda polls the stream with the function's role: under grants, write dynamodb: {table: NAME, allow: [stream]}",
  scheduler: "the schedule's own role calls the function: give that role lambda:InvokeFunction",
};
