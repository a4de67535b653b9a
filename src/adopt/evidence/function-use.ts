import type { EstatePart } from "../estate/estate.ts";
import { useByReport, type ObservedRole } from "./accessed-use.ts";
import { actionParts, deliversFailures, useOfAll, useOfSources, type ActionUse } from "./action-use.ts";
import type { RoleAccess } from "../estate/role-access.ts";
import { useByTrail } from "./trail-use.ts";
import type { TrailUsage } from "./trail-usage.ts";

/** Everything that is known about the use of the permissions of one function. */
export type FunctionEvidence =
  | {
      readonly kind: "known";
      readonly accountId: string;
      readonly region: string;
      readonly functionName: string;
      /** Of $LATEST and of all published versions; sorted by ARN. */
      readonly roles: readonly ObservedRole[];
    }
  | { readonly kind: "unknown"; readonly because: string };

/** What files of CloudTrail show, by account id. */
interface TrailEvidence {
  readonly usage: TrailUsage;
  /** Files that were not read completely: any event may be in them. */
  readonly unread: number;
}

/** The sources of evidence; null: not asked for. */
export interface EvidenceSources {
  /** By role ARN. */
  readonly accessed: ReadonlyMap<string, EstatePart<RoleAccess>> | null;
  readonly trail: TrailEvidence | null;
  readonly nowMs: number;
}

/** A declared action, and the regions that its resources name; null: none. */
export interface DeclaredAction {
  readonly action: string;
  readonly regions: readonly string[] | null;
}

export function useOf(
  { action, regions }: DeclaredAction,
  evidence: FunctionEvidence,
  { accessed, trail, nowMs }: EvidenceSources,
): ActionUse {
  if (evidence.kind === "unknown") return evidence;
  const parts = actionParts(action);
  if (parts === null) return { kind: "unknown", because: "it names the actions of several services" };
  const uses = evidence.roles.map((role) => {
    const { functionName, region, accountId } = evidence;
    const question = { functionName, region, role, regions, nowMs, unread: trail?.unread ?? 0 };
    return useOfSources([
      ...(accessed === null ? [] : [useByReport(parts, role, accessed.get(role.arn) ?? NOT_READ)]),
      ...(trail === null ? [] : [useByTrail(parts, trail.usage.get(accountId), question)]),
    ]);
  });
  const use = useOfAll(uses);
  if (use.kind !== "not-seen" || !deliversFailures(parts)) return use;
  return { ...use, confidence: "weak", because: `${use.because}; it may be needed only after a failure` };
}

const NOT_READ = {
  kind: "unknown",
  call: "iam:GetServiceLastAccessedDetails",
  why: "not-called",
  reason: "the role was not asked for",
} as const;
