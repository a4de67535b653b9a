import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Span, SpanStart, Telemetry } from "../../controller/ports/telemetry.ts";
import { hideCredentials } from "../../model/values/credential-text.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { keyValues, nanoseconds, type KeyValue } from "./json.ts";

/** A span as OTLP's JSON has it. */
export interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: number };
}

const KINDS = { internal: 1, server: 2, client: 3, producer: 4 } as const satisfies Record<
  SpanStart["kind"],
  number
>;
const OK = 1;
const ERROR = 2;

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** Ended spans that wait for the exporter; bounded, so that a collector that is down costs a fixed amount of memory. */
export class SpanQueue {
  readonly #current = new AsyncLocalStorage<SpanContext>();
  readonly #limit: number;
  readonly #nowMs: () => number;
  #spans: SpanJson[] = [];
  #dropped = 0;

  /** @param nowMs since 1970, with fractions */
  constructor(limit: number, nowMs: () => number) {
    this.#limit = limit;
    this.#nowMs = nowMs;
  }

  get length(): number {
    return this.#spans.length;
  }

  /** Spans that were dropped since the last call, because the queue was full. */
  drainDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** The oldest spans. */
  take(count: number): readonly SpanJson[] {
    return this.#spans.splice(0, count);
  }

  readonly trace: Telemetry["trace"] = async (start, work) => {
    const parent = this.#current.getStore();
    const context = {
      traceId: parent?.traceId ?? randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
    };
    const open = new OpenSpan(start);
    const startedMs = this.#nowMs();
    try {
      return await this.#current.run(context, () => work(open));
    } catch (cause) {
      open.fail(codeOf(cause));
      throw cause;
    } finally {
      this.#put({
        ...context,
        ...(parent !== undefined && { parentSpanId: parent.spanId }),
        name: start.name,
        kind: KINDS[start.kind],
        startTimeUnixNano: nanoseconds(startedMs),
        endTimeUnixNano: nanoseconds(this.#nowMs()),
        attributes: open.attributes(),
        status: { code: open.isFailed ? ERROR : OK },
      });
    }
  };

  #put(span: SpanJson): void {
    if (this.#spans.length >= this.#limit) this.#dropped += 1;
    else this.#spans.push(span);
  }
}

class OpenSpan implements Span {
  #attributes: SpanStart["attributes"];
  #code: string | null = null;

  constructor({ attributes }: SpanStart) {
    this.#attributes = attributes;
  }

  get isFailed(): boolean {
    return this.#code !== null;
  }

  set(attributes: SpanStart["attributes"]): void {
    this.#attributes = { ...this.#attributes, ...attributes };
  }

  fail(code: string): void {
    this.#code ??= code;
  }

  /** Without texts that look like credentials, as in the log. */
  attributes(): readonly KeyValue[] {
    const all = { ...this.#attributes, ...(this.#code !== null && { "error.type": this.#code }) };
    const hidden = Object.entries(all).map(
      ([name, value]) => [name, typeof value === "string" ? hideCredentials(value) : value] as const,
    );
    return keyValues(Object.fromEntries(hidden));
  }
}

/** Its code, or the name of its class; never its message, which may quote data. */
function codeOf(cause: unknown): string {
  return errorCode(cause) ?? (cause instanceof Error ? cause.name : "_OTHER");
}
