import type { EvidenceSources, FunctionEvidence } from "../../adopt/evidence/function-use.ts";
import { FunctionRoles, observedRoles } from "../../adopt/evidence/live-evidence.ts";
import type { RoleAccess } from "../../adopt/estate/role-access.ts";
import type { EstatePart } from "../../adopt/estate/estate.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { findInstallation } from "../../cli/toolbox/installation.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import type { AwsReads, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { type AwsError, fixOfAwsError } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccount, DesiredBinding } from "../../model/desired.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Result } from "../../model/values/result.ts";
import type { RoleAccessByArn } from "../../controller/ports/estate/estate-reader.ts";
import { counted } from "../../text/phrases.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { readTrailFiles, type TrailSummary } from "./trail-files.ts";

export interface EvidenceOptions extends ConfigOptions {
  readonly lastAccessed?: true;
  readonly cloudtrail?: string;
}

/** An account whose functions were not read, or not those of one region. */
export interface UnreadAccount {
  readonly account: string;
  readonly reason: string;
  readonly next: string | null;
}

export interface ReadEvidence {
  readonly evidenceOf: (binding: DesiredBinding) => FunctionEvidence;
  readonly sources: EvidenceSources;
  readonly unread: readonly UnreadAccount[];
  /** Roles without a report of IAM, with the reason; sorted. */
  readonly unreadRoles: readonly { readonly role: string; readonly reason: string }[];
  readonly trail: TrailSummary | null;
}

const PASS = "suggest";

/** The functions of an account whose evidence is read. */
export interface AccountFunctions {
  readonly account: DesiredAccount;
  readonly bindings: readonly DesiredBinding[];
}

/** Without --last-accessed and --cloudtrail nothing is read, and nothing is known. */
export async function readEvidence(
  functions: readonly AccountFunctions[],
  options: EvidenceOptions,
  toolbox: Toolbox,
): Promise<ReadEvidence> {
  if (options.lastAccessed !== true && options.cloudtrail === undefined) return noEvidence(toolbox);
  const installation = await findInstallation(options, toolbox);
  if (installation === null)
    throw new CliError(
      "the roles of functions are read from AWS",
      "--config FILE names the accounts' observers",
    );
  const aws = await installation.aws();
  try {
    return await withProgress("reading AWS", toolbox, (showText) =>
      readAll(functions, options, { aws, toolbox, showText }),
    );
  } finally {
    aws.close();
  }
}

function noEvidence({ clock }: Toolbox): ReadEvidence {
  return {
    evidenceOf: () => ({
      kind: "unknown",
      because: "no evidence was read: --last-accessed, --cloudtrail FOLDER, --server",
    }),
    sources: { accessed: null, trail: null, nowMs: clock.nowMs() },
    unread: [],
    unreadRoles: [],
    trail: null,
  };
}

interface EvidenceReading {
  readonly aws: AwsReads;
  readonly toolbox: Toolbox;
  readonly showText: (text: string) => void;
}

async function readAll(
  functions: readonly AccountFunctions[],
  { lastAccessed, cloudtrail }: EvidenceOptions,
  reading: EvidenceReading,
): Promise<ReadEvidence> {
  const roles = new Map<string, FunctionRoles>();
  const unread: UnreadAccount[] = [];
  const accessed = new Map<string, EstatePart<RoleAccess>>();
  for (const { account, bindings } of functions) {
    const read = await readAccount(account, reading);
    if ("reason" in read) {
      unread.push(read);
      continue;
    }
    const found = new FunctionRoles(read);
    roles.set(account.id, found);
    unread.push(...failedRegions(account, read));
    if (lastAccessed !== true) continue;
    const reports = await accessOf(account, rolesOf(bindings, found), reading);
    if (reports.kind === "err") unread.push(unreadAccount(account, reports.error));
    else for (const [arn, access] of reports.value) accessed.set(arn, access);
  }
  const trail =
    cloudtrail === undefined
      ? null
      : await readTrailFiles(cloudtrail, observedRoles(roles), reading.showText);
  return {
    evidenceOf: (binding) =>
      roles.get(binding.accountId)?.evidenceOf(binding) ?? {
        kind: "unknown",
        because: `account ${binding.account} was not read`,
      },
    sources: {
      accessed: lastAccessed === true ? accessed : null,
      trail: trail && { usage: trail.usage, unread: trail.summary.unread.length },
      nowMs: reading.toolbox.clock.nowMs(),
    },
    unread,
    unreadRoles: unreadRolesOf(accessed),
    trail: trail && trail.summary,
  };
}

export function unreadRolesOf(accessed: RoleAccessByArn): ReadEvidence["unreadRoles"] {
  return [...accessed]
    .flatMap(([role, access]) => (access.kind === "unknown" ? [{ role, reason: access.reason }] : []))
    .sort((a, b) => byText(a.role, b.role));
}

/** The functions of all regions with their versions, and the roles. */
async function readAccount(
  account: DesiredAccount,
  { aws, toolbox, showText }: EvidenceReading,
): Promise<LiveAccount | UnreadAccount> {
  showText(`reading ${account.name}: functions and roles`);
  const nothing = { functions: [], policies: [], roleNames: [] };
  const request = { account, pass: PASS, everyVersion: true, ...nothing };
  const read = await aws.live.sweep(request, toolbox.signal);
  if (read.kind === "ok") return read.value;
  if (toolbox.signal.aborted) throw read.error;
  return unreadAccount(account, read.error);
}

function unreadAccount({ name }: DesiredAccount, error: AwsError): UnreadAccount {
  return { account: name, reason: error.message, next: fixOfAwsError(error) };
}

function failedRegions({ name }: DesiredAccount, { regions }: LiveAccount): readonly UnreadAccount[] {
  return [...regions].flatMap(([region, found]) =>
    found.kind === "failed"
      ? [{ account: name, reason: `region ${region}: ${found.reason}`, next: null }]
      : [],
  );
}

function rolesOf(bindings: readonly DesiredBinding[], read: FunctionRoles): readonly string[] {
  const evidence = bindings.map((binding) => read.evidenceOf(binding));
  return sortedSet(evidence.flatMap((one) => (one.kind === "known" ? one.roles.map(({ arn }) => arn) : [])));
}

async function accessOf(
  account: DesiredAccount,
  roleArns: readonly string[],
  { aws, toolbox, showText }: EvidenceReading,
): Promise<Result<RoleAccessByArn, AwsError>> {
  showText(`reading ${account.name}: ${counted(roleArns.length, "report")} of roles`);
  const read = await aws.estates.roleAccess({ account, pass: PASS, roleArns }, toolbox.signal);
  if (read.kind === "err" && toolbox.signal.aborted) throw read.error;
  return read;
}
