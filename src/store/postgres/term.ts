import type { Clock } from "../../controller/ports/clock.ts";
import { LEASE_TERM_MS } from "../../model/network/write-budget.ts";

const RENEWAL_MS = 5_000;
const RETRY_MS = 1_000;

export interface TermClocks {
  readonly clock: Clock;
  /** Milliseconds of a clock that is never set. */
  readonly steadyMs: () => number;
}

/** Two readings of the same moment: a clock that is set, or a machine that sleeps, changes only one of them. */
interface TwoClocks {
  readonly wallMs: number;
  readonly steadyMs: number;
}

/** How long a lease lasts at least, by the clocks of this process. */
export class Term {
  readonly #clocks: TermClocks;
  /** When the last successful renewal was sent. */
  #renewed: TwoClocks;

  /** @param claimed when the claim was sent */
  constructor(clocks: TermClocks, claimed: TwoClocks) {
    this.#clocks = clocks;
    this.#renewed = claimed;
  }

  renewedAt(sent: TwoClocks): void {
    this.#renewed = sent;
  }

  /** 0 or less: the lease may have ended. */
  leftMs(): number {
    const { wallMs, steadyMs } = momentOf(this.#clocks);
    return LEASE_TERM_MS - Math.max(wallMs - this.#renewed.wallMs, steadyMs - this.#renewed.steadyMs);
  }
}

export function momentOf({ clock, steadyMs }: TermClocks): TwoClocks {
  return { wallMs: clock.nowMs(), steadyMs: steadyMs() };
}

/** `doubtful`: the database did not answer, and is asked again soon. `ended`: there is nothing to renew any more. */
export type Renewal = "renewed" | "doubtful" | "ended";

/** Renews until the signal aborts or the lease has ended. */
export async function renewAll(
  clock: Clock,
  renew: () => Promise<Renewal>,
  signal: AbortSignal,
): Promise<void> {
  let last: Renewal = "renewed";
  try {
    while (last !== "ended") {
      await clock.sleep(last === "doubtful" ? RETRY_MS : RENEWAL_MS, signal);
      last = await renew();
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
