import type { AccountId } from "../../model/aws/ids.ts";

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
