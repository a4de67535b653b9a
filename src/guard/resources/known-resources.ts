import { toList } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";
import type { CompiledDocument, Desired } from "../../model/desired.ts";

/** What the manifests alone show of the resources that exist. */
export interface KnownResources {
  /** ARNs of the functions, their roles and the policies that manifests declare. */
  readonly declared: ReadonlySet<string>;
  /** The same, and the ARNs that grants and statements of any team name, without wildcards; sorted. */
  readonly arns: readonly string[];
}

export function knownResources({
  bindings,
  policies,
}: Pick<Desired, "bindings" | "policies">): KnownResources {
  const roles = [...bindings.values()];
  const own = [...policies.values()];
  const documents = [...roles.map(({ role }) => role.inline), ...own.map(({ document }) => document)];
  const declared = [
    ...roles.flatMap(({ functionArn, role }) => [functionArn, role.arn]),
    ...own.map(({ arn }) => arn),
  ];
  return {
    declared: new Set(declared),
    arns: sortedSet([...declared, ...documents.flatMap(namesIn)]),
  };
}

function namesIn({ statements }: CompiledDocument): readonly string[] {
  return statements.flatMap(({ statement }) =>
    toList(statement.Resource ?? []).filter((resource) => !/[*?$]/.test(resource)),
  );
}
