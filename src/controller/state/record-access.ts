import type { RecordVerification } from "../../model/records/record-verification.ts";

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
