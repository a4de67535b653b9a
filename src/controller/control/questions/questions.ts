import { err, type Result } from "../../../model/values/result.ts";
import { Turns } from "../../../model/values/turns.ts";
import type { Refusal } from "../../ports/control.ts";

/** More than people ask at the same time; a client that asks in a loop waits for no more. */
const MOST_WAITING = 8;
/** Of one token or person: the others still get an answer. */
const MOST_OF_ONE = 2;

/** Long questions are answered one after the other, so that they leave the controller its time. */
export class Questions {
  readonly #turns = new Turns();
  readonly #waiting = new Map<string, number>();

  async ask<Answer>(
    asker: string,
    answer: () => Promise<Result<Answer, Refusal>>,
  ): Promise<Result<Answer, Refusal>> {
    const own = this.#waiting.get(asker) ?? 0;
    const all = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    if (own >= MOST_OF_ONE || all >= MOST_WAITING)
      return err({
        code: "unavailable",
        message:
          own >= MOST_OF_ONE
            ? "your earlier questions are being answered"
            : "other questions are being answered",
        hint: "ask again in a few seconds",
      });
    this.#waiting.set(asker, own + 1);
    try {
      return await this.#turns.inTurn(answer);
    } finally {
      this.#forget(asker);
    }
  }

  #forget(asker: string): void {
    const left = (this.#waiting.get(asker) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(asker);
    else this.#waiting.set(asker, left);
  }
}
