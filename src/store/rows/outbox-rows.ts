import type { AlertRouteState } from "../../model/records/alert-route-state.ts";
import type { IncidentRecord, OpenIncident } from "../../model/records/incident-record.ts";

export interface NotifiedRow {
  readonly record: string;
  readonly route: string | null;
  readonly notifiedMs: number | null;
}

export interface RouteRow {
  readonly route: string;
  readonly waiting: number;
  readonly oldestWaitingMs: number | null;
  readonly deliveredMs: number | null;
  readonly problemMs: number | null;
  readonly cause: string | null;
  readonly fix: string | null;
}

/** @param rows sorted by incident */
export function openIncidents(rows: readonly NotifiedRow[]): readonly OpenIncident[] {
  return [...Map.groupBy(rows, ({ record }) => record)].map(([record, notified]) => ({
    ...(JSON.parse(record) as IncidentRecord),
    notifiedMs: new Map(
      notified.flatMap(({ route, notifiedMs }) =>
        route === null || notifiedMs === null ? [] : [[route, notifiedMs]],
      ),
    ),
  }));
}

export function routeState({
  waiting,
  oldestWaitingMs,
  deliveredMs,
  problemMs,
  cause,
  fix,
}: RouteRow): AlertRouteState {
  const problem =
    problemMs === null || cause === null || fix === null ? null : { cause, fix, atMs: problemMs };
  return { waiting, oldestWaitingMs, deliveredMs, problem };
}
