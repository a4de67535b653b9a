import type { Action } from "../../model/action.ts";
import type { DesiredAccount } from "../../model/desired.ts";

export interface ActuatorContext {
  readonly account: DesiredAccount;
  readonly pass: string;
  /** The intent's sequence number in the audit: stands as `gk-intent/<seq>` in the user agent. */
  readonly intent: number;
  /** The resource policy's or function's revision just read; null where the call takes none or there is no policy yet. */
  readonly revisionId: string | null;
}

/** Carries out one action, once: never repeats by itself. */
export interface Actuator {
  /** @throws AwsError `replan` when the object already exists or is gone; `lost: true` when it may have taken effect */
  apply(
    action: Action,
    context: ActuatorContext,
    signal: AbortSignal,
  ): Promise<{ readonly requestId: string }>;
}
