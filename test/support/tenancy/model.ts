import type { ReadResource } from "../../../src/http/resources/resources.ts";
import { TEAMS, type TeamName } from "./three-teams.ts";

/** One grant of a person, as the operator's file has it. */
export interface GrantedTeams {
  readonly scopes: readonly ("read" | "reconcile" | "suspend" | "approve")[];
  readonly namespaces: readonly TeamName[];
}

/** The teams that a person may read: those of a grant with that scope, and of no other. */
export function visibleTeams(grants: readonly GrantedTeams[]): readonly TeamName[] {
  return TEAMS.filter((team) =>
    grants.some(({ scopes, namespaces }) => scopes.includes("read") && namespaces.includes(team)),
  );
}

/** The teams that no answer may name. Reviews name the grants of the person, also those without `read`. */
export function hiddenTeams(route: string, grants: readonly GrantedTeams[]): readonly TeamName[] {
  const seen = route.includes("/selfsubject")
    ? grants.flatMap(({ namespaces }) => namespaces)
    : visibleTeams(grants);
  return TEAMS.filter((team) => !seen.includes(team));
}

// eslint-disable-next-line typescript/no-explicit-any -- objects of every kind
export type Item = any;

type Rule = (item: Item, teams: readonly string[]) => boolean;

const namespaced: Rule = ({ metadata }, teams) => teams.includes(metadata.namespace);
const nothing: Rule = () => false;
const everything: Rule = () => true;
const teamOf = (key: string): string => key.split("/").at(-2) ?? "";
const named: Rule = ({ metadata }, teams) => teams.some((team) => metadata.name.startsWith(team));

/** Which of all objects a person of these teams sees in a list, in a sentence each at most. */
export const SEEN: Readonly<Record<ReadResource, Rule>> = {
  bindings: namespaced,
  denials: namespaced,
  drifts: namespaced,
  functionpermissions: namespaced,
  functions: namespaced,
  managedpolicies: namespaced,
  permissions: namespaced,
  plans: namespaced,
  waves: namespaced,
  teams: named,
  waivers: named,
  livefunctions: ({ status }, teams) => teams.includes(status.namespace),
  changewindows: ({ spec }, teams) =>
    spec.namespaces === null || spec.namespaces.some((one: string) => teams.includes(one)),
  holds: ({ status }, teams) => status.keys.some((key: string) => teams.includes(teamOf(key))),
  suspensions: ({ spec }, teams) => teams.includes(spec.scope.namespace),
  orphans: ({ status }, teams) => status.key !== null && teams.includes(teamOf(status.key)),
  awsaccounts: everything,
  coverages: everything,
  sources: everything,
  accountsets: nothing,
  alertroutes: nothing,
  replicas: nothing,
};

/** The names that a list has for a person of these teams, from all objects. */
export function seenNames(
  resource: ReadResource,
  all: readonly Item[],
  teams: readonly string[],
): readonly string[] {
  return all.filter((item) => SEEN[resource](item, teams)).map(nameOf);
}

export const nameOf = ({ metadata }: Item): string => `${metadata.namespace ?? ""}/${metadata.name}`;
