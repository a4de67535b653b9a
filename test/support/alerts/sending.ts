import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { OpenStore } from "../../../src/store/sqlite/open.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { OutboxSender, type SenderRoute } from "../../../src/record/alert-sender.ts";
import { createRecorder } from "../../../src/record/recorder.ts";
import type { Route } from "../../../src/record/route.ts";
import type { Sink } from "../../../src/record/sinks/sink.ts";
import type { OutboxRoute } from "../../../src/record/outbox/outbox.ts";
import { testTelemetry } from "../../store/engines.ts";
import { STEADY_LOOP } from "../event-loop.ts";
import { outboxRouteOf, routeOf } from "../record/alert-receivers.ts";

export interface SendingRoute {
  readonly sink: Sink;
  readonly route?: Partial<Route>;
  readonly outbox?: Partial<OutboxRoute>;
}

/** The real recorder and sender over a store: one process. */
export function alertProcess(
  { audit, settlements, outboxStore }: OpenStore,
  { clock, routes }: { readonly clock: Pick<Clock, "nowMs">; readonly routes: readonly SendingRoute[] },
) {
  const telemetry = testTelemetry();
  const all = routes.map(({ sink, route, outbox }): SenderRoute => {
    const seen = routeOf(route);
    const also = { name: seen.name, isDaily: seen.dailyAtMs !== null, ...outbox };
    return { ...outboxRouteOf(sink, also), kind: "webhook", seen };
  });
  const seen = all.map((one) => one.seen);
  const recorder = createRecorder({
    audit,
    settlements,
    outboxStore,
    telemetry,
    routes: seen,
    clock,
    eventLoop: STEADY_LOOP,
  });
  const sender = new OutboxSender({ store: outboxStore, clock, random: { next: () => 0 }, telemetry }, all);
  return {
    telemetry,
    sender,
    record: (...alerts: readonly AlertEvent[]) => recorder.record({ facts: [], change: {}, alerts }),
    drain: () => sender.drain(AbortSignal.timeout(30_000)),
  };
}
