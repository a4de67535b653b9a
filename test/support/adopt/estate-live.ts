import type { Estate, EstateFunction, EstatePart } from "../../../src/adopt/estate/estate.ts";
import { liveRoleOf } from "../../../src/adopt/manifests/role-policies.ts";
import type { LiveAccount, LiveFunction, LiveResourcePolicy, Reading } from "../../../src/model/live.ts";

/** The account as a sweep would read it. */
export function liveAccountOf(estate: Estate): LiveAccount {
  const functions = new Map(estate.functions.map((one) => [one.name, liveFunctionOf(one)]));
  const region = { kind: "read", functions, complete: true, absentFunctions: new Set<string>() } as const;
  return { ...liveRoleOf(estate), regions: new Map([[estate.region, region]]) };
}

function liveFunctionOf({ code: _code, tags: _tags, ...found }: EstateFunction): LiveFunction {
  return {
    ...found,
    revisionId: null,
    triggers: readingOf(found.triggers),
    versions: readingOf(found.versions),
    aliases: readingOf(found.aliases),
    policies: new Map([...found.policies].map(([qualifier, part]) => [qualifier, policyOf(part)])),
  };
}

function readingOf<T>(part: EstatePart<T>): Reading<T> {
  return part.kind === "known" ? { kind: "present", value: part.value } : part;
}

function policyOf(part: EstatePart<LiveResourcePolicy | null>): Reading<LiveResourcePolicy> {
  if (part.kind === "known" && part.value === null) return { kind: "absent" };
  return readingOf(part as EstatePart<LiveResourcePolicy>);
}
