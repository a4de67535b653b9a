import type { Input } from "./contract.ts";

/** One API call as it was answered. */
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
  /** Without what the published schema calls sensitive. */
  readonly input: Input;
  /** 0: no answer was given. */
  readonly status: number;
  readonly errorCode?: string;
  /** It changed IAM or Lambda, whether or not the caller heard of it. */
  readonly effective: boolean;
}

/** Every API call in the order in which they took effect. */
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
