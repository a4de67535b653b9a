import type { QueueFailure } from "../../model/answers/queue-health.ts";

import { hideCredentials } from "../../model/values/credential-text.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import { classOfError, type ErrorClass } from "../../model/aws/errors/error-codes.ts";
import type { QueueAddress } from "../../model/aws/queue-url.ts";
import { CredentialsError } from "../errors/credentials-error.ts";

/** Pushes of a source, or changes of AWS. */
export type QueuePurpose = "pushes" | "changes";

/** Why a queue cannot be read, and what to do about it. */
export function queueFailure(
  cause: unknown,
  { arn }: Pick<QueueAddress, "arn">,
  purpose: QueuePurpose,
): QueueFailure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = error.name;
  const reason = hideCredentials(error.message).replace(/\.$/, "");
  if (error instanceof CredentialsError || error instanceof NetworkError)
    return { code, reason, fix: error.fix };
  const found = classOfError(error);
  const fix =
    (found === undefined ? undefined : FIXES[found]?.(arn, purpose)) ??
    `it is tried again; until then, ${MEANWHILE[purpose]}`;
  return { code, reason, fix };
}

const MEANWHILE = {
  pushes: "the source is fetched at its interval only",
  changes: "a change in AWS is found by the next sweep",
} as const satisfies Record<QueuePurpose, string>;

/** The field of the configuration that names the queue. */
const FIELDS = {
  pushes: "codecommit.queueUrl",
  changes: "changeEvents",
} as const satisfies Record<QueuePurpose, string>;

const FIXES: {
  readonly [Class in ErrorClass]?: (queue: string, purpose: QueuePurpose) => string;
} = {
  denied: (queue) =>
    `allow sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on ${queue} for the identity of the process (grantkeeper bootstrap roles --organization --format json), and in the policy of the queue if it is in another account`,
  "no-queue": (queue, purpose) => `check ${FIELDS[purpose]}, which names ${queue}`,
  key: (queue) => `allow kms:Decrypt on the key of ${queue} for the identity of the process`,
};
