import { readFile } from "node:fs/promises";
import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { OtlpExporter } from "../../telemetry/otlp/exporter.ts";
import type { SpanQueue } from "../../telemetry/otlp/span-queue.ts";
import type { OpenTelemetry } from "../../telemetry/telemetry.ts";
import { clock } from "../ports.ts";
import { VERSION } from "../version.ts";

/** About 4 MiB: a sweep of a thousand functions has some thousand calls. */
const SPANS_AT_MOST = 8_192;
const TIMEOUT_MS = 10_000;

/** null: no collector is configured, and nothing of this is loaded. */
export async function openSpans({ otlp }: Config): Promise<SpanQueue | null> {
  if (otlp === null) return null;
  const { SpanQueue: Queue } = await import("../../telemetry/otlp/span-queue.ts");
  return new Queue(SPANS_AT_MOST, () => performance.timeOrigin + performance.now());
}

/** Sends spans and metrics until the returned function is called, which waits for two seconds at most. */
export async function startExporter(
  { otlp, instance }: Config,
  spans: SpanQueue | null,
  parts: {
    readonly telemetry: Telemetry;
    readonly values: OpenTelemetry["values"];
    readonly routes: ProxyRoutes;
  },
): Promise<() => Promise<void>> {
  if (otlp === null || spans === null) return () => Promise.resolve();
  const { OtlpExporter: Exporter } = await import("../../telemetry/otlp/exporter.ts");
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const exporter: OtlpExporter = new Exporter({
    endpoint: otlp.endpoint,
    resource: { version: VERSION, instance },
    spans,
    metrics: parts.values,
    clock,
    telemetry: parts.telemetry,
    tools: {
      fetch: proxiedFetch(parts.routes),
      headers: () => headersOf(otlp.headersFile),
      timeoutMs: TIMEOUT_MS,
    },
  });
  const ending = new AbortController();
  const running = exporter.run(ending.signal).catch((cause: unknown) => {
    parts.telemetry.warn("telemetry is no longer exported", { reason: String(cause) });
  });
  return async () => {
    ending.abort();
    await running;
  };
}

/** @throws Error that names the file and the line, and never quotes it */
async function headersOf(file: string | null): Promise<Readonly<Record<string, string>>> {
  if (file === null) return {};
  const { parseHeaders } = await import("../../telemetry/otlp/headers.ts");
  const headers = parseHeaders(await readFile(file, "utf8"));
  if (headers.kind === "err") throw new Error(`telemetry.otlp.headersFile ${file}: ${headers.error}`);
  return headers.value;
}
