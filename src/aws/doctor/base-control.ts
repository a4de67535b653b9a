import { parseCaller, type Caller } from "../../iam/evaluate/caller.ts";
import { accessRequest } from "../../iam/evaluate/request.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import { OWN_IDENTITIES } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { ServiceControl } from "../organizations/service-control.ts";
import { DIRECT_CALL, organizationPath, type ControlRequest } from "./control-requests.ts";
import { controlLevels, identityChecks } from "./control-checks.ts";
import type { Probe } from "../../model/answers/probe.ts";

/** The base role, and the policies above the accounts that were read. */
export interface ControlledBase {
  readonly baseRole: string | null;
  readonly found: ReadonlyMap<AccountId, ServiceControl>;
  readonly stsRegion: string;
}

/** The account of the base role; null: it is not configured. */
export function baseAccountOf(baseRole: string | null): AccountId | null {
  return baseRole === null ? null : (parseAccountId(arnParts(baseRole).accountId) ?? null);
}

/**
 * Whether the base role may assume the account's roles, by the service control policies above its own account and the
 * resource control policies above the account of the roles. Of the calls that every account needs, the latter apply to STS alone.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export function baseControlChecks(
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
