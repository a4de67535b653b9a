import type { ReferenceAnswer } from "../../controller/ports/estate/references.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/aws-error.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";

export type PlaceAnswer = readonly [ReferencePlace, ReferenceAnswer];

/** What AWS answered, or its error. Any other error is thrown. */
export type ReadOutcome<Value> = { readonly value: Value } | { readonly error: AwsError };

export async function outcomeOf<Value>(read: () => Promise<Value>): Promise<ReadOutcome<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof AwsError) return { error };
    throw error;
  }
}

/** AWS answered, and there is no value that a manifest can use. */
export function unusable(reason: string, fix: string): ReferenceAnswer {
  return { kind: "unusable", reason, fix, isTransient: false };
}

export function failed(error: AwsError): ReferenceAnswer {
  const { call, message } = error.facts;
  const fix = fixOfAwsError(error);
  const reason = `${call}: ${message}`;
  return { kind: "unusable", reason, fix, isTransient: isTransient(error), isUnread: true };
}

export function isTransient({ facts: { disposition } }: AwsError): boolean {
  return disposition.kind === "throttled" || disposition.kind === "retry";
}
