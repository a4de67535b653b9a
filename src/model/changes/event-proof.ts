import type { Region } from "../aws/ids.ts";

/** What the change events of an account prove: which earlier readings of resource policies are still current. */
export interface EventProof {
  /**
   * By region: the change events of Lambda have arrived without a gap since then. A region that is missing has no proof:
   * its queue fails, no event of it was received, or one was lost.
   */
  readonly sinceMs: ReadonlyMap<Region, number>;
  /** The same, also while an event is late: each further change is still expected to have its event. */
  readonly expectedMs: ReadonlyMap<Region, number>;
  /** By region and name of the function: when its last event was received. */
  readonly changedMs: EventTimes;
  /** The same for events that are of no write of Grantkeeper. */
  readonly reportedMs: EventTimes;
}

type EventTimes = ReadonlyMap<Region, ReadonlyMap<string, number>>;

/** The policies of one function, as they were read. */
export interface PolicyReading {
  readonly region: Region;
  readonly name: string;
  /** The start of the read. */
  readonly readMs: number;
}

/** A read may still show the state from before a change that was reported this long before it. */
export const READ_MAY_BE_OLD_MS = 60_000;

/** No event since the reading is missing, and none is about this function. */
export function isProvenCurrent(reading: PolicyReading, proof: EventProof): boolean {
  const { region, readMs } = reading;
  return readMs >= (proof.sinceMs.get(region) ?? Infinity) && !isAmong(reading, proof.changedMs);
}

/** Each change since the reading must have its event, if none is lost. */
export function hasExpectedEvents({ region, readMs }: PolicyReading, { expectedMs }: EventProof): boolean {
  return readMs >= (expectedMs.get(region) ?? Infinity);
}

/** An event of someone else reports a change that the reading may not show. */
export function isReported(reading: PolicyReading, { reportedMs }: EventProof): boolean {
  return isAmong(reading, reportedMs);
}

function isAmong({ region, name, readMs }: PolicyReading, times: EventTimes): boolean {
  return readMs <= (times.get(region)?.get(name) ?? -Infinity) + READ_MAY_BE_OLD_MS;
}
