import type { Call, Input, Operation, Output } from "../contract.ts";
import { requiredInputs } from "./input.ts";
import { type ListEntry, iamListing, iamPageOf } from "./paging.ts";
import { awsManagedIn, showPolicyDetail, showRoleDetail, usageOf } from "./show.ts";
import type { IamScope, PolicyState, User } from "./state.ts";

const KINDS = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] as const;
type DetailKind = (typeof KINDS)[number];
type DetailEntry = ListEntry<{ readonly kind: DetailKind; readonly detail: Output }>;

/** One marker pages through all lists: users, roles, the policies of the account, and the policies of AWS. */
function getAccountAuthorizationDetails(scope: IamScope, input: Input, call: Call): Output {
  const byKind = entriesByKind(scope, call);
  const entries = kindsOf(input).flatMap((kind) => byKind[kind]());
  const { items, end } = iamPageOf(input, entries);
  const details = (...wanted: readonly DetailKind[]): readonly Output[] =>
    items.filter(({ kind }) => wanted.includes(kind)).map(({ detail }) => detail);
  return {
    UserDetailList: details("User"),
    GroupDetailList: [],
    RoleDetailList: details("Role"),
    Policies: details("LocalManagedPolicy", "AWSManagedPolicy"),
    ...end,
  };
}

function kindsOf(input: Input): readonly DetailKind[] {
  const filter = requiredInputs(input, "Filter");
  return filter.length === 0 ? KINDS : KINDS.filter((kind) => filter.includes(kind));
}

/** The entries of each kind; only those on the page are shown. */
function entriesByKind(
  scope: IamScope,
  call: Call,
): Readonly<Record<DetailKind, () => readonly DetailEntry[]>> {
  const { account } = scope;
  const usage = usageOf(account);
  const entry = (kind: DetailKind, name: string, show: () => Output): DetailEntry => ({
    key: `${KINDS.indexOf(kind)}/${name}`,
    item: () => ({ kind, detail: show() }),
  });
  const policies = (kind: DetailKind, listed: readonly PolicyState[]): readonly DetailEntry[] =>
    listed.map((policy) => entry(kind, policy.arn, () => showPolicyDetail(policy, usage)));
  return {
    User: () =>
      Object.values(account.users).map((user) => entry("User", user.name, () => showUserDetail(user))),
    Role: () =>
      Object.values(account.roles).map((role) =>
        entry("Role", role.name, () => showRoleDetail(role, account, call)),
      ),
    Group: () => [],
    LocalManagedPolicy: () => policies("LocalManagedPolicy", Object.values(account.policies)),
    AWSManagedPolicy: () => policies("AWSManagedPolicy", awsManagedIn(scope, call.partition)),
  };
}

function showUserDetail(user: User): Output {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: user.createdAt,
    GroupList: [],
    AttachedManagedPolicies: [],
    Tags: [],
  };
}

function getAccountSummary({ account }: IamScope): Output {
  const policies = Object.values(account.policies);
  return {
    SummaryMap: {
      ...account.quotas,
      Roles: Object.keys(account.roles).length,
      Users: Object.keys(account.users).length,
      Groups: 0,
      Policies: policies.length,
      PolicyVersionsInUse: policies.reduce((sum, { versions }) => sum + versions.length, 0),
      InstanceProfiles: Object.keys(account.instanceProfiles).length,
      ...NOT_SIMULATED,
    },
  };
}

/** Entries that are not simulated, with the numbers that AWS returns for a new account. */
const NOT_SIMULATED = {
  AccountAccessKeysPresent: 0,
  AccountMFAEnabled: 0,
  AccountSigningCertificatesPresent: 0,
  GlobalEndpointTokenVersion: 1,
  MFADevices: 0,
  MFADevicesInUse: 0,
  Providers: 0,
  ServerCertificates: 0,
} as const;

function listAccountAliases({ account }: IamScope, input: Input): Output {
  const listed = account.aliases.map((alias) => ({ key: alias, item: () => alias }));
  return iamListing("AccountAliases", input, listed);
}

export const accountOperations = {
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  GetAccountSummary: getAccountSummary,
  ListAccountAliases: listAccountAliases,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
