import type { AuditFact } from "../../audit/entry.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { longestPauseMs, type RegionReads } from "../../model/reads/region-reads.ts";
import type { LiveRegion } from "../../model/live.ts";
import { byText } from "../../text/order.ts";
import type { DonePass } from "../outcome/outcome.ts";

interface ReadGaps {
  readonly regionReads: Readonly<Record<string, RegionReads>>;
  readonly facts: readonly AuditFact[];
}

/** When each region was read, after a complete sweep, and the gaps that it ends. */
export function readGaps({ pass, live, observed }: Pick<DonePass, "pass" | "live" | "observed">): ReadGaps {
  const before = pass.history.record;
  const atMs = observed.observedAtMs;
  const regions = [...live.regions].toSorted(([a], [b]) => byText(a, b));
  const known = regions.flatMap(([region, reading]) => {
    const reads = before.regionReads?.[region];
    if (!isRead(reading)) return reads === undefined ? [] : [[region, reads] as const];
    return [[region, { sinceMs: reads?.sinceMs ?? atMs, lastMs: atMs }] as const];
  });
  const longestMs = longestPauseMs(pass.sweepMs);
  const gaps = Map.groupBy(
    regions.flatMap(([region, reading]) => {
      const lastMs = before.regionReads?.[region]?.lastMs;
      return lastMs !== undefined && isRead(reading) && atMs - lastMs > longestMs ? [{ region, lastMs }] : [];
    }),
    ({ lastMs }) => lastMs,
  );
  return {
    regionReads: Object.fromEntries(known),
    facts: [...gaps].map(([lastMs, some]) => gapFact(before, some, { lastMs, atMs })),
  };
}

function gapFact(
  { accountId, name, failing }: AccountRecord,
  regions: readonly { readonly region: string }[],
  { lastMs, atMs }: { readonly lastMs: number; readonly atMs: number },
): AuditFact {
  return {
    kind: "read-gap",
    accountId,
    account: name,
    regions: regions.map(({ region }) => region),
    since: new Date(lastMs).toISOString(),
    until: new Date(atMs).toISOString(),
    reason: failing?.reason ?? null,
  };
}

/** A region that the account has switched off has no functions. */
function isRead(reading: LiveRegion): boolean {
  return reading.kind === "off" || (reading.kind === "read" && reading.complete);
}
