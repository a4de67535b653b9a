import { known, type EstatePart, type Unread } from "../../adopt/estate/estate.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import type { ReadCall } from "../calls/calls.ts";
import { isNotThere } from "../observe/failure.ts";

/**
 * The value, or the call that did not answer. A denied call leaves out only its own part.
 * @throws AwsError if the observer's role cannot be assumed: then nothing can be read
 */
export async function estatePart<T>(call: ReadCall, read: () => Promise<T>): Promise<EstatePart<T>> {
  try {
    return known(await read());
  } catch (cause) {
    return unreadBecause(call, cause);
  }
}

/** Like `estatePart`; null if AWS reports that the object does not exist. */
export function optionalPart<T>(call: ReadCall, read: () => Promise<T>): Promise<EstatePart<T | null>> {
  return estatePart(call, async () => {
    try {
      return await read();
    } catch (cause) {
      if (isNotThere(cause)) return null;
      throw cause;
    }
  });
}

function unreadBecause(call: ReadCall, cause: unknown): Unread {
  if (!(cause instanceof AwsError) || cause.facts.call.startsWith("sts:")) throw cause;
  const why = cause.facts.denial === undefined ? "failed" : "denied";
  return { kind: "unknown", call, why, reason: cause.message };
}
