import type { EstatePart, FunctionTags } from "../../adopt/estate/estate.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { AwsError } from "../../model/aws/aws-error.ts";
import type { ControllerContext } from "../settings.ts";

/**
 * Reads the tags of functions after each sweep, one call for 100 functions. No pass waits for it: the permission is optional,
 * and a network without an endpoint of this service gives no answer.
 */
export class TagReader {
  readonly #context: ControllerContext;
  readonly #reading = new Map<AccountId, Promise<void>>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Starts to read the accounts that were swept, unless they are being read. */
  readDue(signal: AbortSignal): void {
    const { state, ports } = this.#context;
    for (const accountId of state.coverage.takeSwept()) {
      const account = state.enforced?.accounts.get(accountId);
      if (account === undefined || this.#reading.has(accountId)) continue;
      const reading = this.#read(account, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) ports.telemetry.error("tags failed", { reason: String(error) });
        })
        .finally(() => this.#reading.delete(accountId));
      this.#reading.set(accountId, reading);
    }
  }

  /** Waits for the accounts that are being read. */
  async idle(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  async #read(account: DesiredAccount, signal: AbortSignal): Promise<void> {
    const { state } = this.#context;
    const tags = new Map<Region, EstatePart<FunctionTags>>();
    for (const region of account.regions) tags.set(region, await this.#readRegion(account, region, signal));
    state.coverage.tagsRead(account.id, tags);
  }

  async #readRegion(
    account: DesiredAccount,
    region: Region,
    signal: AbortSignal,
  ): Promise<EstatePart<FunctionTags>> {
    const { clock, random, estates } = this.#context.ports;
    const pass = `${clock.nowMs().toString(36)}-${random.hex(4)}`;
    try {
      return await estates.functionTags({ account, region, pass }, signal);
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      return { kind: "unknown", call: "tag:GetResources", why: "failed", reason: cause.message };
    }
  }
}
