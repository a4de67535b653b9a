import type { Action } from "../../model/plan.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Result } from "../../model/values/result.ts";
import type { Revision } from "../../model/values/revision.ts";

export interface ActuatorContext {
  readonly account: DesiredAccount;
  readonly pass: string;
  /** The revision that the plan applies. */
  readonly revision: Revision;
  /** The intent's sequence number in the audit; it appears as `gk-intent/<seq>` in the user agent. */
  readonly intent: number;
  /** The revision id of the resource policy or function, just read; null if the call takes none or there is no policy yet. */
  readonly revisionId: string | null;
}

/** Executes one action, once: never retries by itself. */
export interface Actuator {
  /** An error: `replan` if the object already exists or is gone; `lost: true` if the call may have taken effect. */
  apply(
    action: Action,
    context: ActuatorContext,
    signal: AbortSignal,
  ): Promise<Result<{ readonly requestId: string }, AwsError>>;
}
