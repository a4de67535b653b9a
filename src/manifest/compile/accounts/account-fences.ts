import type { Arn } from "../../../model/aws/arn.ts";
import { parseAccountId, parseNamespace, type AccountId, type Partition } from "../../../model/aws/ids.ts";
import {
  defaultFences,
  type AccountFences,
  type RestrictedBoundary,
} from "../../../model/rules/account-fences.ts";
import { byTextOf } from "../../../text/order.ts";
import { checked } from "../../schema-value.ts";
import type { AwsAccountSpec } from "../../schema/aws-account.ts";

interface FencedAccount {
  readonly id: AccountId;
  readonly partition: Partition;
  readonly boundaryArn: (name: string) => Arn;
}

/** The fences of `spec`, with the safe default for each that it leaves out. */
export function fencesOf(spec: AwsAccountSpec, account: FencedAccount): AccountFences {
  const defaults = defaultFences(account.partition);
  return {
    callerAccounts: otherAccounts(spec.callerAccounts ?? [], account.id),
    organizations: [...(spec.organizations ?? [])].sort(),
    resourceAccounts: otherAccounts(spec.resourceAccounts ?? [], account.id),
    attachablePolicies: [...(spec.attachablePolicies ?? defaults.attachablePolicies)].sort(),
    restrictedBoundaries: restrictedBoundaries(spec, account),
  };
}

function otherAccounts(ids: readonly string[], own: AccountId): readonly AccountId[] {
  return ids
    .map((id) => checked(parseAccountId(id)))
    .filter((id) => id !== own)
    .sort();
}

function restrictedBoundaries(
  { boundaries = [] }: AwsAccountSpec,
  { boundaryArn }: FencedAccount,
): readonly RestrictedBoundary[] {
  const restricted = boundaries.flatMap((boundary): readonly RestrictedBoundary[] => {
    if (typeof boundary === "string") return [];
    const namespaces = boundary.namespaces.map((name) => checked(parseNamespace(name))).sort();
    return [{ arn: boundaryArn(boundary.name), namespaces }];
  });
  return restricted.sort(byTextOf(({ arn }) => arn));
}
