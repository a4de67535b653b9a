import type { ChangeMessage } from "../../../iam/trail/change-message.ts";
import type { AccountId, Region } from "../../../model/aws/ids.ts";
import type { ChangeEvent } from "../../../model/changes/change-event.ts";
import type { LostEvents } from "../../../model/changes/lost-events.ts";
import { byText } from "../../../text/order.ts";
import {
  READ_MAY_BE_OLD_MS,
  type EventProof,
  type PolicyReading,
} from "../../../model/changes/event-proof.ts";

/** CloudTrail and EventBridge usually deliver within a minute: an event that is later than this counts as lost. */
const LATE_MS = 900_000;
/** Functions that are remembered in each region; one more, and the entire region counts as changed. */
const REMEMBERED = 10_000;

interface RegionTrust {
  /** When the first event of Lambda was received since there was no proof; null: none was. */
  provenMs: number | null;
  /** The same, and kept while an event is late. */
  expectedMs: number | null;
  /** The last event that may be of any function. */
  anyMs: number;
  /** By function: when its last event was received. */
  readonly changedMs: Map<string, number>;
  /** The same for events that are of no write of ours. */
  readonly reportedMs: Map<string, number>;
  /** By function: its policy changed without an event. */
  readonly missing: Map<string, MissingEvent>;
}

interface MissingEvent {
  readonly sinceMs: number;
  isLost: boolean;
}

/**
 * Whether the change events of Lambda are complete, by account and region:
 *
 *   unproven ──received()──► proven ──unreported()──► late ──reported() of each function──► proven
 *   late ──after 15 minutes──► lost ──received()──► proven, and shown as lost until the next complete read
 *
 * A region is late while an event of any function is late, and lost while one is lost.
 */
export class EventTrust {
  readonly #regions = new Map<AccountId, Map<Region, RegionTrust>>();
  /** When a message was received that is no event and may have been one of any function. */
  readonly #unreadMs = new Map<string, number>();

  /** @param accounts those that the queue is for */
  received(message: ChangeMessage, accounts: ReadonlySet<string>, nowMs: number): void {
    if (message.kind === "malformed" || message.kind === "oversized")
      for (const id of accounts) this.#unreadMs.set(id, nowMs);
    if (message.kind !== "change" || !message.event.call.startsWith("lambda:")) return;
    const { accountId, region, object } = message.event;
    const trust = this.#region(accountId, region, nowMs);
    trust.provenMs ??= nowMs;
    trust.expectedMs ??= nowMs;
    if (object.kind !== "function" || trust.changedMs.size >= REMEMBERED) {
      trust.anyMs = nowMs;
      trust.changedMs.clear();
      trust.reportedMs.clear();
    }
    if (object.kind !== "function") return;
    trust.changedMs.set(object.name, nowMs);
  }

  /** The event is of no write of ours: it explains a policy that changed. */
  reported({ accountId, region, call, object }: ChangeEvent, nowMs: number): void {
    if (!call.startsWith("lambda:") || object.kind !== "function") return;
    const trust = this.#region(accountId, region, nowMs);
    trust.reportedMs.set(object.name, nowMs);
    if (trust.missing.get(object.name)?.isLost === false) trust.missing.delete(object.name);
  }

  /** @param sinceMs since when all queues of the account answer; null: one does not, or there is none */
  proofOf(accountId: AccountId, sinceMs: number | null, nowMs: number): EventProof | null {
    if (sinceMs === null) return null;
    const unreadMs = this.#unreadMs.get(accountId) ?? -Infinity;
    const regions = this.#regionsOf(accountId, nowMs);
    const timesOf = (kind: "provenMs" | "expectedMs") =>
      regions.flatMap(([region, trust]) => {
        const { [kind]: ofRegionMs, anyMs } = trust;
        if (ofRegionMs === null) return [];
        const anyChangeMs = Math.max(anyMs, unreadMs) + READ_MAY_BE_OLD_MS;
        return [[region, Math.max(sinceMs, ofRegionMs, anyChangeMs)] as const];
      });
    const late = new Set(regions.filter(([, { missing }]) => isLate(missing)).map(([region]) => region));
    return {
      sinceMs: new Map(timesOf("provenMs").filter(([region]) => !late.has(region))),
      expectedMs: new Map(timesOf("expectedMs")),
      changedMs: new Map(regions.map(([region, { changedMs }]) => [region, new Map(changedMs)])),
      reportedMs: new Map(regions.map(([region, { reportedMs }]) => [region, new Map(reportedMs)])),
    };
  }

  /** A policy changed without an event: nothing of the region is proven until another event is received. */
  unreported(accountId: AccountId, { region, name }: PolicyReading, nowMs: number): void {
    const trust = this.#region(accountId, region, nowMs);
    trust.provenMs = null;
    if (!trust.missing.has(name)) trust.missing.set(name, { sinceMs: nowMs, isLost: false });
  }

  /** The account was swept: after this time, what nothing proved was read. */
  swept(accountId: AccountId, beganMs: number): void {
    for (const { missing, provenMs } of this.#regions.get(accountId)?.values() ?? [])
      if (beganMs >= (provenMs ?? Infinity)) for (const [name] of lostOf(missing)) missing.delete(name);
  }

  /** Sorted by region. */
  lostIn(accountId: AccountId, nowMs: number): readonly LostEvents[] {
    return this.#regionsOf(accountId, nowMs)
      .flatMap(([region, { missing }]) => {
        const lost = lostOf(missing);
        const sinceMs = Math.min(...lost.map(([, one]) => one.sinceMs));
        return lost.length === 0
          ? []
          : [{ region, sinceMs, functionNames: lost.map(([name]) => name).toSorted(byText) }];
      })
      .toSorted((a, b) => (a.region < b.region ? -1 : 1));
  }

  #region(accountId: AccountId, region: Region, nowMs: number): RegionTrust {
    const regions = this.#regions.get(accountId) ?? new Map<Region, RegionTrust>();
    this.#regions.set(accountId, regions);
    const found = regions.get(region);
    if (found !== undefined) return lostIfLate(found, nowMs);
    const created: RegionTrust = {
      provenMs: null,
      expectedMs: null,
      anyMs: -Infinity,
      changedMs: new Map(),
      reportedMs: new Map(),
      missing: new Map(),
    };
    regions.set(region, created);
    return created;
  }

  #regionsOf(accountId: AccountId, nowMs: number): readonly (readonly [Region, RegionTrust])[] {
    return [...(this.#regions.get(accountId) ?? [])].map(
      ([region, trust]) => [region, lostIfLate(trust, nowMs)] as const,
    );
  }
}

/** An event that was received until then proves nothing of what came after it. */
function lostIfLate(trust: RegionTrust, nowMs: number): RegionTrust {
  for (const one of trust.missing.values()) {
    if (one.isLost || nowMs - one.sinceMs < LATE_MS) continue;
    one.isLost = true;
    trust.provenMs = null;
    trust.expectedMs = null;
  }
  return trust;
}

function isLate(missing: RegionTrust["missing"]): boolean {
  return [...missing.values()].some(({ isLost }) => !isLost);
}

function lostOf(missing: RegionTrust["missing"]): readonly (readonly [string, MissingEvent])[] {
  return [...missing].filter(([, { isLost }]) => isLost);
}
