import { toList } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";
import type { CompiledDocument, Desired } from "../../model/desired.ts";

/** ARNs of the functions, their roles and the policies that manifests declare. */
export function declaredArns({ bindings, policies }: Desired): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { functionArn, role } of bindings.values()) found.add(functionArn).add(role.arn);
  for (const { arn } of policies.values()) found.add(arn);
  return found;
}

/** What the manifests alone show of the resources that exist: also ARNs that grants and statements name, without wildcards; sorted. */
export function knownArns(desired: Desired): readonly string[] {
  const documents = [
    ...[...desired.bindings.values()].map(({ role }) => role.inline),
    ...[...desired.policies.values()].map(({ document }) => document),
  ];
  return sortedSet([...declaredArns(desired), ...documents.flatMap(namesIn)]);
}

function namesIn({ statements }: CompiledDocument): readonly string[] {
  return statements.flatMap(({ statement }) =>
    toList(statement.Resource ?? []).filter((resource) => !/[*?$]/.test(resource)),
  );
}
