import { LookupEventsCommand, type Event } from "@aws-sdk/client-cloudtrail";
import type {
  EventHistory,
  HistoryAnswer,
  HistorySearch,
} from "../../controller/ports/estate/event-history.ts";
import { readChangeRecord } from "../../iam/trail/change-message.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { ChangeEvent } from "../../model/changes/change-event.ts";
import { parsedJson } from "../../text/json-values.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { resultOf } from "../../model/values/result.ts";

const CALL = "cloudtrail:LookupEvents";
/** The most that AWS sends on a page. */
const ON_PAGE = 50;
/** At one page a second; reads of the object are in the history too. */
const MOST_PAGES = 20;

export class AwsEventHistory implements EventHistory {
  readonly #gateway: Pick<AwsGateway, "send">;

  constructor(gateway: Pick<AwsGateway, "send">) {
    this.#gateway = gateway;
  }

  async find(search: HistorySearch, signal: AbortSignal): Promise<HistoryAnswer> {
    const events = new Map<string, ChangeEvent>();
    for (const name of search.names) {
      const found = await resultOf(this.#ofName(name, search, signal), AwsError);
      if (found.kind === "err") {
        const { code, denial } = found.error.facts;
        return { kind: "failed", code, isDenied: denial !== undefined };
      }
      if (found.value === "too-many") return { kind: "too-many" };
      for (const event of found.value) events.set(event.id, event);
    }
    return { kind: "events", events: [...events.values()] };
  }

  async #ofName(
    name: string,
    search: HistorySearch,
    signal: AbortSignal,
  ): Promise<readonly ChangeEvent[] | "too-many"> {
    const found: ChangeEvent[] = [];
    const seen = new Set<string>();
    let token: string | undefined;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const answer = await this.#page(name, { ...search, token }, signal);
      if (answer.Events === undefined) throw incompleteAnswer(CALL, "Events");
      found.push(...answer.Events.flatMap((event) => changeOf(event, search)));
      token = answer.NextToken;
      if (token === undefined || token === "") return found;
      if (seen.has(token))
        throw unreadableAnswer(CALL, "the search returned to a page that was already read");
      seen.add(token);
    }
    return "too-many";
  }

  #page(
    name: string,
    {
      account,
      region,
      fromMs,
      toMs,
      token,
    }: Omit<HistorySearch, "names"> & { readonly token: string | undefined },
    signal: AbortSignal,
  ) {
    const input = {
      LookupAttributes: [{ AttributeKey: "ResourceName" as const, AttributeValue: name }],
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      MaxResults: ON_PAGE,
      ...(token !== undefined && { NextToken: token }),
    };
    const principal = { account, identity: "observer", pass: "lookup", writes: [], tags: [] } as const;
    const command = () => new LookupEventsCommand(input);
    return this.#gateway.send({ principal, call: CALL, region, input, command, intent: null }, signal);
  }
}

/** @throws AwsError if an event has no record: whether it explains a difference is not known */
function changeOf(
  { CloudTrailEvent, Resources = [] }: Event,
  { account, region, names }: HistorySearch,
): readonly ChangeEvent[] {
  // With those of the other objects: the same event is found by each of them, and counts once.
  const soughtNames = [
    ...new Set([...names, ...Resources.flatMap(({ ResourceName }) => ResourceName ?? [])]),
  ];
  const place = { accountId: account.id, region, accounts: new Set([account.id]), soughtNames };
  const message = readChangeRecord(parsedJson(CloudTrailEvent ?? ""), place);
  if (message.kind === "change") return [message.event];
  if (message.kind !== "malformed" && message.kind !== "contradictory") return [];
  throw unreadableAnswer(CALL, "the record of an event could not be read");
}
