import type { WorldState } from "../../../src/simulator/world.ts";

/** What of a world Grantkeeper sets: roles, policies and statements, without ids, times and revisions. */
export function settingsIn(world: WorldState): unknown {
  return Object.values(world.accounts).map(({ id, iam, lambda }) => ({
    id,
    roles: Object.values(iam.roles)
      .map(({ id: _id, createdAt: _createdAt, trust, ...role }) => ({ ...role, trusts: trust.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    policies: Object.values(iam.policies)
      .map(({ arn, tags, versions, defaultVersion }) => ({
        arn,
        tags,
        document: versions.find((version) => version.id === defaultVersion)?.document,
      }))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1)),
    functions: Object.entries(lambda).map(([region, { functions }]) => ({
      region,
      statements: Object.values(functions).map(({ name, policies }) => [name, statementsIn(policies)]),
    })),
  }));
}

function statementsIn(
  policies: Readonly<Record<string, { readonly document: Readonly<Record<string, unknown>> }>>,
) {
  return Object.entries(policies)
    .map(([qualifier, { document }]) => [qualifier, document["Statement"]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
