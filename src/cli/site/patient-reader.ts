import type { ApiList, ApiObject } from "../../api/object.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { ApiClient } from "../client/client.ts";

/** The controller allows so many requests in a minute that a pause of this length is enough, sooner or later. */
const PAUSE_MS = 5_000;
const MOST_PAUSES = 24;

/** Reads a controller slowly enough for its limits: a large export makes hundreds of requests. */
export class PatientReader {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(client: ApiClient, { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** @param path below the base of the API @throws CliError */
  async read<T>(path: string): Promise<T> {
    for (let pauses = 0; ; pauses += 1) {
      this.#signal.throwIfAborted();
      try {
        return await this.#client.read<T>(path);
      } catch (cause) {
        if (!isTooFast(cause) || pauses === MOST_PAUSES) throw cause;
        await this.#clock.sleep(PAUSE_MS, this.#signal);
      }
    }
  }

  /** The pages of a list, in its order. */
  async *pages<Item extends ApiObject<string>>(path: string, limit: number): AsyncGenerator<ApiList<Item>> {
    let next: string | undefined;
    do {
      const query = new URLSearchParams({
        limit: String(limit),
        ...(next !== undefined && { continue: next }),
      });
      const page: ApiList<Item> = await this.read(`${path}?${query.toString()}`);
      next = page.metadata.continue;
      yield page;
    } while (next !== undefined);
  }

  async *items<Item extends ApiObject<string>>(path: string, limit: number): AsyncGenerator<Item> {
    for await (const page of this.pages<Item>(path, limit)) yield* page.items;
  }
}

function isTooFast(cause: unknown): boolean {
  return cause instanceof CliError && cause.problems[0]?.code === "TooManyRequests";
}
