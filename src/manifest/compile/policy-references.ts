import { parseArn, policyArn } from "../../model/aws/arn.ts";
import type { Attachment, DesiredAccount } from "../../model/desired.ts";
import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { type AccountId, type Namespace, type ObjectName, PLATFORM } from "../../model/aws/ids.ts";
import { formatKey, type Key } from "../../model/keys/key.ts";
import { byTextOf } from "../../text/order.ts";
import { checked } from "../schema-value.ts";
import { foreignArn } from "../statements/spec-texts.ts";
import { originOfValue, type LocatedFile } from "../../text/located/located.ts";
import { NONE } from "../../model/values/lists.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { PlacedDocuments } from "./placed-documents.ts";

export const POLICY_PATH = "/grantkeeper/";

/** The ManagedPolicies that can be referred to, by `namespace/name`; includes invalid ones, whose users stay valid. */
export type PolicyNames = ReadonlyMap<string, "attach" | "boundary">;

export function policyNames(world: PlacedDocuments): PolicyNames {
  const names = new Map<string, "attach" | "boundary">();
  for (const { document, namespace } of world.invalid) {
    if (document.of === "ManagedPolicy" && document.name !== null)
      names.set(`${namespace}/${document.name}`, "attach");
  }
  for (const { document, namespace } of world.policies) {
    names.set(`${namespace}/${document.name}`, document.spec.use ?? "attach");
  }
  return names;
}

/** `audit-read` in its namespace, `platform/audit-read` unchanged. */
export function qualifiedPolicyName(reference: string, namespace: Namespace): string {
  return reference.startsWith(`${PLATFORM}/`) ? reference : `${namespace}/${reference}`;
}

/** `gk_<namespace>_<name>`: our names never contain `_`, so that no two collide. */
export function awsPolicyName(namespace: string, name: string): string {
  return `gk_${namespace}_${name}`;
}

export function policyKey(accountId: AccountId, qualified: string): Key {
  const { namespace, name } = qualifiedParts(qualified);
  return formatKey({ kind: "policy", accountId, namespace, name });
}

/** For a `namespace/name` whose parts the schema has checked. */
function qualifiedParts(qualified: string): { readonly namespace: Namespace; readonly name: ObjectName } {
  const slash = qualified.indexOf("/");
  return {
    namespace: qualified.slice(0, slash) as Namespace,
    name: qualified.slice(slash + 1) as ObjectName,
  };
}

export interface CompiledAttachments {
  /** Sorted by ARN. */
  readonly attachments: readonly Attachment[];
  readonly diagnostics: readonly Diagnostic[];
}

interface ReferenceContext {
  readonly namespace: Namespace;
  readonly account: DesiredAccount;
  readonly names: PolicyNames;
}

/** `spec.managedPolicies` of a binding. */
export function compileAttachments(
  references: readonly string[],
  { namespace, account, names }: ReferenceContext,
  source: LocatedFile,
): CompiledAttachments {
  if (references.length === 0) return NO_ATTACHMENTS;
  const attachments: Attachment[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, reference] of references.entries()) {
    const origin = originOfValue(source, ["spec", "managedPolicies", index]);
    const problem = reference.startsWith("arn:")
      ? arnProblem(reference, account)
      : nameProblem(reference, namespace, names);
    if (problem !== null) diagnostics.push(errorAt(origin, "managed-policy", problem));
    else attachments.push({ ...attachmentOf(reference, namespace, account), origin });
  }
  return { attachments: attachments.sort(byTextOf(({ arn }) => arn)), diagnostics };
}

const NO_ATTACHMENTS: CompiledAttachments = { attachments: NONE, diagnostics: NONE };

function arnProblem(arn: string, account: DesiredAccount): Mistake | null {
  if (arn.includes(":policy/aws-service-role/")) {
    const message = `${arn} is the policy of a service-linked role: IAM attaches it to no other role`;
    return { message, fix: "write the grants that the function needs" };
  }
  const { name, partition } = account;
  return foreignArn(arn, { account: name, partition, partitionOfAccount: new Map() });
}

function nameProblem(reference: string, namespace: Namespace, names: PolicyNames): Mistake | null {
  const use = names.get(qualifiedPolicyName(reference, namespace));
  if (use === "attach") return null;
  if (use === "boundary") {
    return {
      message: `${reference} is a boundary`,
      fix: "write it as role.boundary; it grants nothing when attached",
    };
  }
  const known = [...names.keys()].flatMap((name) =>
    name.startsWith(`${PLATFORM}/`)
      ? [name]
      : name.startsWith(`${namespace}/`)
        ? [name.slice(namespace.length + 1)]
        : [],
  );
  const meant = nearestName(reference, known);
  const declare = `declare it in ${namespace}'s folder, or write platform/NAME for one of the platform`;
  return {
    message: `unknown ManagedPolicy "${reference}"`,
    fix: meant === undefined ? declare : `did you mean "${meant}"? Otherwise ${declare}`,
    ...correctionOf(reference, meant),
  };
}

function attachmentOf(
  reference: string,
  namespace: Namespace,
  account: DesiredAccount,
): Omit<Attachment, "origin"> {
  if (reference.startsWith("arn:")) return { arn: checked(parseArn(reference)), policy: null };
  const qualified = qualifiedPolicyName(reference, namespace);
  const { namespace: owner, name } = qualifiedParts(qualified);
  const at = { partition: account.partition, accountId: account.id };
  return {
    arn: policyArn(at, POLICY_PATH, awsPolicyName(owner, name)),
    policy: policyKey(account.id, qualified),
  };
}
