import type { RecordAlert } from "../../model/records/record-alert.ts";
import { breakText, type RecordVerification } from "../../model/records/record-verification.ts";
import type { FoundAlerts } from "./backup-alerts.ts";

/** Whether the record answers, and whether it is what was written. Without an answer the controller can neither write to AWS nor answer requests. */
export class RecordAccess {
  #problem: string | null = null;
  #verification: RecordVerification = { kind: "not-verified" };

  /** null: it answered last. */
  get problem(): string | null {
    return this.#problem;
  }

  get verification(): RecordVerification {
    return this.#verification;
  }

  verified(verification: RecordVerification): void {
    this.#verification = verification;
  }

  /** @returns whether this is news */
  failed(problem: string): boolean {
    const isNew = this.#problem === null;
    this.#problem = problem;
    return isNew;
  }

  /** @returns whether this is news */
  answered(): boolean {
    const isNew = this.#problem !== null;
    this.#problem = null;
    return isNew;
  }
}

/** Opens an incident when the record is broken, updates it when the break is another one, and closes it when the record verifies. */
export class RecordAlerts {
  #reported: string | null = null;

  found(verification: RecordVerification): FoundAlerts {
    const event = eventOf(verification);
    const text = JSON.stringify(event);
    if (event === null || text === this.#reported) return { alerts: [], reported: () => undefined };
    return {
      alerts: [event],
      reported: () => {
        this.#reported = text;
      },
    };
  }
}

/** null: nothing is known, which neither begins an incident nor ends one. */
function eventOf(verification: RecordVerification): RecordAlert | null {
  switch (verification.kind) {
    case "not-verified":
    case "unknown":
      return null;
    case "intact":
      return { kind: "record-verified" };
    case "broken":
    case "unproved":
      return {
        kind: "record-broken",
        problem: breakText(verification),
        reason: verification.reason,
        unverifiedFrom: verification.provedUpTo + 1,
      };
  }
}
