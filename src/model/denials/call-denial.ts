import type { ReportedDenial } from "./reported-denial.ts";
import type { AccountId } from "../aws/ids.ts";

/** A call by a session of a role that AWS denied. */
export interface CallDenial {
  /** Of the event: the same if it is delivered twice. */
  readonly id: string;
  /** Of the caller. */
  readonly accountId: AccountId;
  readonly region: string;
  /** CloudTrail has whole seconds. */
  readonly atMs: number;
  /** `kms:Decrypt`, by the names of CloudTrail. */
  readonly call: string;
  /** `AccessDenied` */
  readonly code: string;
  readonly roleArn: string;
  /** Lambda names the session of a function after the function; other principals choose the name. */
  readonly sessionName: string;
  /** The resource that AWS issued the credentials to, such as the ARN of a function; null: the event does not name it. */
  readonly issuedTo: string | null;
  /** What was denied, without the caller. */
  readonly reported: ReportedDenial;
}

/** The first such call of its name that the role of a function has made while its wave is open. */
export interface RecordedDenial extends Pick<CallDenial, "call" | "code"> {
  readonly atMs: number;
}
