import type { AccountId, Partition } from "../../model/aws/ids.ts";
import { AwsError, awsFailureText } from "../../model/aws/aws-error.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import type { ServiceControl, ServiceControlQuestion } from "../organizations/service-control.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { baseAccountOf, baseControlChecks, type ControlledBase } from "./base-control.ts";
import { controlLevels, identityChecks } from "./control-checks.ts";
import { controlRequests, declaredObjects } from "./control-requests.ts";
import { resultOf } from "../../model/values/result.ts";

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
 * of an AccountSet can read them. What was not read never passes.
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
