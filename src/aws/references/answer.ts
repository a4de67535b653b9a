import type { ReferenceAnswer } from "../../controller/ports/estate/references.ts";
import { fixOfAwsError, type AwsError } from "../../model/aws/errors/aws-error.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";

export type PlaceAnswer = readonly [ReferencePlace, ReferenceAnswer];

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
