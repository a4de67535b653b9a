import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import type { DeniedRequest, FunctionDenials } from "../../model/denials/denied-request.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { bucketOfObject } from "../../model/aws/arn.ts";

interface CounterLimits {
  /** Kinds of requests that are kept of one function. */
  readonly ofFunction: number;
  /** The same of all functions together. */
  readonly inAll: number;
}

interface CountedRequest {
  readonly request: DeniedRequest;
  /** Its calls, and those of the kind whose place it took: a kind that goes on is not evicted by new ones. */
  readonly weight: number;
}

interface CountedRequests {
  readonly requests: Map<string, CountedRequest>;
  otherCalls: number;
  otherLastMs: number;
}

/**
 * Counts denied calls by function and kind of request, in any order. Its size depends on the limits, not on the calls. A new
 * kind takes the place of the rarest, of the oldest among those: within its function, and beyond the limit of all within the
 * function with the most kinds of the namespace with the most. So no function hides the calls of another namespace, and
 * none hides a kind that is frequent.
 */
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
  addAll({ key, requests, otherCalls, otherLastMs }: FunctionDenials): void {
    for (const request of requests) this.#put(key, request);
    if (otherCalls === 0) return;
    const lastMs = otherLastMs ?? Math.max(0, ...requests.map((one) => one.lastMs));
    countOthers(this.#countedOf(key), otherCalls, lastMs);
  }

  /** Forgets what was not called since then. */
  forgetBefore(timeMs: number): void {
    for (const [key, counted] of this.#byKey) {
      for (const [name, { request }] of counted.requests)
        if (request.lastMs < timeMs) counted.requests.delete(name);
      if (counted.otherLastMs < timeMs) counted.otherCalls = 0;
      if (counted.requests.size === 0 && counted.otherCalls === 0) this.#byKey.delete(key);
    }
  }

  /** Sorted by key. */
  all(): readonly FunctionDenials[] {
    return [...this.#byKey]
      .map(([key, { requests, otherCalls, otherLastMs }]) => ({
        key,
        requests: [...requests].toSorted(mostFrequent).map(([, { request }]) => request),
        otherCalls,
        ...(otherCalls > 0 && { otherLastMs }),
      }))
      .toSorted(byTextOf(({ key }) => key));
  }

  #countedOf(key: Key): CountedRequests {
    return getOrAdd(this.#byKey, key, () => ({ requests: new Map(), otherCalls: 0, otherLastMs: 0 }));
  }

  #put(key: Key, request: DeniedRequest): void {
    const counted = this.#countedOf(key);
    const name = nameOf(request.reported);
    const before = counted.requests.get(name);
    if (before !== undefined) {
      const weight = before.weight + request.calls;
      counted.requests.set(name, { request: together(before.request, request), weight });
      return;
    }
    const isFull = counted.requests.size >= this.#limits.ofFunction;
    const crowded = isFull ? counted : this.#size() < this.#limits.inAll ? null : this.#mostCrowded(key);
    const evicted = crowded === null ? 0 : evict(crowded);
    const inherited = crowded === counted ? evicted : 0;
    counted.requests.set(name, { request, weight: request.calls + inherited });
  }

  #size(): number {
    return [...this.#byKey.values()].reduce((sum, { requests }) => sum + requests.size, 0);
  }

  /** The function with the most kinds of the namespace with the most; a new kind counts as one of its own function. */
  #mostCrowded(key: Key): CountedRequests {
    const kindsOf = (one: readonly [Key, CountedRequests]): number =>
      one[1].requests.size + Number(one[0] === key);
    const namespaces = [...Map.groupBy(this.#byKey, ([one]) => keyParts(one).namespace).values()];
    const [crowded = []] = namespaces.toSorted((a, b) => sumOf(b, kindsOf) - sumOf(a, kindsOf));
    const filled = crowded.filter(([, { requests }]) => requests.size > 0);
    const [most] = filled.toSorted((a, b) => kindsOf(b) - kindsOf(a));
    return most?.[1] ?? this.#countedOf(key);
  }
}

function sumOf<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

/** Counts the rarest request without its kind. @returns its weight */
function evict(counted: CountedRequests): number {
  const rarest = [...counted.requests].toSorted(
    ([, a], [, b]) => a.weight - b.weight || a.request.lastMs - b.request.lastMs,
  )[0];
  if (rarest === undefined) return 0;
  const [name, { request, weight }] = rarest;
  counted.requests.delete(name);
  countOthers(counted, request.calls, request.lastMs);
  return weight;
}

function countOthers(counted: CountedRequests, calls: number, lastMs: number): void {
  counted.otherCalls += calls;
  counted.otherLastMs = Math.max(counted.otherLastMs, lastMs);
}

type NamedCount = readonly [name: string, counted: CountedRequest];

function mostFrequent([nameA, a]: NamedCount, [nameB, b]: NamedCount): number {
  return b.request.calls - a.request.calls || byText(nameA, nameB);
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
  const bucket = bucketOfObject(resource ?? "");
  return JSON.stringify([action ?? operation, bucket ?? resource, deniedBy, how, policy]);
}
