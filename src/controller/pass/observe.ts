import { targetedRequest, sweepRequest } from "../../judge/reads.ts";
import type { Pass } from "../../judge/pass.ts";
import type { Subject } from "../../judge/subject.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { LiveState } from "../ports/live-state.ts";
import { overlayLive } from "./overlay.ts";

export interface Reads {
  readonly live: LiveState;
  readonly signal: AbortSignal;
}

/**
 * Reads the live state for a pass: a sweep for scope `all`; for keys, targeted reads merged into the last sweep.
 * @throws AwsError if the account-wide reads fail
 */
export async function observe(pass: Pass, subjects: readonly Subject[], reads: Reads): Promise<LiveAccount> {
  if (pass.scope.kind === "all" || pass.base === null)
    return reads.live.sweep(sweepRequest(subjects, pass), reads.signal);
  return overlayLive(pass.base, await readKeys(pass, subjects, reads));
}

/** Fresh readings of the objects of these subjects. @throws AwsError */
export function readKeys(pass: Pass, subjects: readonly Subject[], reads: Reads): Promise<LiveAccount> {
  return reads.live.read(targetedRequest(subjects, pass), reads.signal);
}
