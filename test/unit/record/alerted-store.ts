import type { AlertMessage } from "../../../src/record/message.ts";
import type { Route } from "../../../src/record/route.ts";
import { openStore, type OpenStore } from "../../../src/store/sqlite/open.ts";
import { alertProcess } from "../../support/alerts/sending.ts";
import { ACCEPTED, sinkOf } from "../../support/record/alert-receivers.ts";
import { optionsFor, testClock } from "../../store/engines.ts";
import type { Places } from "../../store/places.ts";

export const HOUR_MS = 3_600_000;

/** A store with processes after each other, and what the routes got, as `ops open security`. */
export async function alertedStore(places: Places) {
  const clock = testClock();
  const opening: OpenStore = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const got: string[] = [];
  const texts: string[] = [];
  const messages: AlertMessage[] = [];
  const start = (...routes: readonly Partial<Route>[]) =>
    alertProcess(opening, {
      clock,
      routes: routes.map((route) => ({
        route,
        sink: sinkOf(({ message }) => {
          texts.push(message.text);
          messages.push(message as AlertMessage);
          const { status, severity, isReminder = false } = message as AlertMessage;
          got.push(`${route.name ?? "ops"} ${status} ${severity}${isReminder ? " again" : ""}`);
          return ACCEPTED;
        }),
      })),
    });
  const later = (ms: number): void => clock.set(clock.nowMs() + ms);
  const take = (): readonly string[] => got.splice(0);
  return { start, later, take, texts, messages, opening };
}

export const OPS = { name: "ops" };
