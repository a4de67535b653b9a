import { GRANT_ENTRIES, type GRANTS } from "../../manifest/grants/catalogue.ts";
import type { GrantEntry } from "../../manifest/grants/entry.ts";
import { coveringTargets } from "../../manifest/covering/targets.ts";
import type { GrantPlace } from "../../manifest/fields/resource.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { distinctMembers } from "../../model/values/lists.ts";
import {
  hasVerbs,
  type GrantCandidate,
  type GrantFields,
  type CandidateCompiler,
} from "./candidate-compiler.ts";
import type { LiveFacts } from "./live-facts.ts";
import { withOptions } from "./optional-fields.ts";

/** How many of the actions of a verb the live statements must name: `all` for equality, `some` for a suggestion. */
type ResourceExtent = "all" | "some";

/**
 * Grants of the catalogue, one verb or exact action each, on what the live statements name: a search from actions and resources back to
 * verbs and fields. It finds candidates only. Their permissions decide.
 */
export function candidatesFor(
  facts: LiveFacts,
  compiler: CandidateCompiler,
  named: ResourceExtent,
): readonly GrantCandidate[] {
  return VERBS.flatMap(({ entry, verbs }) => {
    const { grant } = entry;
    const possible = verbs.filter(({ actions }) => isNamed(actions, facts, named));
    if (possible.length === 0) return [];
    const fields = targets(entry, facts, compiler.place).flatMap((target) =>
      withOptions(grant, target, facts),
    );
    const entries = distinctMembers(fields).flatMap((all) =>
      possible.map(({ verb }) => (verb === null ? all : { ...all, allow: [verb] })),
    );
    const found = entries.map((all) => compiler.candidate({ grant, fields: all }));
    return found.filter((candidate) => candidate !== null);
  });
}

function isNamed(actions: ReadonlySet<string>, facts: LiveFacts, named: ResourceExtent): boolean {
  const test = (action: string): boolean => facts.actions.has(action);
  return named === "all" ? [...actions].every(test) : [...actions].some(test);
}

interface GrantVerbs {
  readonly entry: GrantEntry;
  /** Verbs and exact actions, with their actions in lower case; the verb is null if it is implied. */
  readonly verbs: readonly { readonly verb: string | null; readonly actions: ReadonlySet<string> }[];
}

const EXAMPLE_PLACE: GrantPlace = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

/** The catalogue in reverse. */
const VERBS: readonly GrantVerbs[] = GRANT_ENTRIES.map((entry) => {
  const expansions = entry.examples.map((example) => entry.expand(example, EXAMPLE_PLACE));
  const actionsOf = (verb: string): ReadonlySet<string> => {
    const lists = expansions.map((all) => all.filter((one) => one.verb === verb && one.only === undefined));
    // Of several examples, the one with the fewest statements: a verb may have more with an optional field.
    const [least = []] = lists.filter((all) => all.length > 0).toSorted((a, b) => a.length - b.length);
    return new Set(least.flatMap(({ actions }) => actions.map((action) => action.toLowerCase())));
  };
  const named = Object.keys(entry.verbs).map((verb) => ({ verb, actions: actionsOf(verb) }));
  const exact = [...(entry.actions?.values() ?? [])].map(({ name, action }) => ({
    verb: name,
    actions: new Set([action.toLowerCase()]),
  }));
  if (hasVerbs(entry)) return { entry, verbs: [...named, ...exact] };
  // Its examples differ in their target: any of their actions may be the one.
  return { entry, verbs: [{ verb: null, actions: new Set() }] };
});

function targets(entry: GrantEntry, facts: LiveFacts, place: GrantPlace): readonly GrantFields[] {
  const grant = entry.grant as keyof typeof GRANTS;
  const found: readonly GrantFields[] = facts.accesses.flatMap((access) =>
    coveringTargets(grant, access, place),
  );
  return distinctMembers([...found, ...(MORE_TARGETS[grant]?.(facts) ?? [])]);
}

/** Forms of targets that a single request does not show. */
const MORE_TARGETS: Partial<Record<keyof typeof GRANTS, (facts: LiveFacts) => readonly GrantFields[]>> = {
  metrics: (facts) => (facts.actions.has("cloudwatch:putmetricdata") ? [{ namespace: "*" }] : []),
  secrets: (facts) => secretsOf(facts).map((secret) => ({ secret })),
  rdsData: (facts) =>
    facts.arnsOf("rds").flatMap((arn) => {
      const name = /^cluster:(.+)$/.exec(arnParts(arn).resource)?.[1];
      if (name === undefined) return [];
      const cluster = facts.shortName(arn, name);
      return secretsOf(facts).map((secret) => ({ cluster, secret }));
    }),
  // A path begins with a slash, also one of a single part. To list the parameters needs neither of them.
  ssm: (facts) => [
    ...facts.arnsOf("ssm").flatMap((arn) => {
      const name = /^parameter\/([^/]+)$/.exec(arnParts(arn).resource)?.[1];
      return name === undefined ? [] : [{ path: facts.shortName(arn, `/${name}`) }];
    }),
    ...(facts.actions.has("ssm:describeparameters") ? [{}] : []),
  ],
  kms: (facts) => facts.keys().map((key) => ({ key })),
  apigw: (facts) =>
    facts.arnsOf("execute-api").flatMap((arn) => {
      const [api, stage, method, ...path] = arnParts(arn).resource.split("/");
      if (api === undefined || stage === undefined || method === undefined) return [];
      const parts = path.map((part, at) => (part === "*" ? `{part${at + 1}}` : part));
      return [{ api, stage, method: method === "*" ? "ANY" : method, path: `/${parts.join("/")}` }];
    }),
};

/** By name where the six characters are a pattern, else by ARN. */
function secretsOf(facts: LiveFacts): readonly string[] {
  return facts.arnsOf("secretsmanager").map((arn) => {
    const name = /^secret:(.+)-\?{6}$/.exec(arnParts(arn).resource)?.[1];
    return name === undefined ? arn : facts.shortName(arn, name);
  });
}
