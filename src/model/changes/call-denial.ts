import type { AccountId } from "../aws/ids.ts";

/** A call by a session of a role that AWS denied. */
export interface CallDenial {
  /** Of the event: the same if it is delivered twice. */
  readonly id: string;
  /** Of the caller. */
  readonly accountId: AccountId;
  /** CloudTrail has whole seconds. */
  readonly atMs: number;
  /** `kms:Decrypt`, by the names of CloudTrail. */
  readonly call: string;
  /** `AccessDenied` */
  readonly code: string;
  readonly roleArn: string;
}

/** The first such call of its name that the role of a function has made while its wave is open. */
export interface RecordedDenial extends Pick<CallDenial, "call" | "code"> {
  readonly atMs: number;
}
