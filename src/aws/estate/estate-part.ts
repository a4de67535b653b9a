import { known, unreadBecause, type EstatePart } from "../../adopt/estate/estate.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import { isNotThere } from "../observe/failure.ts";

/**
 * The value, or the call that did not answer: a part may need several. A denied call leaves out only its own part.
 * @throws AwsError if the observer's role cannot be assumed: then nothing can be read
 */
export async function estatePart<T>(read: () => Promise<T>): Promise<EstatePart<T>> {
  try {
    return known(await read());
  } catch (cause) {
    if (!(cause instanceof AwsError) || cause.facts.call.startsWith("sts:")) throw cause;
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
