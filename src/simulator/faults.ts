import type { CallRecord } from "./calls.ts";

/** A fault and the calls that it matches; an omitted field matches every call. */
export interface Fault {
  readonly service?: string;
  readonly operation?: string;
  readonly accountId?: string;
  /** Part of the input's JSON, such as a role's name. */
  readonly resourceIncludes?: string;
  readonly userAgentIncludes?: string;
  /** The number of calls that it affects. Default: all. */
  readonly times?: number;
  readonly kind: FaultKind;
}

export type FaultKind =
  /** Returns an error instead of running the operation. */
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly status: number }
  /** Answers the service's own throttling error instead of acting. */
  | { readonly kind: "throttle" }
  /** Acts; the connection ends without an answer. */
  | { readonly kind: "lost-response" }
  /** Does not act; the connection ends without an answer. */
  | { readonly kind: "dropped-request" }
  /** Does not act; there is never an answer. */
  | { readonly kind: "hang" }
  /** Acts and answers, later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Acts; the connection ends after half of the answer. */
  | { readonly kind: "truncate" }
  /** A listing's page holds half of what was asked for, though there is more (as AWS may do). */
  | { readonly kind: "short-page" };

export type FaultTarget = Pick<CallRecord, "service" | "operation" | "accountId" | "input" | "userAgent">;

/** The active faults; the first matching one in the order of addition is used. */
export class Faults {
  #active: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#active.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault for this call; decrements its `times`. */
  take(target: FaultTarget): FaultKind | undefined {
    const found = this.#active.find(({ fault, left }) => left > 0 && hits(fault, target));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault.kind;
  }
}

function hits(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.service ?? target.service) === target.service &&
    (fault.operation ?? target.operation) === target.operation &&
    (fault.accountId ?? target.accountId) === target.accountId &&
    target.userAgent.includes(fault.userAgentIncludes ?? "") &&
    JSON.stringify(target.input).includes(fault.resourceIncludes ?? "")
  );
}
