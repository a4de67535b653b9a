export interface SettleTime {
  readonly nowMs: number;
  /** The same instant, ISO 8601 UTC. */
  readonly nowIso: string;
}
