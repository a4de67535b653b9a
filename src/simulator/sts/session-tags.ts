import { type Input, SimulatedError } from "../contract.ts";
import type { AccessKey } from "../world.ts";

export interface SessionTag {
  readonly Key: string;
  readonly Value: string;
}

export interface RequestedTags {
  /** Of the request, and inherited from the session of the caller. */
  readonly all: readonly SessionTag[];
  /** The next session inherits them. */
  readonly transitive: readonly SessionTag[];
}

/** @throws SimulatedError for keys that differ only in case, or that the calling session has already set for good */
export function requestedTags(input: Input, { session }: AccessKey): RequestedTags {
  const own = (input["Tags"] ?? []) as readonly SessionTag[];
  const inherited = session?.transitiveTags ?? [];
  const keys = new Set(own.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < own.length)
    throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  if (inherited.some(({ Key }) => keys.has(Key.toLowerCase())))
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  const named = ((input["TransitiveTagKeys"] ?? []) as readonly string[]).map((key) => key.toLowerCase());
  if (named.some((key) => !keys.has(key)))
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  const transitive = own.filter(({ Key }) => named.includes(Key.toLowerCase()));
  return { all: [...own, ...inherited], transitive: [...inherited, ...transitive] };
}

/**
 * Characters that fill the packed size. AWS does not publish how it packs. From public records: a policy of 104 characters
 * takes 6 %, nine tags with 2,268 characters take 498 %.
 */
const POLICY_CHARACTERS = 1_700;
const TAG_CHARACTERS = 455;

/** In percent. @throws SimulatedError above 100 % */
export function packedSize(policy: string | undefined, tags: readonly SessionTag[]): number {
  const ofTags = tags.reduce((sum, { Key, Value }) => sum + Key.length + Value.length, 0);
  const share = (policy ?? "").length / POLICY_CHARACTERS + ofTags / TAG_CHARACTERS;
  const percent = Math.ceil(share * 100);
  if (percent <= 100) return percent;
  const what = tags.length > 0 ? "session tags" : "session policy";
  throw new SimulatedError(
    "PackedPolicyTooLarge",
    `Packed size of ${what} consumes ${percent}% of allotted space.`,
    400,
  );
}

function invalid(message: string): SimulatedError {
  return new SimulatedError("InvalidParameterValue", message, 400);
}
