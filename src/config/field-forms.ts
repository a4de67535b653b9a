import { z } from "zod";
import { parseQueueUrl } from "../model/aws/queue-url.ts";
import { parseDurationMs } from "../model/values/duration.ts";
import type { Result } from "../model/values/result.ts";

/** A text, with what is wrong with it; null: nothing. */
export function textWithout(problem: (text: string) => string | null) {
  return z.string().superRefine((text, context) => {
    const message = problem(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
}

/** The form of a name in the configuration file. */
export const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "expected lower-case letters, digits and dashes");

/** A duration, read as milliseconds. */
export const duration = z
  .string()
  .meta({ description: "a duration, such as `5m`" })
  .transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: "custom",
      message: `expected a duration such as 30s, 5m, 24h or 7d, got "${text}"`,
    });
    return z.NEVER;
  });

/** What is wrong by a parser; null: nothing. */
export function errorOf(parsed: Result<unknown, string>): string | null {
  return parsed.kind === "err" ? parsed.error : null;
}

/** The URL of a standard queue of SQS. */
export const queueUrl = textWithout((text) => errorOf(parseQueueUrl(text)));

export const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "expected the ARN of a role");
