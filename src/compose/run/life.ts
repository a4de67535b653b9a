import type { Config } from "../../config/config.ts";
import type { LeasedControllerRecord } from "../database/open-record.ts";
import type { Close } from "../process/record-upkeep.ts";

export interface ControllerParts {
  readonly config: Config;
  readonly life: ControllerLife;
  /** Receives a function for each part that is opened. */
  readonly toClose: Close[];
}

interface ControllerLife {
  readonly stopping: AbortController;
  /** Stops the controller when another replica has its record. */
  readonly endsWith: (record: Pick<LeasedControllerRecord, "lost">) => void;
  readonly throwIfLost: () => void;
}

export function lifeUntil(signal: AbortSignal): ControllerLife {
  const stopping = new AbortController();
  // A listener instead of AbortSignal.any: the exit signal ends the process unless it has a listener.
  signal.addEventListener("abort", () => stopping.abort(), { once: true });
  if (signal.aborted) stopping.abort();
  let failure: Error | null = null;
  return {
    stopping,
    endsWith: ({ lost }) => {
      const stopAt = (error: Error): void => {
        failure = error;
        stopping.abort();
      };
      void lost.then(stopAt);
    },
    // Its last writes were refused too, but this is the reason.
    throwIfLost: () => {
      if (failure !== null) throw failure;
    },
  };
}

/** This replica has the lease from now on: it is given back when the controller ends. */
export function takeRecord(record: LeasedControllerRecord, { life, toClose }: ControllerParts): void {
  toClose.push(() => record.store.close());
  life.endsWith(record);
}
