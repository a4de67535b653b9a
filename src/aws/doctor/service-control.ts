import type { AccountId, Partition } from "../../model/aws/ids.ts";
import { AwsError, awsFailureText } from "../../model/aws/aws-error.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import type { ServiceControl, ServiceControlQuestion } from "../organizations/service-control.ts";
<<<<<<< HEAD
import type { Probe } from "../../model/answers/probe.ts";
import { controlRequests, declaredObjects, type ControlRequest } from "./control-requests.ts";
=======
import type { DoctorCheck } from "./doctor-check.ts";
import { baseAccountOf, baseControlChecks, type BaseIdentity } from "./base-control.ts";
import { controlLevels, identityChecks } from "./control-checks.ts";
import { controlRequests, declaredObjects } from "./control-requests.ts";
>>>>>>> edc3f8aa (doctor names what stops the base role from assuming a role: service control policies above its account, resource control policies above theirs)

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
<<<<<<< HEAD
): Promise<ReadonlyMap<AccountId, readonly Probe[]>> {
=======
  stsRegionOf: (partition: Partition) => string,
): Promise<ReadonlyMap<AccountId, readonly DoctorCheck[]>> {
>>>>>>> edc3f8aa (doctor names what stops the base role from assuming a role: service control policies above its account, resource control policies above theirs)
  const found = new Map<AccountId, ServiceControl>();
  const failures: { readonly set: DesiredAccountSet; readonly reason: string }[] = [];
  for (const set of readersOf(desired)) {
    const asked = accounts.filter((one) => !found.has(one.id) && isReached(one, set)).map(({ id }) => id);
    if (asked.length === 0) continue;
    const base = baseAccountOf(baseRole);
    if (base !== null && !found.has(base) && !asked.includes(base)) asked.push(base);
    try {
      for (const [id, control] of await read({ set, accounts: asked })) found.set(id, control);
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      failures.push({ set, reason: awsFailureText(cause) });
    }
  }
  const checks = accounts.map((account): readonly [AccountId, readonly Probe[]] => {
    const control = found.get(account.id);
    if (control !== undefined) {
      const base: BaseIdentity = { baseRole, found, stsRegion: stsRegionOf(account.partition) };
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
<<<<<<< HEAD

interface Examined {
  readonly identity: OwnIdentity;
  readonly account: DesiredAccount;
  readonly levels: readonly ControlLevel[];
}

/** The calls that one statement denies, or one level does not allow. */
interface DeniedCalls {
  readonly finding: ControlFinding;
  readonly calls: ControlRequest[];
}

function identityChecks(examined: Examined, requests: readonly ControlRequest[]): readonly Probe[] {
  const denied = new Map<string, DeniedCalls>();
  for (const call of requests)
    for (const finding of controlFindings(call.request, examined.levels)) {
      const key = JSON.stringify(finding);
      const known = denied.get(key);
      if (known === undefined) denied.set(key, { finding, calls: [call] });
      else known.calls.push(call);
    }
  if (denied.size > 0) return [...denied.values()].map((one) => deniedCheck(one, examined));
  const { identity, levels } = examined;
  const count = new Set(levels.flatMap(({ policies }) => policies.map(({ from }) => from))).size;
  const places = levels.map(({ id }) => id).join(", ");
  const detail = `${counted(count, "policy", "policies")} of ${places}: no call is denied`;
  return [{ identity, region: null, what: WHAT, outcome: "passed", detail }];
}

function deniedCheck({ finding, calls }: DeniedCalls, examined: Examined): Probe {
  const { by, level, doubt } = finding;
  const { identity, account, levels } = examined;
  const isOptional = calls.every(({ request }) => OPTIONAL_ACTIONS.has(request.action.toLowerCase()));
  const outcome = doubt !== null || isOptional ? "warning" : "failed";
  const about = { identity, region: null, outcome } as const;
  const denied = `${callsText(calls, account)}${doubt === null ? "" : `: ${doubt}`}`;
  if (by === null) {
    const there = levels.filter(({ id }) => id === level).flatMap(({ policies }) => policies);
    const none = `none of ${there.map(({ from }) => from).join(", ")}`;
    const verb = doubt === null ? "allows" : "certainly allows";
    const detail = `${none} ${verb} ${denied}; allow it in a policy that is attached to ${level}`;
    return { ...about, what: `${WHAT} of ${level}`, detail };
  }
  const spared = JSON.stringify({ ArnNotLike: { "aws:PrincipalArn": account[identity]?.roleArn } });
  const verb = doubt === null ? "denies" : "may deny";
  const fix = `exclude the ${identity} from the Deny: ${spared}`;
  const detail = `${by.sid ?? "a statement"}, attached to ${level}, ${verb} ${denied}; ${fix}`;
  return { ...about, what: `service control policy ${by.policy}`, detail };
}

/** `iam:GetRole, lambda:GetPolicy in eu-west-1`; with the objects, if it is about declared ones alone. */
function callsText(calls: readonly ControlRequest[], { regions }: DesiredAccount): string {
  const general = calls.filter(({ object }) => object === null);
  const shown = general.length > 0 ? general : calls;
  const actions = sortedSet(shown.map(({ request }) => request.action)).join(", ");
  const places = sortedSet(shown.flatMap(({ region }) => region ?? []));
  const where = places.length === 0 || places.length === regions.length ? "" : ` in ${places.join(", ")}`;
  const objects = sortedSet(shown.flatMap(({ object }) => object ?? []));
  return `${actions}${objects.length === 0 ? "" : ` on ${someOf(objects)}`}${where}`;
}
=======
>>>>>>> edc3f8aa (doctor names what stops the base role from assuming a role: service control policies above its account, resource control policies above theirs)
