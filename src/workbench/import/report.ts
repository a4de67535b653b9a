import { recordedDelta } from "../../iam/row-text.ts";
import { LOOK_FIRST, type ImportNote } from "../../adopt/manifests/notes.ts";
import type { ImportedFunction, ImportPlan } from "../../adopt/manifests/plan-import.ts";
import type { InPlace } from "../../adopt/switch/in-place.ts";
import type { RoleSwitch } from "../../adopt/switch/role-switch.ts";
import type { SwitchCost } from "../../adopt/switch/switch-cost.ts";
import type { FunctionDeployer } from "../../model/answers/coverage.ts";
import type { ManifestDifference } from "../../adopt/manifests/proof.ts";
import type { Recognition } from "../../adopt/recognize/recognize.ts";
import type { Finding } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import type { GuardRule } from "../../model/rules/guard-rules.ts";
import { byTextOf, sortedSet } from "../../text/order.ts";
import type { RecordedDelta } from "../../model/delta.ts";
import type { ReadPlaces } from "./places.ts";
import { switchCosts } from "./switch-costs.ts";
import type { ImportFile } from "./write-files.ts";

/** How a manifest differs from AWS; each is empty if it does not. */
interface ReportedDifference {
  /** Within its boundary: what the new role allows and the live one does not, and the reverse. */
  readonly permissions: RecordedDelta;
  readonly trust: RecordedDelta;
  /** Sids of declared callers that no live statement equals. */
  readonly callers: readonly string[];
}

type ReportedInPlace =
  | Extract<InPlace, { readonly kind: "refused" }>
  /** `refusedBy`: the rules that refuse the manifest all the same unless they are waived, as the role has its permissions. */
  | (Extract<InPlace, { readonly kind: "offered" }> & { readonly refusedBy: readonly string[] });

type ReportedOutcome = ImportedFunction["outcome"]["kind"];

interface ImportReportFunction {
  readonly function: string;
  readonly account: string;
  readonly region: string;
  readonly outcome: ReportedOutcome;
  /** The file that declares it; null: there is none. */
  readonly path: string | null;
  /** Proved: the same permissions, trust and callers. null without a manifest. */
  readonly isProved: boolean | null;
  readonly difference: ReportedDifference | null;
  /**
   * How many statements its role has, how many of them grants replace, and how many of these have permissions that no
   * request can use, which are left out; null if no manifest was written.
   */
  readonly statements: {
    readonly total: number;
    readonly recognised: number;
    readonly withLeftOut: number;
  } | null;
  readonly notes: readonly ImportNote[];
  /** Rules that refuse the manifest unless they are waived, sorted: the permissions that the function has today. */
  readonly refusedBy: readonly string[];
  readonly deployer: FunctionDeployer;
  /** How it comes to run on the declared role; null: it has no manifest, or it runs on that role already. */
  readonly roleSwitch: RoleSwitch | null;
  /** Whether a manifest could take over the role that it has, in place of a switch; null: it does not switch. */
  readonly inPlace: ReportedInPlace | null;
  /** Why it has no manifest, and what to do next. */
  readonly reason: string | null;
  readonly next: string | null;
}

/** A region of an account that was to be read. */
interface ImportReportPlace {
  readonly account: string;
  readonly region: string;
  /** The start of the read, ISO 8601; null: it was not read, and may have functions that the report does not list. */
  readonly readAt: string | null;
  /** Why it was not read, and what to do next; null: it was read. */
  readonly reason: string | null;
  readonly next: string | null;
}

/** What `import -o json` prints. */
export interface ImportReport {
  /** Those that were read, then the others. */
  readonly places: readonly ImportReportPlace[];
  readonly functions: readonly ImportReportFunction[];
  /** By account: what it needs that its functions run on their declared roles. */
  readonly switchCosts: readonly SwitchCost[];
  readonly files: readonly ImportFile[];
}

