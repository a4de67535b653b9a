import type { OwnFacts } from "../../aws/own/facts.ts";
import type { WorldState } from "../../simulator/world.ts";

/** Adds an account with Grantkeeper's observer. @returns its manifest */
export async function observedBy(
  world: WorldState,
  accountId: string,
  regions: readonly string[],
): Promise<string> {
  const { BASE_ROLE, seededAccount, seedAccounts } = await import("../../simulator/seed.ts");
  const { ownPolicy } = await import("../../aws/own/policies.ts");
  const { baseStatements } = await import("../../aws/own/base.ts");
  const declared = seededAccount(accountId, regions);
  const roles = [...declared.accounts.values()].map(({ observer }) => observer.roleArn);
  const facts = { ...NOTHING_WRITTEN, accountId, baseRole: BASE_ROLE, roles };
  // The simulator evaluates no identity policies, but `doctor` compares them with what is needed.
  seedAccounts(world, declared, {
    policy: () => ownPolicy("observer", facts),
    base: () => baseStatements({ roles, foundObservers: [], organization: null, others: [] }),
  });
  return [...declared.accounts.values()]
    .map(({ name, observer }) => manifestOf({ accountId, regions, name, observer }))
    .join("");
}

/** An account without a writer, whose manifests name nothing in it. */
const NOTHING_WRITTEN = {
  partition: "aws",
  instance: "local",
  organization: null,
  boundaries: [],
  tagKeys: [],
  attachable: [],
  adoptable: [],
  functions: [],
  functionKeys: [],
  formerRoles: [],
  callers: [],
  callerAccounts: [],
  stacks: [],
  parameters: [],
  lookupEvents: false,
  protectedPolicies: [],
} satisfies Omit<OwnFacts, "accountId" | "baseRole" | "roles">;

function manifestOf({
  accountId,
  regions,
  name,
  observer,
}: {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly name: string;
  readonly observer: { readonly roleArn: string; readonly externalId: string };
}): string {
  return [
    "apiVersion: grantkeeper.dev/v1alpha1",
    "kind: AwsAccount",
    `metadata: { name: ${name} }`,
    "spec:",
    `  id: "${accountId}"`,
    `  regions: [${regions.join(", ")}]`,
    "  mode: observe",
    `  observer: { role: "${observer.roleArn}", externalId: ${observer.externalId} }`,
    "",
  ].join("\n");
}
