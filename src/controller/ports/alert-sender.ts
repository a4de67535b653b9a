import type { AlertRouteSpec, AlertRouteState, SinkProblem } from "../../model/records/alert-route-state.ts";

/** A route of the configuration and its deliveries. */
export interface AlertRouteView extends AlertRouteState, AlertRouteSpec {
  readonly name: string;
}

/** What the receiver of a test alert answered. */
export type AlertTest =
  | { readonly kind: "accepted"; readonly answer: string; readonly problem: SinkProblem | null }
  | { readonly kind: "refused"; readonly problem: SinkProblem };

/** Sends the alerts of the outbox. */
export interface AlertSender {
  /** Sends what is due, for each route by itself. Ends early with the signal. */
  drain(signal: AbortSignal): Promise<void>;
  /** The names of the open incidents that begin with one of the prefixes. */
  openIncidents(prefixes: readonly string[]): Promise<readonly string[]>;
  /** In the order of the configuration. */
  routes(): Promise<readonly AlertRouteView[]>;
  /** Sends a test alert immediately, past the outbox; null: no such route. */
  test(route: string, actor: string, signal: AbortSignal): Promise<AlertTest | null>;
}
