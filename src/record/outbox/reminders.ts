import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxStore } from "../../controller/ports/outbox-store.ts";
import { isReportedMark, type OpenIncident } from "../../model/records/incident-record.ts";
import { formatSpan } from "../../model/values/duration.ts";
import type { AlertMessage } from "../message.ts";
import { dayAndMinuteOf } from "../names.ts";
import { alertLineText, seeLine, textParts } from "../alert-line.ts";
import { approveLine } from "../hold-text.ts";
import { storedMessage } from "../stored-message.ts";
import { dueMsOf, isForRoute, type Route } from "../route.ts";

const CHECK_MS = 60_000;

export interface ReminderParts {
  readonly store: Pick<OutboxStore, "incidents" | "repeat">;
  readonly routes: readonly Route[];
  readonly clock: Pick<Clock, "nowMs">;
}

/** Reports again what stays open, and reports to a new route what is open already. */
export class Reminders {
  readonly #parts: ReminderParts;
  #checkedMs = -Infinity;

  constructor(parts: ReminderParts) {
    this.#parts = parts;
  }

  async remind(): Promise<void> {
    const { store, routes, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs - this.#checkedMs < CHECK_MS) return;
    this.#checkedMs = nowMs;
    const incidents = (await store.incidents(null)).filter(({ incident }) => !isReportedMark(incident));
    for (const one of incidents)
      for (const route of routes) {
        const body = bodyFor(one, route, nowMs);
        if (body === null) continue;
        const { incident } = one;
        await store.repeat({ incident, route: route.name, body, dueMs: dueMsOf(route, nowMs), nowMs });
      }
  }
}

/** null: nothing is due for the route. */
function bodyFor(incident: OpenIncident, route: Route, nowMs: number): string | null {
  const notifiedMs = incident.notifiedMs.get(route.name);
  if (notifiedMs === undefined) return isForRoute(incident, route) ? incident.body : null;
  const { remindAfterMs } = route;
  if (remindAfterMs === null || nowMs - notifiedMs < remindAfterMs) return null;
  return reminderBody(incident, nowMs);
}

/**
 * Without what happens next: that was true when the incident began. A message of an earlier version does not name the
 * command that shows more: `status` lists every open incident.
 */
function reminderBody({ body, severity, sinceMs }: OpenIncident, nowMs: number): string {
  const message = storedMessage(JSON.parse(body) as AlertMessage);
  const { see, hold = null } = message;
  const since = dayAndMinuteOf(new Date(sinceMs).toISOString());
  const reminder: AlertMessage = {
    ...message,
    severity,
    next: null,
    ...textParts([
      message.headline,
      `Still open since ${since} (${formatSpan(nowMs - sinceMs)})`,
      ...(see === null ? [] : [alertLineText(seeLine(see ?? "grantkeeper status"))]),
      ...(hold === null ? [] : [approveLine(hold)]),
    ]),
    at: new Date(nowMs).toISOString(),
    isReminder: true,
  };
  return JSON.stringify(reminder);
}
