import type { Region } from "../../model/aws/ids.ts";
import type { LiveAccount, LiveFunction, LiveRegion, OccasionalReading } from "../../model/live.ts";

/** The older observation, updated with the fresh readings. Objects that were not requested again keep their old reading. */
export function overlayLive(base: LiveAccount, fresh: LiveAccount): LiveAccount {
  const regions = new Map<Region, LiveRegion>(base.regions);
  for (const [region, reading] of fresh.regions)
    regions.set(region, overlayRegion(base.regions.get(region), reading));
  return {
    ...base,
    observedAtMs: fresh.observedAtMs,
    roles: new Map([...base.roles, ...fresh.roles]),
    policies: new Map([...base.policies, ...fresh.policies]),
    awsManaged: new Map([...base.awsManaged, ...fresh.awsManaged]),
    regions,
    ...overlayStacks(base, fresh),
  };
}

/** A sweep, updated with fresh readings of single objects. It is as old as before, and what only the sweep was asked for stays. */
export function overlaySweep(swept: LiveAccount, fresh: LiveAccount): LiveAccount {
  const overlaid = overlayLive(swept, fresh);
  const regions = [...overlaid.regions].map(
    ([region, reading]) => [region, regionOfSweep(swept.regions.get(region), reading)] as const,
  );
  return { ...overlaid, observedAtMs: swept.observedAtMs, regions: new Map(regions) };
}

/** A region that the sweep did not read stays unread: of its other functions nothing is known. */
function regionOfSweep(swept: LiveRegion | undefined, overlaid: LiveRegion): LiveRegion {
  if (swept === undefined || overlaid.kind !== "read") return overlaid;
  if (swept.kind !== "read") return swept;
  const functions = [...overlaid.functions].map(([name, found]) => {
    const before = swept.functions.get(name);
    return [name, before === undefined ? found : withReadingsOf(before, found)] as const;
  });
  return { ...overlaid, functions: new Map(functions) };
}

/** The sweep read aliases and triggers because of the role that the function had: they stay only if it still has that role. */
function withReadingsOf(before: LiveFunction, found: LiveFunction): LiveFunction {
  const isSameRole = found.roleArn === before.roleArn;
  return {
    ...found,
    versions: requestedReading(found.versions) ?? before.versions,
    aliases: requestedReading(found.aliases) ?? (isSameRole ? before.aliases : found.aliases),
    triggers: requestedReading(found.triggers) ?? (isSameRole ? before.triggers : found.triggers),
  };
}

function requestedReading<Value>(reading: OccasionalReading<Value>): OccasionalReading<Value> | null {
  return reading.kind === "not-requested" ? null : reading;
}

function overlayStacks(
  { roleStacks: base }: LiveAccount,
  { roleStacks: fresh }: LiveAccount,
): Pick<LiveAccount, "roleStacks"> {
  return base === undefined && fresh === undefined
    ? {}
    : { roleStacks: new Map([...(base ?? []), ...(fresh ?? [])]) };
}

function overlayRegion(base: LiveRegion | undefined, fresh: LiveRegion): LiveRegion {
  if (base?.kind !== "read" || fresh.kind !== "read") return fresh;
  const functions = new Map(base.functions);
  for (const name of fresh.absentFunctions) functions.delete(name);
  for (const [name, found] of fresh.functions)
    functions.set(name, overlayFunction(base.functions.get(name), found));
  const absent = new Set(
    [...base.absentFunctions, ...fresh.absentFunctions].filter((name) => !functions.has(name)),
  );
  return {
    kind: "read",
    functions,
    complete: base.complete,
    absentFunctions: absent,
    unread: overlayUnread(base, fresh),
  };
}

type ReadRegion = Extract<LiveRegion, { readonly kind: "read" }>;

/** A function that was requested again and could not be read is unread, regardless of the older observation. */
function overlayUnread(base: ReadRegion, fresh: ReadRegion): ReadonlyMap<string, string> {
  const readNow = new Set([...fresh.functions.keys(), ...fresh.absentFunctions]);
  const older = [...(base.unread ?? [])].filter(([name]) => !readNow.has(name));
  return new Map([...older, ...(fresh.unread ?? [])]);
}

function overlayFunction(base: LiveFunction | undefined, fresh: LiveFunction): LiveFunction {
  if (base === undefined) return fresh;
  const { policiesReadMs: _, policiesKept: __, ...found } = fresh;
  // Qualifiers that were not read again keep their older reading.
  const keepsOlder = [...base.policies.keys()].some((qualifier) => !fresh.policies.has(qualifier));
  const readMs = keepsOlder ? oldestReadMs(base, fresh) : fresh.policiesReadMs;
  const isKept = fresh.policiesKept ?? (keepsOlder ? base.policiesKept : undefined);
  return {
    ...found,
    policies: new Map([...base.policies, ...fresh.policies]),
    ...(readMs !== undefined && { policiesReadMs: readMs }),
    ...(isKept && { policiesKept: isKept }),
  };
}

function oldestReadMs(base: LiveFunction, fresh: LiveFunction): number | undefined {
  if (fresh.policies.size === 0) return base.policiesReadMs;
  if (base.policiesReadMs === undefined || fresh.policiesReadMs === undefined) return undefined;
  return Math.min(base.policiesReadMs, fresh.policiesReadMs);
}
