import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Installation } from "../../cli/toolbox/toolbox.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Departure } from "../../controller/ports/audit-log.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { DEPARTURE_SHOWN_MS, type FoundAccount } from "../../model/aws/found-account.ts";
import { counted } from "../../text/phrases.ts";

/**
 * The accounts that left an AccountSet in the last seven days, oldest first, by the record in the state directory. Empty
 * also where there is no record, as on a workstation.
 */
export async function recordedDepartures(
  { audit }: Pick<Installation, "audit">,
  clock: Clock,
): Promise<readonly Departure[]> {
  const reader = await openIfAny(audit);
  if (reader === null) return [];
  try {
    const found: Departure[] = [];
    const sinceMs = clock.nowMs() - DEPARTURE_SHOWN_MS;
    for await (const entry of reader.entries({ kind: "account-left", sinceMs }))
      if (entry.kind === "account-left") found.push(entry);
    return found;
  } finally {
    reader.close();
  }
}

type InstallationAudit = Awaited<ReturnType<Installation["audit"]>>;

async function openIfAny(audit: Installation["audit"]): Promise<InstallationAudit | null> {
  try {
    return await audit();
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** A warning for each account that left the set and that its organization does not list now. */
export function departureChecks(
  set: string,
  departures: readonly Departure[],
  found: readonly FoundAccount[],
): readonly Probe[] {
  const listed = new Set(found.map(({ id }) => id));
  const gone = departures.filter((one) => one.set === set && !listed.has(one.accountId));
  const newest = new Map(gone.map((one) => [one.accountId, one]));
  if (newest.size === 0) return [];
  const names = [...newest.values()].map(({ account, at }) => `${account}, ${at}`);
  const detail = `${counted(newest.size, "account")} left it and ${newest.size === 1 ? "is" : "are"} not observed any more (${names.join("; ")}); nothing in AWS was changed; if that is not intended, correct units, tags or except of the AccountSet, or declare an AwsAccount`;
  return [{ identity: "reader", region: null, what: "accounts that left", outcome: "warning", detail }];
}
