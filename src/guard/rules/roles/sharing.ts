import type { DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { liveRole } from "../../../model/live.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../breach.ts";
import { someOf } from "../../../text/phrases.ts";

/** SHR-001: other functions (or their published versions) run on the role, and get the permissions of this one. */
export function sharedWithFunctions(binding: DesiredBinding, { index }: GuardContext): readonly Breach[] {
  const running = index.functionsByRole.get(binding.role.arn) ?? [];
  const others = running.filter((arn) => arn !== binding.functionArn);
  if (others.length === 0) return [];
  return [
    {
      rule: "SHR-001",
      severity: "full",
      origin: binding.role.origin,
      evidence: canonicalText({ functions: others }),
      why: `${someOf(others)} ${others.length === 1 ? "runs" : "run"} on the role ${binding.role.name} too`,
      fix: "give each function a role of its own",
    },
  ];
}

/** SHR-002: instances run on the role as well. */
export function sharedWithInstances(binding: DesiredBinding, { live }: GuardContext): readonly Breach[] {
  if (live === null) return [];
  const role = liveRole(live, binding.role.name);
  if (role.kind !== "present" || role.value.instanceProfiles.length === 0) return [];
  const profiles = role.value.instanceProfiles.toSorted();
  return [
    {
      rule: "SHR-002",
      severity: "full",
      origin: binding.role.origin,
      evidence: canonicalText({ instanceProfiles: profiles }),
      why: `the role ${binding.role.name} is in ${someOf(profiles)}: instances may run on it`,
      fix: "remove the role from the instance profile, and create a separate role for the instances",
    },
  ];
}
