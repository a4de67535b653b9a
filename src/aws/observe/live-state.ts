import type { Clock } from "../../controller/ports/clock.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import { resultOf } from "../../model/values/result.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { AccountReader } from "./reader.ts";
import { sweepAccount, type Caches } from "./sweep.ts";
import { readTargets } from "./targeted.ts";
import type { SweepRequest, TargetedRequest } from "../../model/read-requests.ts";

export interface LiveStateParts {
  readonly gateway: AwsGateway;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export class AwsLiveState implements LiveState {
  readonly #parts: LiveStateParts;

  constructor(parts: LiveStateParts) {
    this.#parts = parts;
  }

  sweep(request: SweepRequest, signal: AbortSignal): ReturnType<LiveState["sweep"]> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    const sweeping = this.#withAbort(request, signal, (reader) => sweepAccount(reader, request, context));
    return resultOf(sweeping, AwsError);
  }

  read(request: TargetedRequest, signal: AbortSignal): ReturnType<LiveState["read"]> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    const reading = this.#withAbort(request, signal, (reader) => readTargets(reader, request, context));
    return resultOf(reading, AwsError);
  }

  /** Reads run in parallel: if one of them fails the operation, the others are aborted. */
  async #withAbort<Value>(
    place: { readonly account: DesiredAccount; readonly pass: string },
    signal: AbortSignal,
    work: (reader: AccountReader) => Promise<Value>,
  ): Promise<Value> {
    const failed = new AbortController();
    try {
      return await work(
        new AccountReader(this.#parts.gateway, place, AbortSignal.any([signal, failed.signal])),
      );
    } catch (cause) {
      failed.abort(cause);
      throw cause;
    }
  }
}
