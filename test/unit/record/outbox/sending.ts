import type { Key } from "../../../../src/model/keys/key.ts";
import type { OutboxMessage } from "../../../../src/controller/ports/outbox-store.ts";
import { messageOf } from "../../../../src/record/message.ts";
import { Outbox } from "../../../../src/record/outbox/outbox.ts";
import { openStore } from "../../../../src/store/sqlite/open.ts";
import { optionsFor, START_MS, testClock, testTelemetry } from "../../../store/engines.ts";
import { ACCEPTED, DOWN, outboxRouteOf, sinkOf } from "../../../support/record/alert-receivers.ts";
import type { Places } from "../../../store/places.ts";
import { opened } from "../settlements.ts";

/** A real store, and a receiver that rejects the chosen messages. */
export async function sending(places: Places) {
  const clock = testClock();
  const { store, outboxStore } = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const sent: string[] = [];
  const refusing = new Set<string>();
  const telemetry = testTelemetry();
  const receiver = (route: string) =>
    sinkOf(({ body }) => {
      if (refusing.has(route) || refusing.has(body)) return DOWN;
      sent.push(`${route} ${body}`);
      return ACCEPTED;
    });
  const routes = ["ops", "pager"].map((name) => outboxRouteOf(receiver(name), { name }));
  const parts = { store: outboxStore, routes, clock, random: { next: () => 1 }, telemetry };
  const put = (route: string, ...bodies: readonly string[]) =>
    store.commit({ outbox: bodies.map((body) => ({ route, body, dueMs: clock.nowMs() })) });
  const left = async (): Promise<readonly OutboxMessage[]> => [
    ...(await outboxStore.waiting("ops", 10_000)),
    ...(await outboxStore.waiting("pager", 10_000)),
  ];
  const outbox = new Outbox(parts);
  const drain = () => outbox.drain(AbortSignal.timeout(10_000));
  const later = (ms: number): void => clock.set(clock.nowMs() + ms);
  return { store, sent, refusing, telemetry, parts, put, left, drain, later };
}

export function bodies(count: number, severity: "security" | "other" = "other"): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const key = `function/222222222222/eu-west-1/orders/f-${at}` as Key;
    const event = opened({ key, severity });
    return JSON.stringify(
      messageOf(event, { severity, seqs: [], since: null, at: new Date(START_MS + at).toISOString() }),
    );
  });
}
