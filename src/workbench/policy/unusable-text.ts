import type { UnusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";

/** Why an Allow of this pair is no permission, and where that was read. */
export function unusableText({ action, resource, because, source }: UnusablePermission): string {
  return `no request can use ${action} on ${resource}: ${because} (${source})`;
}
