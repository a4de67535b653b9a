import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import type { DeniedRequest, FunctionDenials } from "../../model/denials/denied-request.ts";
import type { Key } from "../../model/keys/key.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { byText, byTextOf } from "../../text/order.ts";

interface CounterLimits {
  /** Kinds of requests that are kept of one function. */
  readonly ofFunction: number;
  /** The same of all functions together. */
  readonly inAll: number;
}

interface CountedRequests {
  readonly requests: Map<string, DeniedRequest>;
  otherCalls: number;
}

/** Counts denied calls by function and kind of request, in any order. Its size depends on the limits, not on the calls. */
export class DenialCounter {
  readonly #limits: CounterLimits;
  readonly #byKey = new Map<Key, CountedRequests>();

  constructor(limits: CounterLimits) {
    this.#limits = limits;
  }

  add(key: Key, { atMs, reported }: Pick<CallDenial, "atMs" | "reported">): void {
    this.#put(key, { reported, calls: 1, firstMs: atMs, lastMs: atMs, hasOtherObjects: false });
  }

  /** Adds what was counted before. */
  addAll({ key, requests, otherCalls }: FunctionDenials): void {
    for (const request of requests) this.#put(key, request);
    if (otherCalls > 0) this.#countedOf(key).otherCalls += otherCalls;
  }

  /** Forgets what was not called since then. */
  forgetBefore(timeMs: number): void {
    for (const [key, { requests }] of this.#byKey) {
      for (const [name, { lastMs }] of requests) if (lastMs < timeMs) requests.delete(name);
      if (requests.size === 0) this.#byKey.delete(key);
    }
  }

  /** Sorted by key. */
  all(): readonly FunctionDenials[] {
    return [...this.#byKey]
      .map(([key, { requests, otherCalls }]) => ({
        key,
        requests: [...requests].toSorted(mostFrequent).map(([, request]) => request),
        otherCalls,
      }))
      .toSorted(byTextOf(({ key }) => key));
  }

  #countedOf(key: Key): CountedRequests {
    return getOrAdd(this.#byKey, key, () => ({ requests: new Map<string, DeniedRequest>(), otherCalls: 0 }));
  }

  #put(key: Key, request: DeniedRequest): void {
    const counted = this.#countedOf(key);
    const name = nameOf(request.reported);
    const before = counted.requests.get(name);
    if (before !== undefined) counted.requests.set(name, together(before, request));
    else if (counted.requests.size < this.#limits.ofFunction && this.#size() < this.#limits.inAll)
      counted.requests.set(name, request);
    else counted.otherCalls += request.calls;
  }

  #size(): number {
    return [...this.#byKey.values()].reduce((sum, { requests }) => sum + requests.size, 0);
  }
}

type Named = readonly [name: string, request: DeniedRequest];

function mostFrequent([nameA, a]: Named, [nameB, b]: Named): number {
  return b.calls - a.calls || byText(nameA, nameB);
}

function together(a: DeniedRequest, b: DeniedRequest): DeniedRequest {
  return {
    reported: a.reported,
    calls: a.calls + b.calls,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    hasOtherObjects: a.hasOtherObjects || b.hasOtherObjects || a.reported.resource !== b.reported.resource,
  };
}

/** Requests with one name need the same grant. A bucket may have any number of objects, and a grant is of the bucket. */
function nameOf({ action, operation, resource, deniedBy, how, policy }: ReportedDenial): string {
  const object = /^(arn:[^:]+:s3:::[^/]+\/)/.exec(resource ?? "")?.[1];
  return JSON.stringify([action ?? operation, object ?? resource, deniedBy, how, policy]);
}
