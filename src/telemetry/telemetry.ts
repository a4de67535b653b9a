import { pino, type DestinationStream, type Level } from "pino";
import { type LogFields, type Telemetry, untraced } from "../controller/ports/telemetry.ts";
import { hideCredentials } from "../model/values/credential-text.ts";
import { openMetrics, type OpenMetrics } from "./metrics.ts";

export interface TelemetryOptions {
  readonly level: Level | "silent";
  readonly destination: DestinationStream;
  /** Default: steps are not measured. */
  readonly trace?: Telemetry["trace"];
}

export interface OpenTelemetry {
  readonly telemetry: Telemetry;
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>;
  /** The same as values. */
  readonly values: OpenMetrics["values"];
}

/** Opens structured logs on the destination and a separate metric registry. Secrets are redacted at the sink. */
export function openTelemetry(options: TelemetryOptions): OpenTelemetry {
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination,
  );
  const { text: metrics, values, ...record } = openMetrics();
  const telemetry: Telemetry = {
    debug: (text, fields = {}) => log.debug(redactFields(fields), text),
    info: (text, fields = {}) => log.info(redactFields(fields), text),
    warn: (text, fields = {}) => log.warn(redactFields(fields), text),
    error: (text, fields = {}) => log.error(redactFields(fields), text),
    ...record,
    trace: options.trace ?? untraced,
  };
  return { telemetry, metrics, values };
}

function redactFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactValue(value)]));
}

function redactValue(value: LogFields[string]): LogFields[string] {
  if (typeof value === "string") return hideCredentials(value);
  return isStrings(value) ? value.map(hideCredentials) : value;
}

function isStrings(value: LogFields[string]): value is readonly string[] {
  return Array.isArray(value);
}
