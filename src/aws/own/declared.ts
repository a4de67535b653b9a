import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { INSTANCE_TAG } from "../../model/aws/tag.ts";
import type { Identity } from "../calls/calls.ts";
import type { OwnFacts, OwnStatement } from "./facts.ts";
import { ownPolicy } from "./policies.ts";

/** The policies that the observer, writer and binder of an account need for these manifests. */
export function declaredPolicies(
  desired: Desired,
  baseRole: string,
): (accountId: string, identity: Identity) => readonly OwnStatement[] {
  const facts = new Map<string, OwnFacts>(
    [...desired.accounts.values()].map((account) => [account.id, declaredFacts(desired, account, baseRole)]),
  );
  return (accountId, identity) => {
    const found = facts.get(accountId);
    if (found === undefined) throw new Error(`no manifest declares account ${accountId}`);
    return ownPolicy(identity, found);
  };
}

function declaredFacts(desired: Desired, account: DesiredAccount, baseRole: string): OwnFacts {
  const { id, partition, regions, boundaries, tagKeys, protectedPolicies } = account;
  const bindings = [...desired.bindings.values()].filter((binding) => binding.accountId === id);
  const foreign = bindings.flatMap(({ role }) => role.attachments.filter(({ policy }) => policy === null));
  const callers = bindings.flatMap((binding) => binding.callers.map(({ input }) => input.Principal));
  return {
    partition,
    accountId: id,
    instance: instanceOf(desired),
    baseRole,
    roles: [account.observer, account.writer, account.binder].flatMap((each) => each?.roleArn ?? []),
    boundaries,
    tagKeys,
    attachable: sortedSet(foreign.map(({ arn }) => arn)),
    functions: regions.map((region) => `arn:${partition}:lambda:${region}:${id}:function:*`),
    // No manifest names them: each platform adds its own keys.
    functionKeys: [],
    callers: sortedSet(callers),
    protectedPolicies: protectedPolicies.filter((pattern) => pattern.startsWith("arn:")),
  };
}

/** The tags of declared objects contain it; it is empty if nothing is declared. */
function instanceOf({ bindings, policies }: Desired): string {
  const declared = [...[...bindings.values()].map(({ role }) => role), ...policies.values()];
  const tags = declared.flatMap((one) => one.tags);
  return tags.find((tag) => tag.key === INSTANCE_TAG)?.value ?? "";
}

function sortedSet(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
