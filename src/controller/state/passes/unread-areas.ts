import type { LiveAccount } from "../../../model/live.ts";

/** The parts that a read of an account left out, one sentence each, sorted. */
export function unreadAreas(live: LiveAccount): readonly string[] {
  const regions = [...live.regions].flatMap(([name, region]): readonly string[] => {
    if (region.kind === "off") return [`region ${name} is off: ${region.reason}`];
    if (region.kind === "failed") return [`region ${name}: ${region.reason}`];
    return region.complete ? [] : [`region ${name}: its functions were not listed to the end`];
  });
  return [...(live.complete ? [] : ["IAM was not listed to the end"]), ...regions].sort();
}
