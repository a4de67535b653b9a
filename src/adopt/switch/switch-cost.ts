import { nameInArn } from "../../model/aws/arn.ts";
import { unreadText, type Estate, type UnreadPlace } from "../estate/estate.ts";
import { policyTexts } from "./policy-texts.ts";
import { roleMentions, type LeftRole, type RoleMention } from "./role-mentions.ts";
import type { RoleSwitch } from "./role-switch.ts";

/** What it needs in one account that its functions run on their declared roles. */
export interface SwitchCost {
  readonly account: string;
  /** Declared roles that do not exist yet; null: the roles were not read. */
  readonly newRoles: number | null;
  /** Roles that exist in the account, and its quota for them; null: they were not read. */
  readonly roles: { readonly existing: number; readonly quota: number } | null;
  readonly mentions: readonly RoleMention[];
  /** Where a role may be named as well: what is never read, then what could not be read, each with the reason. */
  readonly notRead: readonly string[];
}

const NEVER_READ =
  "policies of other resources (buckets, keys, queues, topics, secrets), of users and groups, of other accounts and of the organization";

export interface SwitchingAccount {
  /** Of all regions that were read. */
  readonly estates: readonly Estate[];
  /** Regions of the account that were not. */
  readonly unread: readonly UnreadPlace[];
  readonly switches: readonly RoleSwitch[];
}

/** null for an account in which no function switches. */
export function switchCost({ estates, unread, switches }: SwitchingAccount): SwitchCost | null {
  const [first] = estates;
  if (first === undefined || switches.length === 0) return null;
  const iam = estates.map((estate) => estate.iam).find((one) => one.kind === "known")?.value ?? null;
  const quota = estates.map((estate) => estate.roleQuota).find((one) => one.kind === "known")?.value;
  const texts = policyTexts(estates);
  const left = switches.map(({ from, to }): LeftRole => {
    const role = iam?.roles.get(nameInArn(from).toLowerCase());
    const isSame = role?.kind === "present" && role.value.arn === from;
    return { from, to, roleId: isSame ? role.value.roleId : null };
  });
  const declared = new Set(switches.map(({ to }) => nameInArn(to).toLowerCase()));
  const isNew = (name: string): boolean => iam !== null && !iam.roles.has(name);
  return {
    account: first.account.name,
    newRoles: iam === null ? null : [...declared].filter(isNew).length,
    roles: quota === undefined ? null : { existing: quota.existing, quota: quota.quota },
    mentions: roleMentions(left, texts.policies),
    notRead: [
      NEVER_READ,
      ...unread.map(({ region, reason }) => `${region}: ${reason}`),
      ...texts.unread,
      ...quotaNotes(estates, quota !== undefined),
    ],
  };
}

function quotaNotes([first]: readonly Estate[], isKnown: boolean): readonly string[] {
  if (isKnown || first?.roleQuota.kind !== "unknown") return [];
  return [`the quota for roles: ${unreadText(first.roleQuota)}`];
}
