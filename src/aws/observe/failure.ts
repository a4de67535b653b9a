import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Reading } from "../../model/live.ts";
import { isNotThereCode } from "../errors/not-there.ts";

export function isNotThere(cause: unknown): boolean {
  return cause instanceof AwsError && isNotThereCode(cause.facts.code);
}

/**
 * A part that could not be read.
 * @throws an error that ends the complete read: the credentials of the account, a stop, a bug
 */
export function unknownBecause(cause: unknown): Extract<Reading<never>, { readonly kind: "unknown" }> {
  if (!(cause instanceof AwsError)) throw cause;
  const { disposition } = cause.facts;
  if (disposition.kind === "circuit" && disposition.scope === "account") throw cause;
  return { kind: "unknown", reason: cause.message };
}

/**
 * The value, or the reason why it was not read.
 * @throws like `unknownBecause`
 */
export async function readingOf<Value>(
  read: () => Promise<Value>,
): Promise<Exclude<Reading<Value>, { readonly kind: "absent" }>> {
  try {
    return { kind: "present", value: await read() };
  } catch (cause) {
    return unknownBecause(cause);
  }
}

/** Like `readingOf`, but absent if AWS reports that the object does not exist. */
export async function presenceOf<Value>(read: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { kind: "present", value: await read() };
  } catch (cause) {
    return isNotThere(cause) ? { kind: "absent" } : unknownBecause(cause);
  }
}
