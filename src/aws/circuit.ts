import type { Clock } from "../controller/ports/clock.ts";
import type { Random } from "../controller/ports/random.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { fixOfAwsError, type AwsError } from "../model/aws-error.ts";
import { type Backoff, backoffMs } from "../model/backoff.ts";
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
  /** From then on calls go through again, to see. */
  readonly probeMs: number;
  readonly probes: number;
  /** The call that was refused; null when the credentials were: then any success proves that they are back. */
  readonly refused: string | null;
}

const PROBES: Backoff = { firstMs: 30_000, longestMs: 300_000, jitter: "half" };

/**
 * closed ──refused──► open ──its time has come──► half-open ──refused──► open, for twice as long
 *    ▲                                                │
 *    └────────── the refused call succeeds ───────────┘
 * While open, the calls that it covers fail at once with the error that opened it; while half-open they are made.
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
      if (standing !== undefined && nowMs < standing.probeMs) throw standing.error;
    }
  }

  succeeded(site: CallSite): void {
    for (const name of circuitNames(site)) {
      const standing = this.#open.get(name);
      if (standing === undefined) continue;
      if (standing.refused !== null && standing.refused !== siteName(site)) continue;
      this.#open.delete(name);
      this.#telemetry.info("access is back", { account: site.accountId, call: standing.call });
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
    const refused = isRefusal ? siteName(site) : null;
    const { scope } = disposition;
    const first = {
      accountId: site.accountId,
      call,
      scope,
      sinceMs: nowMs,
      error,
      probeMs: 0,
      probes: 0,
      refused,
    };
    this.#open.set(name, this.#later(first, nowMs));
    this.#warn(first);
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
    const waitMs = backoffMs(PROBES, standing.probes, this.#random.next());
    return { ...standing, probeMs: nowMs + waitMs, probes: standing.probes + 1 };
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

/** Every circuit that covers a call, each once. */
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
