import { type AccountId, type Partition, parseAccountId } from "../../model/aws/ids.ts";
import { AwsError, awsFailureText } from "../../model/aws/errors/aws-error.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import type { ServiceControl, ServiceControlQuestion } from "../organizations/service-control.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { controlLevels, identityChecks } from "./control-checks.ts";
import {
  controlRequests,
  declaredObjects,
  DIRECT_CALL,
  organizationPath,
  type ControlRequest,
} from "./control-requests.ts";
import { resultOf } from "../../model/values/result.ts";
import { parseCaller, type Caller } from "../../iam/evaluate/caller.ts";
import { accessRequest } from "../../iam/evaluate/request.ts";

type ReadControl = (question: ServiceControlQuestion) => Promise<ReadonlyMap<AccountId, ServiceControl>>;

/** What is examined: some of the accounts of the manifests. */
export interface ControlledAccounts {
  readonly accounts: readonly DesiredAccount[];
  readonly desired: Desired;
  /** The ARN of the base role; null: it is not configured, and what limits it is not known. */
  readonly baseRole: string | null;
}

const WHAT = "service control policies";

/**
 * For each account, which of its identities' calls are denied by the service control policies above it, and whether the base
 * role may assume them by those above its own account and the resource control policies above the account: as far as the reader
 * of an AccountSet can read them. A policy that was not read never passes.
 * @throws any error that is not a failure of AWS
 */
export async function serviceControlChecks(
  { accounts, desired, baseRole }: ControlledAccounts,
  read: ReadControl,
  stsRegionOf: (partition: Partition) => string,
): Promise<ReadonlyMap<AccountId, readonly Probe[]>> {
  const found = new Map<AccountId, ServiceControl>();
  const failures: { readonly set: DesiredAccountSet; readonly reason: string }[] = [];
  for (const set of readersOf(desired)) {
    const accountIds = accounts
      .filter((one) => !found.has(one.id) && isReached(one, set))
      .map(({ id }) => id);
    if (accountIds.length === 0) continue;
    const base = baseAccountOf(baseRole);
    if (base !== null && !found.has(base) && !accountIds.includes(base)) accountIds.push(base);
    const controls = await resultOf(read({ set, accounts: accountIds }), AwsError);
    if (controls.kind === "err") failures.push({ set, reason: awsFailureText(controls.error) });
    else for (const [id, control] of controls.value) found.set(id, control);
  }
  const checks = accounts.map((account): readonly [AccountId, readonly Probe[]] => {
    const control = found.get(account.id);
    if (control !== undefined) {
      const base: ControlledBase = { baseRole, found, stsRegion: stsRegionOf(account.partition) };
      return [
        account.id,
        [...checksOf(account, desired, control), ...baseControlChecks(account, control, base)],
      ];
    }
    const failure = failures.find(({ set }) => isReached(account, set));
    return [account.id, [notRead(failure?.reason ?? missingReader(account, desired))]];
  });
  return new Map(checks);
}

/** One set for each reader. */
function readersOf({ accountSets }: Desired): readonly DesiredAccountSet[] {
  return [...new Map(accountSets.map((set) => [set.reader.roleArn, set])).values()];
}

function isReached({ partition }: DesiredAccount, { reader }: DesiredAccountSet): boolean {
  return arnParts(reader.roleArn).partition === partition;
}

function missingReader(account: DesiredAccount, { accountSets }: Desired): string {
  if (!accountSets.some((set) => isReached(account, set)))
    return "no AccountSet names a reader of the organization; a call that one of them denies is AccessDenied";
  return "the account is in no organization that the reader of an AccountSet can read";
}

function notRead(reason: string): Probe {
  const detail = `not read: ${reason}`;
  return { identity: "reader", region: null, what: WHAT, outcome: "not-checked", detail };
}

function checksOf(account: DesiredAccount, desired: Desired, control: ServiceControl): readonly Probe[] {
  const about = { identity: "reader", region: null, what: WHAT, outcome: "passed" } as const;
  if (control.isManagement)
    return [{ ...about, detail: "they do not apply to the management account of an organization" }];
  if (control.levels.length === 0) return [{ ...about, detail: "none is attached: the type is not enabled" }];
  const type = "service control";
  const levels = controlLevels(control.levels, account, type);
  const objects = declaredObjects(desired, account.id);
  const { regions } = account;
  return OWN_IDENTITIES.flatMap((identity) => {
    const roleArn = account[identity]?.roleArn;
    if (roleArn === undefined) return [];
    const requests = controlRequests(identity, { account, control, objects });
    return identityChecks({ identity, roleArn, regions, type, levels }, requests);
  });
}

