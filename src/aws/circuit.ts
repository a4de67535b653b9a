import type { Clock } from "../controller/ports/clock.ts";
import type { Random } from "../controller/ports/random.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { AwsError } from "../model/aws-error.ts";
import { siteName, type CallSite } from "./calls.ts";

/** Access that is missing: one alert's worth of facts. */
export interface OpenCircuit {
  readonly accountId: string;
  /** `iam:PutRolePolicy role/x`, or the call alone where it takes no resource. */
  readonly call: string;
  readonly scope: "object" | "action" | "account" | "region";
  readonly sinceMs: number;
  readonly error: AwsError;
}

interface Standing extends OpenCircuit {
  readonly probeMs: number;
  readonly probes: number;
}

const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 300_000;

/**
 * closed ──access denied──► open ──its time has come──► one call goes through ──denied──► open, for twice as long
 *    ▲                                                            │
 *    └────────────────────────────success─────────────────────────┘
 * While open, the calls that it covers fail at once with the error that opened it.
 */
export class Circuits {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #telemetry: Telemetry;
  readonly #open = new Map<string, Standing>();

  constructor(parts: { readonly clock: Clock; readonly random: Random; readonly telemetry: Telemetry }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#telemetry = parts.telemetry;
  }

  /** @throws AwsError the one that opened a circuit which covers this call */
  check(site: CallSite): void {
    const nowMs = this.#clock.nowMs();
    for (const name of circuitNames(site)) {
      const standing = this.#open.get(name);
      if (standing === undefined) continue;
      if (nowMs < standing.probeMs) throw standing.error;
      this.#open.set(name, this.#later(standing, nowMs));
    }
  }

  succeeded(site: CallSite): void {
    for (const name of circuitNames(site)) {
      const standing = this.#open.get(name);
      if (standing === undefined) continue;
      this.#open.delete(name);
      this.#telemetry.info("access is back", { account: site.accountId, call: standing.call });
      this.#count();
    }
  }

  failed(site: CallSite, error: AwsError): void {
    const { disposition } = error.facts;
    if (disposition.kind !== "circuit") return;
    const name = circuitName(site, disposition.scope);
    const known = this.#open.get(name);
    if (known !== undefined) return void this.#open.set(name, { ...known, error });
    const nowMs = this.#clock.nowMs();
    const first: Standing = {
      accountId: site.accountId,
      call: error.facts.call,
      scope: disposition.scope,
      sinceMs: nowMs,
      error,
      probeMs: 0,
      probes: 0,
    };
    this.#open.set(name, this.#later(first, nowMs));
    this.#telemetry.warn("access is missing", {
      account: site.accountId,
      call: first.call,
      scope: first.scope,
      code: error.facts.code,
      deniedBy: error.facts.denial?.deniedBy ?? null,
      mend: error.facts.denial?.mend ?? null,
    });
    this.#count();
  }

  /** Sorted by account and call. */
  list(): readonly OpenCircuit[] {
    return [...this.#open.keys()].sort().flatMap((name) => {
      const standing = this.#open.get(name);
      if (standing === undefined) return [];
      const { accountId, call, scope, sinceMs, error } = standing;
      return [{ accountId, call, scope, sinceMs, error }];
    });
  }

  #later(standing: Standing, nowMs: number): Standing {
    const ceilingMs = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** standing.probes);
    const waitMs = Math.floor(ceilingMs * (0.5 + this.#random.next() / 2));
    return { ...standing, probeMs: nowMs + waitMs, probes: standing.probes + 1 };
  }

  #count(): void {
    this.#telemetry.gauge("aws_circuits_open", this.#open.size);
  }
}

function circuitNames(site: CallSite): readonly string[] {
  return (["account", "region", "action", "object"] as const).map((scope) => circuitName(site, scope));
}

function circuitName(site: CallSite, scope: OpenCircuit["scope"]): string {
  const place = `${site.accountId} ${site.identity} ${site.region ?? "global"}`;
  if (scope === "account") return `${site.accountId} ${site.identity}`;
  if (scope === "region") return place;
  if (scope === "action") return `${place} ${site.call}`;
  return `${place} ${siteName(site)}`;
}
