import { parseNamespace, type Namespace } from "../../model/aws/ids.ts";
import { isWithinAddress, type TerraformState } from "../deployer/terraform-state.ts";
import { STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { unreadText, type EstateFunction } from "../estate/estate.ts";

/** What a function must have, exactly: there are no patterns, so that a rule matches only what its author saw. */
export type NamespaceTest =
  | { readonly kind: "tag"; readonly key: string; readonly value: string | null }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "stack"; readonly stack: string }
  /** An address of a module or a resource in a state that was given. */
  | { readonly kind: "terraform"; readonly address: string };

export interface NamespaceRule {
  readonly test: NamespaceTest;
  /** null: the value of the tag is the namespace. */
  readonly namespace: Namespace | null;
}

export type NamespaceMatch =
  | { readonly kind: "namespace"; readonly namespace: Namespace }
  | { readonly kind: "unmatched"; readonly reason: string }
  /** A rule that comes first asks for something that was not read. */
  | { readonly kind: "unknown"; readonly call: string; readonly reason: string };

/** The namespace of the first rule that the function meets. */
export function namespaceByRules(
  found: EstateFunction,
  rules: readonly NamespaceRule[],
  terraform: TerraformState,
): NamespaceMatch {
  const address = terraform.functions.get(found.arn) ?? null;
  for (const { test, namespace } of rules) {
    if ((test.kind === "tag" || test.kind === "stack") && found.tags.kind === "unknown")
      return { kind: "unknown", call: found.tags.call, reason: unreadText(found.tags) };
    const value = matchedText(test, { ...found, address });
    if (value === null) continue;
    const named = namespace ?? parseNamespace(value);
    if (named !== undefined) return { kind: "namespace", namespace: named };
    return { kind: "unmatched", reason: `the tag has the value "${value}", which is not a namespace name` };
  }
  return { kind: "unmatched", reason: "no rule matches it" };
}

/** What the test found; null: the function does not meet it. */
function matchedText(
  test: NamespaceTest,
  { name, tags, address }: EstateFunction & { readonly address: string | null },
): string | null {
  if (test.kind === "terraform")
    return address !== null && isWithinAddress(address, test.address) ? address : null;
  if (test.kind === "function") return test.name === name ? name : null;
  if (test.kind === "prefix") return name.startsWith(test.prefix) ? name : null;
  const [key, wanted] = test.kind === "tag" ? [test.key, test.value] : [STACK_TAG, test.stack];
  const values = tags.kind === "known" ? tags.value : [];
  const value = values.find((tag) => tag.key === key)?.value ?? null;
  return wanted === null || wanted === value ? value : null;
}
