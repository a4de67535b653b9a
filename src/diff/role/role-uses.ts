import type { LiveFunction } from "../../model/live.ts";

/** `unread`: it is not known whether something is against the take-over of a role. */
export type RoleUse =
  | { readonly kind: "seen"; readonly reason: string; readonly fix: string }
  | { readonly kind: "unread"; readonly reason: string; readonly fix: string | null };

/** How another function uses the role, with its published versions: an alias runs a version. */
export function usesOf(
  { arn, roleArn, versions }: Pick<LiveFunction, "arn" | "roleArn" | "versions">,
  role: string,
): readonly RoleUse[] {
  const fix = "give this function a role of its own: a role that several share can't be taken over";
  if (roleArn === role) return [{ kind: "seen", reason: `function ${arn} runs on it too`, fix }];
  if (versions.kind === "unknown" || versions.kind === "not-requested")
    return [{ kind: "unread", reason: `the published versions of ${arn}`, fix: null }];
  if (versions.kind === "absent") return [];
  return versions.value
    .filter((version) => version.roleArn === role)
    .map(({ version }) => ({ kind: "seen", reason: `version ${version} of ${arn} runs on it`, fix }));
}
