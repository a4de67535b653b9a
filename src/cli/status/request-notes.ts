import type { AccountStatus } from "../../api/manifests.ts";
import { secondsText } from "../../model/changes/clock-offset.ts";
import { someOf } from "../../text/phrases.ts";
import { age } from "../screen/time.ts";

/** A line below the head of `status`, and its label. */
export interface StatusNote {
  readonly label: "note" | "hint";
  readonly text: string;
}

export function note(text: string): StatusNote {
  return { label: "note", text };
}

export function hint(text: string): StatusNote {
  return { label: "hint", text };
}

type Requests = Pick<AccountStatus, "name" | "throttled" | "deniedCalls">;

/** @param offsetSeconds missing: the clocks hardly differ */
export function clockNotes(offsetSeconds: number | undefined): readonly StatusNote[] {
  if (offsetSeconds === undefined) return [];
  return [
    note(`${secondsText(offsetSeconds)}: no author of a change is named with certainty`),
    hint("synchronize the clock of the controller's machine (NTP)"),
  ];
}

/** Why reads and writes of an account are slow, or are not made. A controller of an earlier version does not send it. */
export function requestNotes(accounts: readonly Requests[], nowMs: number): readonly StatusNote[] {
  return accounts.flatMap(({ name, throttled = [], deniedCalls = [] }) => {
    const limits = throttled.map(
      ({ region, family, budget, rate }) =>
        `${family}${region === null ? "" : ` in ${region}`} at ${rate} of ${budget} requests per second`,
    );
    const denied = deniedCalls.map(({ call, since }) => `${call} for ${age(since, nowMs)}`);
    return [
      ...(limits.length === 0 ? [] : [note(`AWS throttled requests to ${name}: ${someOf(limits)}`)]),
      ...(denied.length === 0
        ? []
        : [
            note(`access to ${name} is missing, so these calls are only probed: ${someOf(denied)}`),
            hint(`grantkeeper doctor --account ${name}`),
          ]),
    ];
  });
}
