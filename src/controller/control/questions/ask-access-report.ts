import type { EstatePart } from "../../../adopt/estate/estate.ts";
import type { RoleAccess } from "../../../adopt/estate/role-access.ts";
import type { ObservedRole } from "../../../adopt/evidence/accessed-use.ts";
import type { FunctionEvidence } from "../../../adopt/evidence/function-use.ts";
import { FunctionRoles } from "../../../adopt/evidence/live-evidence.ts";
import { unreadRegions } from "../../../adopt/proposal/proposed-grants.ts";
import { nameInArn } from "../../../model/aws/arn.ts";
import { OWNER_TAG } from "../../../model/aws/tag.ts";
import type {
  FunctionUseReport,
  AccessReportRequest,
  ReportedRole,
  RoleReport,
} from "../../../model/answers/questions/access-report.ts";
import type { WhyReader } from "../../../model/answers/questions/access-questions.ts";
import type { DesiredAccount, DesiredBinding } from "../../../model/desired.ts";
import { keyParts, targetText } from "../../../model/keys/key.ts";
import { liveFunction, liveRole, type LiveAccount } from "../../../model/live.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { noRevision } from "../no-revision.ts";
import { askAccounts, withAsked } from "./asked-accounts.ts";
import type { Asking } from "./asking.ts";

const PASS = "access-report";
const NOTHING = { functions: [], policyArns: [], roleNames: [] };

interface ReportSubject {
  readonly binding: DesiredBinding;
  readonly account: DesiredAccount;
  /** The last complete read of the account. */
  readonly listed: LiveAccount;
}

interface ReportContext extends Pick<ControllerContext, "state" | "ports"> {
  readonly signal: AbortSignal;
}

type ReportReads = Omit<ReportContext, "state">;
type KnownEvidence = Extract<FunctionEvidence, { kind: "known" }>;

/**
 * When the roles of a declared function last accessed AWS. Reads the function, its versions and their roles from AWS now, and IAM's
 * report of each role. A caller with namespaces gets it only if each role is one of its namespace, and no function of others has it.
 */
export async function askAccessReport(
  { key }: AccessReportRequest,
  reader: WhyReader,
  { state, ports, signal }: ReportContext,
): Promise<Result<FunctionUseReport, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const binding = enforced.compilation.desired.bindings.get(key);
  const account = binding && enforced.accounts.get(binding.accountId);
  if (binding === undefined || account === undefined)
    return err({ code: "not-found", message: `no valid manifest declares ${key}` });
  const asked = await askAccounts([account.id], { state, ports });
  const records = await ports.store.accounts();
  const nowMs = ports.clock.nowMs();
  const asking: Asking = { state: withAsked(state, asked), enforced, records, reader, nowMs };
  const { live: listed, failure } = asking.state.account(account.id);
  if (listed === null) return err(unread(binding, failure ?? "the account was not read completely yet"));
  const subject: ReportSubject = { binding, account, listed };
  if (!isShown(subject, asking)) return err(ofOthers(binding));
  const evidence = await readRoles(subject, { ports, signal });
  if (evidence.kind === "err") return evidence;
  if (!reader.seesEverything && !isOwn(evidence.value, subject, asking)) return err(ofOthers(binding));
  return reportOf(subject, evidence.value, { ports, signal });
}

interface RoleEvidence {
  readonly known: KnownEvidence;
  /** The last complete read, with the function and its roles as they are now. */
  readonly live: LiveAccount;
}

/** A sweep does not list the versions of each function, and a role may be newer than it. */
async function readRoles(
  { binding, account, listed }: ReportSubject,
  { ports, signal }: ReportReads,
): Promise<Result<RoleEvidence, Refusal>> {
  const { region, functionName } = binding;
  const wanted = { region, functionName, qualifiers: [], versions: true, aliases: false, switchTo: null };
  const request = { ...NOTHING, account, pass: PASS };
  const reading = await ports.live.read({ ...request, functions: [wanted] }, signal);
  if (reading.kind === "err") return err(unread(binding, reading.error.message));
  if (liveFunction(reading.value, region, functionName).kind === "absent")
    return err({
      code: "not-found",
      message: `AWS has no function ${functionName} for ${targetText(binding)}`,
    });
  const roleNames = roleNamesOf(reading.value, binding);
  const roles = await ports.live.read({ ...request, roleNames }, signal);
  if (roles.kind === "err") return err(unread(binding, roles.error.message));
  const live = {
    ...listed,
    regions: new Map(listed.regions).set(region, withNewest(listed, reading.value, binding)),
    roles: new Map([...listed.roles, ...roles.value.roles]),
  };
  const known = new FunctionRoles(live).evidenceOf(binding);
  return known.kind === "known" ? ok({ known, live }) : err(unread(binding, known.because));
}

function roleNamesOf(live: LiveAccount, { region, functionName }: DesiredBinding): readonly string[] {
  const functionReading = liveFunction(live, region, functionName);
  if (functionReading.kind !== "present") return [];
  const { versions, roleArn } = functionReading.value;
  const published = versions.kind === "present" ? versions.value : [];
  return [...new Set([roleArn, ...published.map((one) => one.roleArn)])].map(nameInArn).toSorted();
}

