import type { Clock } from "../../controller/ports/clock.ts";
import type { Random } from "../../controller/ports/random.ts";
import type { DeniedCall } from "../../model/passes/request-limits.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { fixOfAwsError, type AwsError } from "../../model/aws/errors/aws-error.ts";
import { type Backoff, backoffMs } from "../../model/values/backoff.ts";
import { siteName, type CallSite } from "../calls/calls.ts";

/** A missing permission or missing credentials: the facts of one alert. */
export interface OpenCircuit extends DeniedCall {
  readonly scope: "object" | "action" | "account" | "region";
  readonly error: AwsError;
}

interface CircuitState extends OpenCircuit {
  /** From this time on, calls are allowed again as probes. */
  readonly probeMs: number;
  readonly probes: number;
  /** The denied call; null if the credentials were denied: then any success proves that access is restored. */
  readonly deniedCall: string | null;
}

const PROBES: Backoff = { firstMs: 30_000, longestMs: 300_000, jitter: "half" };

/**
 * closed ──denied──► open ──after the wait──► half-open ──denied──► open, for twice as long
 *    ▲                                                │
 *    └────────── the denied call succeeds ────────────┘
 * While open, the calls that it covers fail immediately with the error that opened it; while half-open, they are made.
 */
export class Circuits {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #telemetry: Telemetry;
  readonly #open = new Map<string, CircuitState>();

  constructor(parts: { readonly clock: Clock; readonly random: Random; readonly telemetry: Telemetry }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#telemetry = parts.telemetry;
  }

  /** @throws AwsError the error that opened a circuit for this call */
  check(site: CallSite): void {
    const nowMs = this.#clock.nowMs();
    for (const name of circuitNames(site)) {
      const state = this.#open.get(name);
      if (state !== undefined && nowMs < state.probeMs) throw state.error;
    }
  }

  succeeded(site: CallSite): void {
    for (const name of circuitNames(site)) {
      const state = this.#open.get(name);
      if (state === undefined) continue;
      if (state.deniedCall !== null && state.deniedCall !== siteName(site)) continue;
      this.#open.delete(name);
      this.#telemetry.info("access is restored", { account: site.accountId, call: state.call });
    }
  }

  failed(site: CallSite, error: AwsError): void {
    const { disposition } = error.facts;
    if (disposition.kind !== "circuit") return;
    const name = circuitName(site, disposition.scope);
    const known = this.#open.get(name);
    const nowMs = this.#clock.nowMs();
    if (known !== undefined && nowMs < known.probeMs) return;
    if (known !== undefined) return void this.#open.set(name, this.#later({ ...known, error }, nowMs));
    const { call } = error.facts;
    const isRefusal = error.facts.denial !== undefined && !call.startsWith("sts:");
    const deniedCall = isRefusal ? siteName(site) : null;
    const { scope } = disposition;
    const first = {
      accountId: site.accountId,
      call,
      scope,
      sinceMs: nowMs,
      error,
      probeMs: 0,
      probes: 0,
      deniedCall,
    };
    this.#open.set(name, this.#later(first, nowMs));
    this.#warn(first);
  }

  /** Sorted by account and call. */
  list(): readonly OpenCircuit[] {
    return [...this.#open.keys()].sort().flatMap((name) => {
      const state = this.#open.get(name);
      if (state === undefined) return [];
      const { accountId, call, scope, sinceMs, error } = state;
      return [{ accountId, call, scope, sinceMs, error }];
    });
  }

  #later(state: CircuitState, nowMs: number): CircuitState {
    const waitMs = backoffMs(PROBES, state.probes, this.#random.next());
    return { ...state, probeMs: nowMs + waitMs, probes: state.probes + 1 };
  }

  #warn({ accountId, call, scope, error }: OpenCircuit): void {
    this.#telemetry.warn("access is missing", {
      account: accountId,
      call,
      scope,
      code: error.facts.code,
      deniedBy: error.facts.denial?.deniedBy ?? null,
      fix: fixOfAwsError(error),
    });
  }
}

/** The names of all circuits that cover a call, without duplicates. */
function circuitNames(site: CallSite): readonly string[] {
  const scopes = ["account", "region", "action", "object"] as const;
  return [...new Set(scopes.map((scope) => circuitName(site, scope)))];
}

function circuitName(site: CallSite, scope: OpenCircuit["scope"]): string {
  const place = `${site.accountId} ${site.identity} ${site.region ?? "global"}`;
  if (scope === "account") return `${site.accountId} ${site.identity}`;
  if (scope === "region") return place;
  if (scope === "action") return `${place} ${site.call}`;
  return `${place} ${siteName(site)}`;
}
