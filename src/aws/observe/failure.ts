import { AwsError } from "../../model/aws-error.ts";
import type { Reading } from "../../model/live.ts";

/** Codes by which AWS says that the object is not there. */
const NOT_THERE = new Set(["NoSuchEntity", "ResourceNotFound"]);

export function isNotThere(cause: unknown): boolean {
  return cause instanceof AwsError && NOT_THERE.has(cause.facts.code);
}

/** A part that could not be read. @throws what fails the whole reading: the account's credentials, a stop, a bug */
export function unknownBecause(cause: unknown): Extract<Reading<never>, { readonly kind: "unknown" }> {
  if (!(cause instanceof AwsError)) throw cause;
  const { disposition } = cause.facts;
  if (disposition.kind === "circuit" && disposition.scope === "account") throw cause;
  return { kind: "unknown", reason: cause.message };
}

/** What was read, or why not. @throws as `unknownBecause` */
export async function readingOf<Value>(
  read: () => Promise<Value>,
): Promise<Exclude<Reading<Value>, { readonly kind: "absent" }>> {
  try {
    return { kind: "present", value: await read() };
  } catch (cause) {
    return unknownBecause(cause);
  }
}

/** As `readingOf`; where AWS says that the object is not there, it is absent. */
export async function presenceOf<Value>(read: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { kind: "present", value: await read() };
  } catch (cause) {
    return isNotThere(cause) ? { kind: "absent" } : unknownBecause(cause);
  }
}
