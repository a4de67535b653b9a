import type { AccountId } from "../../model/aws/ids.ts";
import { longestPauseMs } from "../../model/reads/region-reads.ts";
import type { SweepTimes } from "./sweep-times.ts";

/** The accounts whose next complete read is late. A read that does not end records nothing, so only the clock shows it. */
export class LateReads {
  readonly #sweeps: Pick<SweepTimes, "beganMs">;
  readonly #pauseMs: number;
  #late: ReadonlySet<AccountId> = new Set();

  constructor(sweeps: Pick<SweepTimes, "beganMs">, sweepMs: number) {
    this.#sweeps = sweeps;
    this.#pauseMs = longestPauseMs(sweepMs);
  }

  /** @returns whether other accounts are late than at the last look */
  look(accounts: Iterable<AccountId>, nowMs: number): boolean {
    const beforeMs = nowMs - this.#pauseMs;
    const late = new Set([...accounts].filter((id) => (this.#sweeps.beganMs(id) ?? Infinity) < beforeMs));
    const hasChanged = [...late].join(" ") !== [...this.#late].join(" ");
    this.#late = late;
    return hasChanged;
  }

  /** At the last look. */
  has(account: AccountId): boolean {
    return this.#late.has(account);
  }
}
