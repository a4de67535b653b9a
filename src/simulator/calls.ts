import type { Input } from "./contract.ts";

/** One API call and its answer. */
export interface CallRecord {
  readonly seq: number;
  readonly atMs: number;
  readonly accountId: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly userAgent: string;
  readonly principalArn: string;
  /** Without the members that the published schema marks as sensitive. */
  readonly input: Input;
  /** 0 if there was no answer. */
  readonly status: number;
  readonly errorCode?: string;
  /** Whether it changed IAM or Lambda, even if the caller got no answer. */
  readonly effective: boolean;
}

/** All API calls, in the order of their effects. */
export class CallLog {
  readonly #calls: CallRecord[] = [];

  add(call: Omit<CallRecord, "seq">): void {
    this.#calls.push({ seq: this.#calls.length + 1, ...call });
  }

  since(seq: number): readonly CallRecord[] {
    return this.#calls.slice(seq);
  }

  /** "iam:ListRoles" → number of calls, sorted by name. */
  counts(): Readonly<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const { service, operation } of this.#calls) {
      const name = `${service}:${operation}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}
