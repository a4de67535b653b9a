import type { OutboxRoute } from "../../../src/record/outbox/outbox.ts";
import type { Route } from "../../../src/record/route.ts";
import { delivered, retry, type Delivery, type Outgoing, type Sink } from "../../../src/record/sinks/sink.ts";

/** A route for everything, immediately. */
export function routeOf(facts: Partial<Route> = {}): Route {
  return {
    name: "ops",
    namespaces: ["*"],
    accounts: ["*"],
    severity: "other",
    kinds: "all",
    dailyAtMs: null,
    remindAfterMs: null,
    ...facts,
  };
}

export function outboxRouteOf(sink: Sink, facts: Partial<OutboxRoute> = {}): OutboxRoute {
  return { name: "ops", sink, perMinute: 6, isDaily: false, fallback: null, ...facts };
}

/** A receiver that accepts what `take` returns from. */
export function sinkOf(
  take: (outgoing: Outgoing, signal: AbortSignal) => Delivery | Promise<Delivery>,
  facts: Partial<Sink> = {},
): Sink {
  return {
    acceptsDigests: true,
    updatesInPlace: false,
    refresh: null,
    deliver: async (outgoing, signal) => take(outgoing, signal),
    ...facts,
  };
}

export const ACCEPTED = delivered("HTTP 204");
export const DOWN = retry({ cause: "answered 503", fix: "look at the log of the receiver" });