/** The rules that each manifest breaks, by its key. */
export type FindingsByKey = ReadonlyMap<Key, readonly Finding[]>;

interface ImportFindings {
  readonly findings: FindingsByKey;
  readonly files: readonly ImportFile[];
}

export function importReport(
  read: ReadPlaces,
  { functions }: ImportPlan,
  { findings, files }: ImportFindings,
): ImportReport {
  return {
    places: reportedPlaces(read),
    functions: functions.map((one) => reportedFunction(one, findings)),
    switchCosts: switchCosts(read, functions),
    files: files.map(({ path, state }) => ({ path, state })).toSorted(byTextOf(({ path }) => path)),
  };
}

function reportedPlaces({ estates, unread }: ReadPlaces): readonly ImportReportPlace[] {
  return [
    ...estates.map(({ account, region, observedAtMs }) => {
      const readAt = new Date(observedAtMs).toISOString();
      return { account: account.name, region, readAt, reason: null, next: null };
    }),
    ...unread.map(({ account, region, reason, next }) => {
      return { account: account.name, region, readAt: null, reason, next };
    }),
  ];
}

/** A waiver of a quota lets nothing through: AWS refuses the write all the same. */
export const QUOTA_RULE: GuardRule = "SIZ-001";

/** Each rule once, sorted. */
export function rulesThatRefuse(key: Key, findings: FindingsByKey): readonly string[] {
  const blocking = (findings.get(key) ?? []).filter(
    ({ severity, waiver }) => severity === "block" && waiver.kind !== "lifted",
  );
  return sortedSet(blocking.map(({ rule }) => rule));
}

function reportedFunction(
  { estate, found, outcome, deployer, roleSwitch, inPlace }: ImportedFunction,
  findings: FindingsByKey,
): ImportReportFunction {
  const refusedBy = "key" in outcome ? rulesThatRefuse(outcome.key, findings) : [];
  const shared = {
    function: found.name,
    account: estate.account.name,
    region: estate.region,
    outcome: outcome.kind,
    deployer,
    roleSwitch,
    inPlace: inPlace?.kind === "offered" ? { ...inPlace, refusedBy } : inPlace,
  };
  if (outcome.kind === "written" || outcome.kind === "declared") {
    const { path, difference } = outcome;
    return {
      ...shared,
      path,
      isProved: difference === null,
      difference: difference && reportedDifference(difference),
      statements: outcome.kind === "written" ? statementCounts(outcome.draft.recognition) : null,
      notes: outcome.kind === "written" ? outcome.notes : [],
      refusedBy: outcome.kind === "written" ? refusedBy : [],
      reason: null,
      next: null,
    };
  }
  return {
    ...shared,
    path: null,
    isProved: null,
    difference: null,
    statements: null,
    notes: [],
    refusedBy: [],
    reason: outcome.reason,
    next: nextOf(outcome),
  };
}

function nextOf(outcome: Exclude<ImportedFunction["outcome"], { readonly path: string }>): string | null {
  if (outcome.kind === "excluded") return null;
  return outcome.kind === "unmatched" ? "add a rule to --namespace-rules" : outcome.next;
}

function statementCounts({
  rest,
  replaced,
  leftOut,
}: Pick<Recognition, "rest" | "replaced" | "leftOut">): ImportReportFunction["statements"] {
  return { total: replaced + rest.length, recognised: replaced, withLeftOut: leftOut.length };
}

function reportedDifference({ permissions, trust, callers }: ManifestDifference): ReportedDifference {
  return {
    permissions: recordedDelta(permissions),
    trust: recordedDelta(trust),
    callers: callers.map(({ sid }) => sid),
  };
}

/** `orders-api@prod/eu-west-1`. */
export function functionName(one: Pick<ImportReportFunction, "function" | "account" | "region">): string {
  return `${one.function}@${one.account}/${one.region}`;
}

export function isLookFirst({ kind }: ImportNote): boolean {
  return LOOK_FIRST.some((one) => one === kind);
}
