import { known, type EstatePart, type Unread } from "../../adopt/estate/estate.ts";
import { AwsError, missingActionOf } from "../../model/aws/aws-error.ts";
import { isNotThere } from "../observe/failure.ts";

/**
 * The value, or the call that did not answer: a part may need several. A denied call leaves out only its own part.
 * @throws AwsError if the observer's role cannot be assumed: then nothing can be read
 */
export async function estatePart<T>(read: () => Promise<T>): Promise<EstatePart<T>> {
  try {
    return known(await read());
  } catch (cause) {
    return unreadBecause(cause);
  }
}

/** Like `estatePart`; null if AWS reports that the object does not exist. */
export function optionalPart<T>(read: () => Promise<T>): Promise<EstatePart<T | null>> {
  return estatePart(async () => {
    try {
      return await read();
    } catch (cause) {
      if (isNotThere(cause)) return null;
      throw cause;
    }
  });
}

function unreadBecause(cause: unknown): Unread {
  if (!(cause instanceof AwsError) || cause.facts.call.startsWith("sts:")) throw cause;
  const why = cause.facts.denial === undefined ? "failed" : "denied";
  return { kind: "unknown", call: missingActionOf(cause), why, reason: cause.message };
}
