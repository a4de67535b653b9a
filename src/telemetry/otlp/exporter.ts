import type { MetricObjectWithValues, MetricValue } from "prom-client";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { resourceJson, SCOPE, type ServiceIdentity } from "./json.ts";
import { metricsJson } from "./metrics-json.ts";
import { post, type PostResult, type PostTools } from "./post.ts";
import type { SpanJson, SpanQueue } from "./span-queue.ts";

export interface ExporterParts {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  readonly resource: ServiceIdentity;
  readonly spans: Pick<SpanQueue, "take" | "drainDropped" | "length">;
  readonly metrics: () => Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, "count" | "warn" | "info">;
  readonly tools: PostTools;
}

const SPANS_EVERY_MS = 5_000;
const METRICS_EVERY_MS = 60_000;
const BATCH = 512;
/** A stop of the process waits no longer for the collector. */
const LAST_MS = 2_000;
/** After that, a batch is dropped: newer spans are worth more. */
const MAX_ATTEMPTS = 6;

/**
 * Sends spans and metrics to a collector, one request after the other. Nothing waits for it: spans wait in a bounded queue,
 * and metrics are cumulative, so that the next request has what a failed one had.
 */
export class OtlpExporter {
  readonly #parts: ExporterParts;
  readonly #startedMs: number;
  #batch: readonly SpanJson[] = [];
  #attempts = 0;
  #metricsDueMs: number;
  #isFailing = false;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.nowMs();
    this.#metricsDueMs = this.#startedMs + METRICS_EVERY_MS;
  }

  /** Runs until the signal aborts; then sends what is left, once. */
  async run(stop: AbortSignal): Promise<void> {
    let pauseMs = SPANS_EVERY_MS;
    while (!stop.aborted) {
      try {
        await this.#parts.clock.sleep(pauseMs, stop);
      } catch {
        break;
      }
      pauseMs = Math.max(SPANS_EVERY_MS, await this.#send(stop));
    }
    this.#metricsDueMs = 0;
    await this.#send(AbortSignal.timeout(LAST_MS));
    this.#drop("stopped", this.#batch.length + this.#parts.spans.length);
  }

  /** The pause that the collector asks for. */
  async #send(signal: AbortSignal): Promise<number> {
    this.#drop("queue-full", this.#parts.spans.drainDropped());
    const pauseMs = await this.#sendSpans(signal);
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs >= this.#metricsDueMs) {
      this.#metricsDueMs = nowMs + METRICS_EVERY_MS;
      await this.#sendMetrics(nowMs, signal);
    }
    return pauseMs;
  }

  async #sendSpans(signal: AbortSignal): Promise<number> {
    const { spans } = this.#parts;
    while (this.#batch.length + spans.length > 0) {
      if (this.#batch.length === 0) this.#batch = spans.take(BATCH);
      const posted = await this.#post(
        "/v1/traces",
        {
          resourceSpans: [
            {
              resource: resourceJson(this.#parts.resource),
              scopeSpans: [{ scope: SCOPE, spans: this.#batch }],
            },
          ],
        },
        signal,
      );
      if (posted.kind === "retry" && ++this.#attempts < MAX_ATTEMPTS) return posted.afterMs;
      const lost = posted.kind === "accepted" ? posted.rejected : this.#batch.length;
      this.#drop(posted.kind === "retry" ? "unreachable" : "refused", lost);
      this.#batch = [];
      this.#attempts = 0;
      if (posted.kind !== "accepted") return 0;
    }
    return 0;
  }

  async #sendMetrics(nowMs: number, signal: AbortSignal): Promise<void> {
    const metrics = metricsJson(await this.#parts.metrics(), { startedMs: this.#startedMs, nowMs });
    await this.#post(
      "/v1/metrics",
      {
        resourceMetrics: [
          { resource: resourceJson(this.#parts.resource), scopeMetrics: [{ scope: SCOPE, metrics }] },
        ],
      },
      signal,
    );
  }

  async #post(path: string, body: object, signal: AbortSignal): Promise<PostResult> {
    const { endpoint, tools, telemetry } = this.#parts;
    const posted = await post({ url: `${endpoint}${path}`, body }, tools, signal);
    if (posted.kind === "accepted") {
      if (this.#isFailing) telemetry.info("the collector accepts telemetry again", { endpoint });
      this.#isFailing = false;
    } else if (!this.#isFailing && !signal.aborted) {
      this.#isFailing = true;
      telemetry.warn("the collector does not accept telemetry", {
        endpoint,
        reason: posted.reason,
        fix: "check telemetry.otlp.endpoint and the collector; nothing else waits for it",
      });
    }
    return posted;
  }

  #drop(reason: string, spans: number): void {
    if (spans > 0) this.#parts.telemetry.count("telemetry_spans_dropped_total", { reason }, spans);
  }
}
