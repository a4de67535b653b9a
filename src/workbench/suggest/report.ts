import { dayOf } from "../../model/values/duration.ts";
import type { ActionUse, Confidence } from "../../adopt/evidence/action-use.ts";
import type { GrantFields } from "../../adopt/recognize/candidate-compiler.ts";
import type { JudgedPermission } from "../../adopt/suggest/judged.ts";
import type { SuggestedManifest, Suggestions } from "../../adopt/suggest/suggest.ts";
import { recordedDelta } from "../../iam/row-text.ts";
import { NO_DELTA, type RecordedDeltaRow } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { targetText } from "../../model/keys/key.ts";
import { counted } from "../../text/phrases.ts";
import { formatPath } from "../../text/located/value-path.ts";
import type { ReadEvidence } from "./read-evidence.ts";
import type { TrailSummary } from "./trail-files.ts";

/** What is known about the use of one permission. */
interface ReportedPermission {
  /** `dynamodb write`, `sqs:PurgeQueue` */
  readonly permission: string;
  /** `spec.grants[0].dynamodb.allow[1]` */
  readonly path: string;
  readonly actions: readonly string[];
  readonly use: ActionUse["kind"];
  /** The day of the last use, or of the last denied call; null: none is known. */
  readonly lastSeen: string | null;
  /** That it is not used; null unless it was not seen. */
  readonly confidence: Confidence | null;
  /** How long it was not seen; null unless it was not seen. */
  readonly days: number | null;
  /** `service`: nothing of its service was called; `action`: this action was not. null unless it was not seen. */
  readonly granularity: "service" | "action" | null;
  readonly because: string;
  readonly advice: JudgedPermission["advice"];
}

/** Grants near a statement, which would allow less. */
interface ReportedNearest {
  readonly path: string;
  readonly grants: readonly Readonly<Record<string, GrantFields>>[];
  readonly drops: readonly string[];
  readonly dropsInPart: readonly string[];
}

interface ReportedDrop {
  readonly target: string;
  readonly noLongerAllowed: readonly RecordedDeltaRow[];
}

interface ReportedManifest {
  readonly file: string;
  readonly manifest: string;
  readonly targets: readonly string[];
  readonly permissions: readonly ReportedPermission[];
  readonly nearest: readonly ReportedNearest[];
  /** The log groups that its functions write to without `logs.groupPrefix`, sorted; empty if the manifest has none. */
  readonly ownLogGroups: readonly string[];
  /** `smaller`: proved to be within the present manifest. `refused`: not suggested, with the reason. */
  readonly outcome: "smaller" | "unchanged" | "refused";
  readonly because: string | null;
  readonly drops: readonly ReportedDrop[];
}

export interface ReportedBranch {
  readonly name: string;
  readonly commits: readonly {
    readonly namespace: string;
    readonly id: string;
    readonly files: readonly string[];
  }[];
}

/** What `suggest -o json` prints. */
export interface SuggestionReport {
  readonly lastAccessed: boolean;
  readonly cloudtrail: TrailSummary | null;
  readonly unreadAccounts: ReadEvidence["unread"];
  readonly unreadRoles: ReadEvidence["unreadRoles"];
  readonly manifests: readonly ReportedManifest[];
  /** null: none was asked for, or nothing is suggested. */
  readonly branch: ReportedBranch | null;
}

export function suggestionReport(
  { manifests }: Suggestions,
  evidence: ReadEvidence,
  branch: ReportedBranch | null,
): SuggestionReport {
  return {
    lastAccessed: evidence.sources.accessed !== null,
    cloudtrail: evidence.trail,
    unreadAccounts: evidence.unread,
    unreadRoles: evidence.unreadRoles,
    manifests: manifests.map(reportedManifest),
    branch,
  };
}

/** How many accounts, roles and files were not read. */
export function unreadCount({
  unreadAccounts,
  unreadRoles,
  cloudtrail,
}: Pick<SuggestionReport, "unreadAccounts" | "unreadRoles" | "cloudtrail">): number {
  return unreadAccounts.length + unreadRoles.length + (cloudtrail?.unread.length ?? 0);
}

type SeenEvidence = Pick<ReportedPermission, "confidence" | "granularity" | "days">;

/** `strong evidence by service, window 400 days`; empty unless its use was not seen. */
export function evidenceText({ confidence, granularity, days }: SeenEvidence): string {
  if (confidence === null || granularity === null || days === null) return "";
  return `${confidence} evidence by ${granularity}, window ${counted(days, "day")}`;
}

/** `orders/orders-api` */
export function suggestedName([first]: readonly DesiredBinding[]): string {
  return first === undefined ? "" : `${first.namespace}/${first.name}`;
}

function reportedManifest({
  document,
  bindings,
  permissions,
  nearest,
  ownLogGroups,
  outcome,
}: SuggestedManifest): ReportedManifest {
  const drops = outcome.kind === "smaller" ? outcome.drops : [];
  return {
    file: document.file,
    manifest: suggestedName(bindings),
    targets: bindings.map(targetText),
    permissions: permissions.map(reportedPermission),
    nearest: nearest.map(({ path, nearest: { grants, ...changes } }) => ({
      path,
      grants: grants.map(({ grant, fields }) => ({ [grant]: fields })),
      ...changes,
    })),
    ownLogGroups,
    outcome: outcome.kind,
    because: outcome.kind === "refused" ? outcome.because : null,
    drops: drops.map(({ binding, rows }) => ({
      target: targetText(binding),
      noLongerAllowed: recordedDelta({ ...NO_DELTA, noLongerAllowed: rows }).noLongerAllowed,
    })),
  };
}

function reportedPermission({
  label,
  entry,
  member,
  actions,
  use,
  advice,
}: JudgedPermission): ReportedPermission {
  const isNotSeen = use.kind === "not-seen";
  return {
    permission: label,
    path: formatPath(member ?? entry),
    actions,
    use: use.kind,
    lastSeen: use.kind === "used" || use.kind === "denied" ? dayOf(use.lastAtMs) : null,
    confidence: isNotSeen ? use.confidence : null,
    days: isNotSeen ? use.days : null,
    granularity: isNotSeen ? use.granularity : null,
    because: use.because,
    advice,
  };
}
