import type { Server } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiFailure } from "../request/failure.ts";
import { SAFE_HEADERS } from "../server/answers.ts";
import { SharedBatches } from "./shared-batches.ts";
import { SharedSlices } from "./shared-slices.ts";
import { streamWatch, type StreamOptions, type WatchSource } from "./watch-stream.ts";

export interface WatchLimits {
  readonly perToken: number;
  readonly inAll: number;
  /** The longest time of one watch. */
  readonly longestMs: number;
  readonly bookmarkMs: number;
  readonly checkMs: number;
  readonly stalledMs: number;
  readonly slowMs: number;
}

export const WATCH_LIMITS: WatchLimits = {
  perToken: 128,
  inAll: 512,
  longestMs: 3_600_000,
  bookmarkMs: 60_000,
  checkMs: 5_000,
  stalledMs: 500,
  slowMs: 30_000,
};

const KEEP_ALIVE_MS = 30_000;
const STOP_MS = 1_000;

interface Watched {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface OneWatch extends Pick<
  StreamOptions,
  "hasInitial" | "hasInitialEnd" | "hasBookmarks" | "mayContinue"
> {
  readonly source: WatchSource;
  /** null: as long as possible. */
  readonly timeoutMs: number | null;
  /** Aborts when the session is ended. */
  readonly ended: AbortSignal;
}

/** The open watches: they are limited by themselves and are none of the connections that the listeners count. */
export class OpenWatches {
  readonly #limits: WatchLimits;
  readonly #listeners = new Map<Server, number>();
  readonly #byActor = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  #reserved = 0;
  readonly #stop = new AbortController();
  readonly slices = new SharedSlices();
  readonly batches = new SharedBatches();

  constructor(limits: WatchLimits) {
    this.#limits = limits;
  }

  /** The listener's limit of connections grows with each open watch. */
  exemptFrom(listener: Server): void {
    this.#listeners.set(listener, listener.maxConnections);
  }

  /** Reserves a place, before the first wait of the request. @returns a function that releases it @throws ApiFailure TooManyRequests */
  reserve(actor: string): () => void {
    const { perToken, inAll } = this.#limits;
    const details = { retryAfterSeconds: 5 };
    if (this.#reserved >= inAll)
      throw new ApiFailure("TooManyRequests", `more than ${inAll} watches are open`, details);
    if ((this.#byActor.get(actor) ?? 0) >= perToken)
      throw new ApiFailure("TooManyRequests", `more than ${perToken} watches of one token are open`, details);
    this.#count(actor, 1);
    return () => this.#count(actor, -1);
  }

  /** Sends the events until the watch ends. */
  async run(one: OneWatch, { request, reply }: Watched): Promise<void> {
    reply.hijack();
    const { raw: response } = reply;
    request.raw.socket.setTimeout(0);
    request.raw.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    response.writeHead(200, {
      ...SAFE_HEADERS,
      "content-type": "application/json; charset=utf-8",
      vary: "accept",
    });
    response.flushHeaders();
    const { longestMs, ...limits } = this.#limits;
    const timeout = AbortSignal.timeout(Math.min(one.timeoutMs ?? longestMs, longestMs));
    const options = { ...limits, ...one, slices: this.slices };
    const stop = AbortSignal.any([this.#stop.signal, timeout, one.ended]);
    const running = streamWatch(one.source, { response, options }, stop);
    this.#running.add(running);
    this.#exempt();
    await running;
    this.#running.delete(running);
    if (this.#running.size === 0) this.batches.clear();
    this.#exempt();
  }

  /** Ends all of them, each with its last line. */
  async close(): Promise<void> {
    this.#stop.abort();
    const ended = Promise.all(this.#running);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_MS);
    await Promise.race([ended, promise]);
    clearTimeout(timer);
  }

  #count(actor: string, by: 1 | -1): void {
    this.#reserved += by;
    const count = (this.#byActor.get(actor) ?? 0) + by;
    if (count === 0) this.#byActor.delete(actor);
    else this.#byActor.set(actor, count);
  }

  #exempt(): void {
    for (const [listener, connections] of this.#listeners)
      listener.maxConnections = connections + this.#running.size;
  }
}
