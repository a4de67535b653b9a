import type { AccountId } from "../../model/aws/ids.ts";
import { longestPauseMs } from "../../model/reads/region-reads.ts";

interface SweepTime {
  readonly beganMs: number;
  /** With its writes. */
  readonly endedMs: number;
}

/** When the last sweep that read everything of an account was. */
export class SweepTimes {
  readonly #last = new Map<AccountId, SweepTime>();

  swept(accountId: AccountId, time: SweepTime): void {
    this.#last.set(accountId, time);
  }

  /** Another process may read the account from now on. */
  forget(accountId: AccountId): void {
    this.#last.delete(accountId);
  }

  /** null: there was none. */
  beganMs(accountId: AccountId): number | null {
    return this.#last.get(accountId)?.beganMs ?? null;
  }

  /** 0: there was none. */
  tookMs(accountId: AccountId): number {
    const { beganMs, endedMs } = this.#last.get(accountId) ?? { beganMs: 0, endedMs: 0 };
    return Math.max(0, endedMs - beganMs);
  }
}

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
