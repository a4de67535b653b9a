import type { Settlement } from "../../settle/settlement.ts";

/** Writes a settlement: facts to the audit, the change and the outgoing alerts, in one transaction unless it is large. */
export interface Recorder {
  /** @throws Error if it could not be made durable; the settlement may be recorded again */
  record(settlement: Settlement): Promise<void>;
}
