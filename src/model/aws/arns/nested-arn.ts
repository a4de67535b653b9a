import { arnParts } from "../arn.ts";

/** The ARN of the table of a stream of DynamoDB, or of one of its indexes; another ARN as it is. */
export function tableArn(arn: string): string {
  const [kind, name, part] = arnParts(arn).resource.split("/");
  return kind !== "table" || name === undefined || part === undefined ? arn : before(arn, `/${part}/`);
}

/** The index of a table in its ARN; null for another ARN. */
export function indexInArn(arn: string): string | null {
  const [kind, , part, index, ...more] = arnParts(arn).resource.split("/");
  return kind === "table" && part === "index" && more.length === 0 ? (index ?? null) : null;
}

/** A stream of Kinesis, and the consumer in its ARN; null: the ARN is that of the stream. */
export function streamInArn(arn: string): { readonly stream: string; readonly consumer: string | null } {
  const [, , part, consumer] = arnParts(arn).resource.split("/");
  if (part !== "consumer" || consumer === undefined) return { stream: arn, consumer: null };
  // AWS adds the time of its creation to the name of a consumer.
  return { stream: before(arn, "/consumer/"), consumer: consumer.replace(/:\d+$/, "") };
}

function before(arn: string, part: string): string {
  return arn.slice(0, arn.indexOf(part));
}
