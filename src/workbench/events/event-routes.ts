import { homeRegionOf } from "../../model/aws/endpoints.ts";
import type { QueueAddress } from "../../model/aws/queue-url.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { byText } from "../../text/order.ts";

/** A queue of change events, and the accounts whose events it is for. */
export interface EventQueue {
  readonly address: QueueAddress;
  readonly accounts: readonly string[];
}

/** A rule in one account and region that sends its events to the event bus of a queue. */
export interface Forward {
  readonly accountId: string;
  readonly region: string;
  readonly to: QueueAddress;
}

export type EventAccount = Pick<DesiredAccount, "id" | "partition" | "regions">;

/**
 * The regions of each account whose events another account or region has the queue for. Events of IAM are in the home region of
 * the partition only, those of Lambda in the region of the function. A rule reaches a queue of its own account and region.
 * @see https://repost.aws/knowledge-center/eventbridge-rule-triggers-iam-single-region
 */
export function forwardsOf(
  queues: readonly EventQueue[],
  accounts: readonly EventAccount[],
): readonly Forward[] {
  return accounts.flatMap((account) => {
    const ofAccount = queues.filter((queue) => queue.accounts.includes(account.id));
    return eventRegions(account).flatMap((region): readonly Forward[] => {
      const inRegion = ofAccount.filter(({ address }) => address.region === region);
      const isHere = inRegion.some(({ address }) => address.accountId === account.id);
      const to = (inRegion[0] ?? ofAccount[0])?.address;
      return isHere || to === undefined ? [] : [{ accountId: account.id, region, to }];
    });
  });
}

/** Sorted. */
function eventRegions({ partition, regions }: EventAccount): readonly string[] {
  return [...new Set<string>([homeRegionOf(partition), ...regions])].sort(byText);
}
