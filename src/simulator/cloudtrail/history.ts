import type { EventDelivery } from "./deliveries.ts";
import { trailRecordOf, type RecordedCall } from "./trail-event.ts";

/** When and whether LookupEvents shows the events of an account: `delayMs` and `loseEvery` are about what it shows. */
export type HistoryDelivery = Pick<EventDelivery, "accountId" | "delayMs" | "loseEvery" | "sourceAddress">;

/** An event of the history of one account and region. */
export interface HistoryEvent {
  /** A record of CloudTrail, as it is in a trail. */
  readonly record: ReturnType<typeof trailRecordOf>;
  readonly resources: readonly HistoryResource[];
  readonly shownFromMs: number;
}

interface HistoryResource {
  readonly ResourceType: string;
  readonly ResourceName: string;
}

/** The newest of one account and region: a simulated world of years must not grow without an end. */
const KEPT = 2_000;

/** The event history of CloudTrail: the calls that changed IAM or Lambda, which LookupEvents finds. */
export class TrailHistory {
  /** By account and region, the oldest first. */
  readonly #events = new Map<string, HistoryEvent[]>();
  readonly #deliveries = new Map<string, HistoryDelivery>();
  #count = 0;

  deliver(delivery: HistoryDelivery): void {
    this.#deliveries.set(delivery.accountId, delivery);
  }

  add(call: Omit<RecordedCall, "sourceAddress">): void {
    const accountId = call.caller.account.id;
    const { delayMs = 0, loseEvery, sourceAddress = "127.0.0.1" } = this.#deliveries.get(accountId) ?? {};
    this.#count += 1;
    if (loseEvery !== undefined && this.#count % loseEvery === 0) return;
    const record = trailRecordOf({ ...call, sourceAddress });
    const place = `${accountId} ${record.awsRegion}`;
    const events = this.#events.get(place) ?? [];
    events.push({ record, resources: resourcesOf(call), shownFromMs: call.nowMs + delayMs });
    if (events.length > KEPT) events.shift();
    this.#events.set(place, events);
  }

  /** The newest first. */
  shown(accountId: string, region: string, nowMs: number): readonly HistoryEvent[] {
    const events = this.#events.get(`${accountId} ${region}`) ?? [];
    return events.filter(({ shownFromMs }) => shownFromMs <= nowMs).toReversed();
  }
}

/** The names of a call's objects as the call has them. */
function resourcesOf({
  service,
  input,
  output,
}: Pick<RecordedCall, "service" | "input" | "output">): readonly HistoryResource[] {
  const { FunctionName, RoleName, PolicyArn } = input;
  const created = (output["Policy"] as { readonly Arn?: unknown } | undefined)?.Arn;
  const names: readonly (readonly [string, unknown])[] =
    service === "lambda"
      ? [["AWS::Lambda::Function", FunctionName]]
      : [
          ["AWS::IAM::Role", RoleName],
          ["AWS::IAM::Policy", PolicyArn ?? created],
        ];
  return names.flatMap(([ResourceType, name]) =>
    typeof name === "string" ? [{ ResourceType, ResourceName: name }] : [],
  );
}