/** The base role, and the policies above the accounts that were read. */
interface ControlledBase {
  readonly baseRole: string | null;
  readonly found: ReadonlyMap<AccountId, ServiceControl>;
  readonly stsRegion: string;
}

/** The account of the base role; null: it is not configured. */
function baseAccountOf(baseRole: string | null): AccountId | null {
  return baseRole === null ? null : (parseAccountId(arnParts(baseRole).accountId) ?? null);
}

/**
 * Whether the base role may assume the account's roles, by the service control policies above its own account and the
 * resource control policies above the account of the roles. Of the calls that every account needs, the latter apply to STS alone.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
function baseControlChecks(
  account: DesiredAccount,
  control: ServiceControl,
  { baseRole, found, stsRegion }: ControlledBase,
): readonly Probe[] {
  // A base role of another partition assumes no role here.
  if (baseRole === null || arnParts(baseRole).partition !== account.partition)
    return [
      notChecked("control policies", "bootstrap.baseRole does not name the base role of this partition"),
    ];
  const caller = parseCaller(baseRole);
  const baseAccount = baseAccountOf(baseRole);
  if (caller.kind === "err" || baseAccount === null) throw new Error("the base role has no valid ARN");
  const base = found.get(baseAccount) ?? null;
  const requests = assumeRequests(account, control, { caller: caller.value, base, stsRegion });
  const examined: Facts = { roleArn: baseRole, account, baseAccount, requests };
  return [...aboveBase(base, examined), ...aboveRoles(control, examined)];
}

interface Facts {
  readonly roleArn: string;
  readonly account: DesiredAccount;
  readonly baseAccount: AccountId;
  readonly requests: readonly ControlRequest[];
}

function aboveBase(
  base: ServiceControl | null,
  { roleArn, account, baseAccount, requests }: Facts,
): readonly Probe[] {
  const type = "service control";
  if (base === null) {
    const reason = `not read: account ${baseAccount} is in no organization that the reader of an AccountSet can read`;
    return [notChecked(`${type} policies`, reason)];
  }
  if (base.isManagement || base.levels.length === 0) return [];
  const levels = controlLevels(base.levels, { ...account, id: baseAccount }, type);
  return identityChecks({ identity: "base", roleArn, regions: account.regions, type, levels }, requests);
}

function aboveRoles({ resources }: ServiceControl, { roleArn, account, requests }: Facts): readonly Probe[] {
  const type = "resource control";
  if (resources.kind === "not-read") return [notChecked(`${type} policies`, `not read: ${resources.reason}`)];
  if (resources.levels.length === 0) return [];
  const levels = controlLevels(resources.levels, account, type);
  return identityChecks({ identity: "base", roleArn, regions: account.regions, type, levels }, requests);
}

interface Base {
  readonly caller: Caller;
  readonly base: ServiceControl | null;
  readonly stsRegion: string;
}

/** Of each role of the account. A key that is left out is not known, and what tests it is doubtful. */
function assumeRequests(
  account: DesiredAccount,
  { organization }: ServiceControl,
  { caller, base, stsRegion }: Base,
): readonly ControlRequest[] {
  const context = {
    ...DIRECT_CALL,
    "aws:RequestedRegion": stsRegion,
    "aws:ResourceOrgID": organization,
    ...(base !== null && {
      "aws:PrincipalOrgID": base.organization,
      // Without its units, such as those of a management account, the path is not known.
      ...(base.levels.length > 0 && { "aws:PrincipalOrgPaths": [organizationPath(base)] }),
    }),
  };
  return OWN_IDENTITIES.flatMap((identity) => {
    const role = account[identity];
    if (role === null) return [];
    return Object.entries(keysOf(role.externalId)).map(([action, keys]): ControlRequest => {
      const facts = { caller, action, resource: role.roleArn, resourceAccount: account.id };
      const request = accessRequest({ ...facts, context: { ...context, ...keys } });
      return { request, region: null, object: role.roleArn };
    });
  });
}

/** AWS lists external id and session name for AssumeRole alone. */
function keysOf(externalId: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return {
    "sts:AssumeRole": { "sts:RoleSessionName": "gk-doctor", "sts:ExternalId": externalId },
    "sts:TagSession": {},
  };
}

function notChecked(what: string, detail: string): Probe {
  return { identity: "base", region: null, what, outcome: "not-checked", detail };
}
