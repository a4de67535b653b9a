import type { WorldState } from "../../simulator/world.ts";

/** Adds an account with Grantkeeper's observer. @returns its manifest */
export async function observedBy(
  world: WorldState,
  accountId: string,
  regions: readonly string[],
): Promise<string> {
  const { observedAccount, seedAccounts } = await import("../../simulator/seed.ts");
  const declared = observedAccount(accountId, regions);
  // The simulator evaluates no identity policies.
  seedAccounts(world, declared, { policy: () => [], base: () => [] });
  return [...declared.accounts.values()]
    .map(({ name, observer }) => manifestOf({ accountId, regions, name, observer }))
    .join("");
}

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
