import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { NamePattern } from "../../model/rules/team.ts";
import { byText } from "../../text/order.ts";

/**
 * ARN patterns of the functions that manifests of the account may name: all of them while tenancy is open, else those
 * of the Teams. The manifests of teams do not count, so that no team changes which functions the writer may write.
 */
export function functionPatterns(desired: Desired, account: DesiredAccount): readonly string[] {
  const names = withoutCovered(allowedNames(desired, account));
  const { partition, id } = account;
  return account.regions.flatMap((region) =>
    names.map((name) => `arn:${partition}:lambda:${region}:${id}:function:${name}`),
  );
}

/** Sorted. An exact name has a second pattern: for its aliases and versions. */
function allowedNames({ teams, tenancy }: Desired, account: DesiredAccount): readonly string[] {
  if (tenancy.kind === "open") return ["*"];
  const patterns = [...teams.values()].flatMap((team) => {
    if (team.kind === "broken") return [];
    return team.accounts === null || team.accounts.includes(account.name) ? team.functions : [];
  });
  return [...new Set(patterns.flatMap(textsOf))].sort(byText);
}

function textsOf(pattern: NamePattern): readonly string[] {
  return pattern.kind === "prefix" ? [`${pattern.prefix}*`] : [pattern.name, `${pattern.name}:*`];
}

function withoutCovered(names: readonly string[]): readonly string[] {
  const isPrefix = (name: string): boolean => name.endsWith("*") && !name.endsWith(":*");
  const prefixes = names.filter(isPrefix).map((name) => name.slice(0, -1));
  return names.filter((name) => !prefixes.some((prefix) => name.startsWith(prefix) && name !== `${prefix}*`));
}
