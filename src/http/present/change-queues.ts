import type { ActionItem } from "../../api/action-required.ts";
import type { ChangeQueueStatus } from "../../api/overview.ts";
import { ELSEWHERE_WITHIN_MS } from "../../model/answers/queue-health.ts";
import { seesEverything } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { isoTime } from "./metadata.ts";
import { queueStatus } from "./sources.ts";

export function changeQueueStatuses({ access, world }: Reader): readonly ChangeQueueStatus[] {
  if (!seesEverything(access)) return [];
  return world.overview.changeQueues.map(({ url, accounts, health }) => ({
    queue: url,
    accounts,
    ...queueStatus(health),
  }));
}

/** A queue that answers again by itself after some minutes is no reason to act: the sweeps go on. */
const FAILS_MS = 300_000;

/** The queues of change events that have not answered for a while. */
export function changeQueueItems({ access, world, nowMs }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return world.overview.changeQueues.flatMap(({ url, health }) =>
    health.kind === "failing" && nowMs - health.sinceMs >= FAILS_MS
      ? [
          {
            kind: "change-queue" as const,
            target: "change events",
            message:
              "a change in AWS is found by the next sweep only, and its author is not known: the queue is not read",
            details: [url, `${health.failure.code}: ${health.failure.reason}`],
            hint: health.failure.fix,
            security: false,
            since: isoTime(health.sinceMs),
          },
        ]
      : [],
  );
}

/** Fewer within the time may be a wrong count of SQS. */
const MESSAGES = 3;

/** The queues of change events that someone else reads, too. */
export function otherReaderItems({ access, world, nowMs }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return world.overview.changeQueues.flatMap(({ url, elsewhere }): readonly ActionItem[] => {
    if (
      elsewhere === undefined ||
      elsewhere.count < MESSAGES ||
      nowMs - elsewhere.lastMs > ELSEWHERE_WITHIN_MS
    )
      return [];
    return [
      {
        kind: "change-queue",
        target: "change events",
        message:
          "a change whose event is taken away is found by the next sweep only, and its author is not known: someone else has received messages of the queue",
        details: [
          url,
          `${elsewhere.count} messages had been received elsewhere before, the last at ${isoTime(elsewhere.lastMs)}`,
        ],
        hint: "give each reader a queue of its own, and let only the base role of Grantkeeper receive from this one",
        security: false,
        since: isoTime(elsewhere.sinceMs),
      },
    ];
  });
}

/** Regions whose events did not arrive. */
export function lostEventItems({ access, world }: Reader): readonly ActionItem[] {
  if (!seesEverything(access)) return [];
  return [...world.accounts.values()].flatMap(({ id, name, lostEvents = [] }) =>
    lostEvents.map(({ region, sinceMs, functionNames }) => ({
      kind: "events-lost" as const,
      target: `change events of ${name} in ${region}`,
      accountId: id,
      message:
        "change events of Lambda are lost: each sweep reads all policies of functions until they arrive again",
      details: [lossText(functionNames)],
      hint: "check the trail of the account, the rule of EventBridge in the region, and that the queue has no other reader; then change the description of a function in the region",
      security: false,
      since: isoTime(sinceMs),
    })),
  );
}

const SHOWN = 3;

function lossText(names: readonly string[]): string {
  if (names.length === 1)
    return `the policy of function ${names[0] ?? ""} changed, and no event of it was received`;
  const others = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const shown = `${names.slice(0, SHOWN).join(", ")}${others}`;
  return `the policies of functions ${shown} changed, and no event of them was received`;
}
