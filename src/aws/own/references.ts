import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { ownsAccount } from "../../iam/names/team-claims.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";
import { patternText } from "../../model/rules/team.ts";
import { sortedSet } from "../../text/order.ts";
import type { OwnFacts } from "./facts.ts";

/**
 * What the observer of an account reads for manifests: all that a Team with that account may name. Without any Team, what
 * the manifests name.
 */
export function readableReferences(
  { teams, tenancy }: Pick<Desired, "teams" | "tenancy">,
  account: DesiredAccount,
  named: readonly ReferencePlace[],
): Pick<OwnFacts, "stacks" | "parameters"> {
  const ofTeams = [...teams.values()].flatMap((team) =>
    team.kind === "fence" && ownsAccount(team, account.name) ? team.references.map(patternText) : [],
  );
  const accountReferences = named.filter(({ accountId }) => accountId === account.id).map(({ text }) => text);
  const texts = tenancy.kind === "open" ? accountReferences : ofTeams;
  return {
    stacks: sortedSet(texts.flatMap((text) => stackPattern(text, account))),
    parameters: sortedSet(texts.flatMap((text) => parameterPattern(text, account))),
  };
}

/** A stack has no ARN without its id, and permissions of CloudFormation do not go into its outputs. */
function stackPattern(text: string, { partition, id }: DesiredAccount): readonly string[] {
  const stack = (name: string): string => `arn:${partition}:cloudformation:*:${id}:stack/${name}`;
  if (text === "*") return [stack("*")];
  if (!text.startsWith("stack.")) return [];
  return [stack(text.slice("stack.".length).replace(/\..*$/, "/*"))];
}

function parameterPattern(text: string, { partition, id }: DesiredAccount): readonly string[] {
  const parameter = (name: string): string => `arn:${partition}:ssm:*:${id}:parameter/${name}`;
  if (text === "*") return [parameter("*")];
  return text.startsWith("ssm.") ? [parameter(text.slice("ssm.".length).replace(/^\//, ""))] : [];
}
