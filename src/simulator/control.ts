import type { EventDelivery } from "./cloudtrail/deliveries.ts";
import type { HistoryDelivery } from "./cloudtrail/history.ts";
import type { Engine } from "./engine.ts";
import type { Fault } from "./faults.ts";
import type { RawRequest, Reply } from "./wire/http.ts";
import type { WorldState } from "./world.ts";

export const CONTROL_PREFIX = "/_simulator/";

/** The control API for tests and the demo in another process, by method and path below the prefix. */
const ROUTES: Readonly<Record<string, (engine: Engine, request: RawRequest) => unknown>> = {
  "GET state": ({ world }) => world,
  "PUT state": (engine, { body }) => {
    engine.replaceWorld(JSON.parse(body) as WorldState);
    return {};
  },
  "GET calls": ({ log }, { query }) => log.since(Number(query.get("since") ?? "0")),
  "GET counts": ({ log }) => log.counts(),
  "POST events": ({ events }, { body }) => {
    events.add(JSON.parse(body) as EventDelivery);
    return {};
  },
  "DELETE events": ({ events }) => {
    events.clear();
    return {};
  },
  "POST history": ({ history }, { body }) => {
    history.deliver(JSON.parse(body) as HistoryDelivery);
    return {};
  },
  "PUT clock": (engine, { body }) => {
    engine.clockOffsetMs = (JSON.parse(body) as { readonly offsetMs: number }).offsetMs;
    return {};
  },
  "POST faults": ({ faults }, { body }) => {
    faults.add(JSON.parse(body) as Fault);
    return {};
  },
  "DELETE faults": ({ faults }) => {
    faults.clear();
    return {};
  },
};

export function control(engine: Engine, request: RawRequest): Reply {
  const route = ROUTES[`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`];
  if (route === undefined) return answer(404, { message: `no ${request.method} ${request.path}` });
  try {
    return answer(200, route(engine, request));
  } catch (error) {
    return answer(400, { message: String(error) });
  }
}

function answer(status: number, value: unknown): Reply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
    ending: "whole",
  };
}
