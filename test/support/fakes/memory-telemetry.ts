import {
  type LogFields,
  type Telemetry,
  untraced,
  type Span,
  type SpanStart,
} from "../../../src/controller/ports/telemetry.ts";

interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  readonly fields: LogFields;
}

/** Remembers lines and the last value of each gauge. */
export class MemoryTelemetry implements Telemetry {
  readonly lines: LogLine[] = [];
  readonly gauges = new Map<string, number>();
  readonly forgotten: string[] = [];
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();
  /** The names of the steps that began, in order. */
  readonly spans: string[] = [];

  info(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: "info", text, fields });
  }

  warn(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: "warn", text, fields });
  }

  error(text: string, fields: LogFields = {}): void {
    this.lines.push({ level: "error", text, fields });
  }

  debug(): void {}

  count(): void {}

  gauge(metric: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    const name = [metric, ...Object.values(labels)].join(" ");
    this.gauges.set(name, value);
    this.#labels.set(name, labels);
  }

  observe(): void {}

  forget(label: string, value: string): void {
    this.forgotten.push(`${label}=${value}`);
    for (const [name, labels] of this.#labels) if (labels[label] === value) this.gauges.delete(name);
  }

  trace<Result>(start: SpanStart, work: (span: Span) => Promise<Result>): Promise<Result> {
    this.spans.push(start.name);
    return untraced(start, work);
  }

  errors(): readonly string[] {
    return this.lines.filter(({ level }) => level === "error").map(({ text }) => text);
  }
}
