import type { Region } from "../model/ids.ts";
import type { LiveAccount, LiveFunction, LiveRegion } from "../model/live.ts";

/** The older observation with the fresh one's readings over it; what the fresh one did not ask for stays. */
export function overlayLive(base: LiveAccount, fresh: LiveAccount): LiveAccount {
  const regions = new Map<Region, LiveRegion>(base.regions);
  for (const [region, reading] of fresh.regions) regions.set(region, overlayRegion(base.regions.get(region), reading));
  return {
    ...base,
    observedAtMs: fresh.observedAtMs,
    roles: new Map([...base.roles, ...fresh.roles]),
    policies: new Map([...base.policies, ...fresh.policies]),
    awsManaged: new Map([...base.awsManaged, ...fresh.awsManaged]),
    regions,
  };
}

function overlayRegion(base: LiveRegion | undefined, fresh: LiveRegion): LiveRegion {
  if (base?.kind !== "read" || fresh.kind !== "read") return fresh;
  const functions = new Map(base.functions);
  for (const name of fresh.absentFunctions) functions.delete(name);
  for (const [name, found] of fresh.functions) functions.set(name, overlayFunction(base.functions.get(name), found));
  const absent = new Set([...base.absentFunctions, ...fresh.absentFunctions].filter((name) => !functions.has(name)));
  return { kind: "read", functions, complete: base.complete, absentFunctions: absent };
}

function overlayFunction(base: LiveFunction | undefined, fresh: LiveFunction): LiveFunction {
  if (base === undefined) return fresh;
  return {
    ...fresh,
    versions: fresh.versions.kind === "unknown" ? base.versions : fresh.versions,
    aliases: fresh.aliases.kind === "unknown" ? base.aliases : fresh.aliases,
    policies: new Map([...base.policies, ...fresh.policies]),
  };
}