/** The region as it was listed, with what was read of the function now. */
function withNewest(
  listed: LiveAccount,
  read: LiveAccount,
  { region, functionName }: DesiredBinding,
): NonNullable<ReturnType<LiveAccount["regions"]["get"]>> {
  const [before, now] = [listed.regions.get(region), read.regions.get(region)];
  if (now === undefined) return { kind: "failed", reason: "it was not read" };
  if (before?.kind !== "read" || now.kind !== "read") return now;
  const others = [...before.functions].filter(([name]) => name !== functionName);
  return { ...now, functions: new Map([...others, ...now.functions]) };
}

/** Before anything is read: a hidden function has the same answer whether or not it exists in AWS. */
function isShown({ binding }: ReportSubject, { state, reader }: Asking): boolean {
  if (reader.seesEverything) return true;
  const view = state.account(binding.accountId).views.get(binding.key);
  return view !== undefined && !reader.hidesFunction(view) && !reader.hides(view);
}

/** The report of a role does not show which of its functions made a call. */
function isOwn(
  { known, live }: RoleEvidence,
  { binding, listed }: ReportSubject,
  { enforced, reader }: Asking,
): boolean {
  const { namespace } = keyParts(binding.key);
  const { bindings } = enforced.compilation.desired;
  const seen = new Set<string>(
    [...bindings.values()].filter(({ key }) => reader.sees(key)).map(({ functionArn }) => functionArn),
  );
  // A function in a region that was not read may have any role, and so may a published version of any function: the tag decides.
  return (
    unreadRegions(listed).length === 0 &&
    known.roles.every(
      ({ name, arn }) =>
        ownerTag(name, live)?.startsWith(`${namespace}/`) === true &&
        usersOf(arn, live).every((user) => seen.has(user)),
    )
  );
}

function ofOthers(binding: DesiredBinding): Refusal {
  return {
    code: "conflict",
    message: `the roles of ${targetText(binding)} may be of others too`,
    hint: "the report of a role shows the use by all of its functions, and a role without the tag of the namespace may have others: ask with a token for all namespaces",
  };
}

/** `orders/orders-api`: the manifest whose role it is. */
function ownerTag(roleName: string, live: LiveAccount): string | undefined {
  const role = liveRole(live, roleName);
  return role.kind === "present" ? role.value.tags.find(({ key }) => key === OWNER_TAG)?.value : undefined;
}

/** The ARNs of the functions with the role. */
function usersOf(roleArn: string, { regions }: LiveAccount): readonly string[] {
  return [...regions.values()].flatMap((at) =>
    at.kind === "read"
      ? [...at.functions.values()].filter((one) => one.roleArn === roleArn).map(({ arn }) => arn)
      : [],
  );
}

async function reportOf(
  { binding, account }: ReportSubject,
  { known, live }: RoleEvidence,
  { ports, signal }: ReportReads,
): Promise<Result<FunctionUseReport, Refusal>> {
  const { roles } = known;
  const request = { account, pass: PASS, roleArns: roles.map(({ arn }) => arn) };
  const read = await ports.estates.roleAccess(request, signal);
  if (read.kind === "err") return err(unread(binding, read.error.message));
  return ok({
    target: targetText(binding),
    functionArn: binding.functionArn,
    roles: roles.map((role): ReportedRole => ({
      name: role.name,
      arn: role.arn,
      createdAt: isoOf(role.createdAtMs),
      lastUsed: lastUsedOf(role),
      functions: isUserCountKnown(role, binding, live) ? role.functions : null,
      report: roleReport(read.value.get(role.arn) ?? NOT_READ),
    })),
  });
}

function lastUsedOf({ lastUsedAtMs }: ObservedRole): ReportedRole["lastUsed"] {
  if (lastUsedAtMs === "unknown") return { kind: "unknown" };
  return { kind: "known", at: lastUsedAtMs === null ? null : isoOf(lastUsedAtMs) };
}

/** The role of the manifest is used for its grants, by any function. On another role, published versions may run that a sweep does not list. */
function isUserCountKnown(
  { name }: ObservedRole,
  { key, functionArn }: DesiredBinding,
  live: LiveAccount,
): boolean {
  const { namespace, name: manifest } = keyParts(key);
  if (ownerTag(name, live) === `${namespace}/${manifest}`) return true;
  return [...live.regions.values()].every(
    (region) =>
      region.kind === "read" &&
      [...region.functions.values()].every(
        ({ arn, versions }) => arn === functionArn || versions.kind === "present",
      ),
  );
}

const NOT_READ = {
  kind: "unknown",
  call: "iam:GetServiceLastAccessedDetails",
  why: "not-called",
  reason: "AWS was not asked for the role",
} as const;

function roleReport(access: EstatePart<RoleAccess>): RoleReport {
  if (access.kind === "unknown") return access;
  const { reportedAtMs, services } = access.value;
  return {
    kind: "known",
    reportedAt: isoOf(reportedAtMs),
    services: [...services].map(([service, { lastAtMs, actions }]) => ({
      service,
      lastAt: lastAtMs === null ? null : isoOf(lastAtMs),
      actions: [...actions].map(([action, atMs]) => ({ action, lastAt: atMs === null ? null : isoOf(atMs) })),
    })),
  };
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

function unread(binding: DesiredBinding, reason: string): Refusal {
  return {
    code: "unavailable",
    message: `the use of ${targetText(binding)} was not read: ${reason}`,
    hint: "ask again after the next complete read of the account",
  };
}
