import { known, unreadBecause, type EstatePart } from "../../adopt/estate/estate.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { isNotThere } from "../observe/failure.ts";
import type { EstateProgress, EstateRequest } from "../../controller/ports/estate/estate-reader.ts";

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

const NOTHING: EstateProgress = { functions: { done: 0, total: 0 }, roles: { done: 0, total: 0 } };

/** Counts the parts of an estate that were read, and reports each step. */
export class ProgressCount {
  readonly #report: EstateRequest["progress"];
  #read = NOTHING;

  constructor(report: EstateRequest["progress"]) {
    this.#report = report;
  }

  begin(part: keyof EstateProgress, total: number): void {
    this.#read = { ...this.#read, [part]: { done: 0, total } };
  }

  add(part: keyof EstateProgress): void {
    const { done, total } = this.#read[part];
    this.#read = { ...this.#read, [part]: { done: done + 1, total } };
    this.#report(this.#read);
  }
}
