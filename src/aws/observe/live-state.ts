import type { Clock } from "../../controller/ports/clock.ts";
import type { LiveState, SweepRequest, TargetedRequest } from "../../controller/ports/live-state.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Door } from "../door.ts";
import { Reader } from "./reader.ts";
import { sweepAccount, type Caches } from "./sweep.ts";
import { readTargets } from "./targeted.ts";

export interface LiveStateParts {
  readonly door: Door;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export class AwsLiveState implements LiveState {
  readonly #parts: LiveStateParts;

  constructor(parts: LiveStateParts) {
    this.#parts = parts;
  }

  sweep(request: SweepRequest, signal: AbortSignal): Promise<LiveAccount> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    return this.#asOne(request, signal, (reader) => sweepAccount(reader, request, context));
  }

  read(request: TargetedRequest, signal: AbortSignal): Promise<LiveAccount> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    return this.#asOne(request, signal, (reader) => readTargets(reader, request, context));
  }

  /** Reads go side by side: when one of them fails the whole, the others are ended too. */
  async #asOne<Value>(
    place: { readonly account: DesiredAccount; readonly pass: string },
    signal: AbortSignal,
    work: (reader: Reader) => Promise<Value>,
  ): Promise<Value> {
    const failed = new AbortController();
    try {
      return await work(new Reader(this.#parts.door, place, AbortSignal.any([signal, failed.signal])));
    } catch (cause) {
      failed.abort(cause);
      throw cause;
    }
  }
}
