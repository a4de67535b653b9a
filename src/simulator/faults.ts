/** What goes wrong, and for which calls; everything left out matches every call. */
export interface Fault {
  readonly service?: string;
  readonly operation?: string;
  readonly accountId?: string;
  /** Part of the input's JSON, such as a role's name. */
  readonly resourceIncludes?: string;
  readonly userAgentIncludes?: string;
  /** How many calls it hits. Default: all. */
  readonly times?: number;
  readonly kind: FaultKind;
}

export type FaultKind =
  /** Answers an error instead of acting. */
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

export interface FaultTarget {
  readonly service: string;
  readonly operation: string;
  readonly accountId: string;
  readonly input: object;
  readonly userAgent: string;
}

/** The faults that stand; the one added first wins. */
export class Faults {
  #standing: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#standing.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The fault that hits this call; counts down its `times`. */
  take(target: FaultTarget): FaultKind | undefined {
    const found = this.#standing.find(({ fault, left }) => left > 0 && hits(fault, target));
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
