import type { ManagedPolicy, ManifestDocument } from "../../manifest/parse/parsed.ts";
import { stableText } from "../../text/json-values.ts";
import { byText } from "../../text/order.ts";
import { readRoleStatements, type RoleStatement } from "../recognize/role-statements.ts";
import { managedPolicyDocument, managedPolicyText } from "./manifest-text.ts";
import { freeName, objectNameFrom, nameHash } from "./names.ts";
import type { DraftedFunction, ImportFolders, ProposedFile } from "./proposed-file.ts";
import type { AttachedPolicyText } from "./role-policies.ts";

/**
 * One ManagedPolicy of the platform for each policy that stays a policy, by its content: accounts may share it. One that an
 * import before wrote, or that means exactly the same, is referred to and not written again.
 */
export class PolicyFiles {
  readonly files: readonly ProposedFile[];
  readonly #names = new Map<string, string>();

  constructor(drafted: readonly DraftedFunction[], folders: ImportFolders) {
    const existing = platformPolicies(folders);
    const usedNames = new Set<string>();
    const byId = Map.groupBy(keptPolicies(drafted), ({ policy }) => policyId(policy));
    this.files = [...byId].flatMap(([id, kept]) => {
      const { policy, draftedIn } = kept[0] as KeptPolicy;
      const statements = statementsOf(policy, draftedIn);
      const content = stableText(managedPolicyDocument(statements));
      const wanted = objectNameFrom(policy.policyName) ?? `policy-${nameHash(policy.policyName)}`;
      const isOther = (name: string): boolean => (existing.get(name) ?? content) !== content;
      const name = freeName(wanted, id, (one) => usedNames.has(one) || isOther(one));
      usedNames.add(name);
      this.#names.set(id, name);
      if (existing.has(name)) return [];
      return [
        {
          path: `${folders.platformPath}/policies/${name}.yaml`,
          kind: "policy",
          hasVariables: false,
          text: managedPolicyText(name, policy.name, statements),
          functions: kept.map((one) => one.draftedIn),
        },
      ];
    });
  }

  reference(policy: AttachedPolicyText): string {
    const name = this.#names.get(policyId(policy));
    if (name === undefined) throw new Error(`${policy.arn} has no file`);
    return `platform/${name}`;
  }
}

/** The content of each ManagedPolicy of the platform, by name; "" for one that is more than a document, or that is not valid. */
function platformPolicies({ files, platformPath }: ImportFolders): ReadonlyMap<string, string> {
  const documents = files
    .filter(({ path }) => path.startsWith(`${platformPath}/`))
    .flatMap((file) => file.documents);
  return new Map(
    documents.flatMap((document) =>
      isPolicy(document) && document.name !== null ? [[document.name, contentOf(document)]] : [],
    ),
  );
}

function isPolicy(document: ManifestDocument): boolean {
  return (document.kind === "invalid" ? document.of : document.kind) === "ManagedPolicy";
}

function contentOf(document: ManifestDocument): string {
  if (document.kind !== "ManagedPolicy") return "";
  const { description: _description, document: policy, ...more }: ManagedPolicy["spec"] = document.spec;
  return Object.keys(more).length === 0 ? stableText(policy) : "";
}

function statementsOf(policy: AttachedPolicyText, { estate }: DraftedFunction): readonly RoleStatement[] {
  const { partition, id: accountId } = estate.account;
  return readRoleStatements([policy], { dialect: "identity", partition, accountId }).statements;
}

interface KeptPolicy {
  readonly policy: AttachedPolicyText;
  readonly draftedIn: DraftedFunction;
}

/** In the order of their ARNs, so that names do not depend on the order of the functions. */
function keptPolicies(drafted: readonly DraftedFunction[]): readonly KeptPolicy[] {
  const all = drafted.flatMap((draftedIn) =>
    draftedIn.draft.keptPolicies.map((policy) => ({ policy, draftedIn })),
  );
  return all.toSorted((a, b) => byText(a.policy.arn, b.policy.arn));
}

/** Equal for policies of one name with the same document. */
function policyId({ policyName, text }: AttachedPolicyText): string {
  return stableText([policyName, text]);
}
