import { byText } from "../../text/order.ts";
import { stableText } from "../../text/json-values.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import { readRoleStatements } from "../recognize/role-statements.ts";
import type { ManifestDraft } from "./draft.ts";
import { managedPolicyText, manifestText, type ManifestBody, type ManifestTarget } from "./manifest-text.ts";
import { freeName, objectName, shortHash } from "./names.ts";
import type { AttachedPolicyText } from "./role-policies.ts";
import { withVariables, type TargetValues } from "./variables.ts";

/** One function with its draft. */
export interface DraftedFunction {
  readonly estate: Estate;
  readonly found: EstateFunction;
  readonly namespace: Namespace;
  readonly draft: ManifestDraft;
  readonly name: string;
  readonly vars: TargetValues["vars"];
  /** null: the default. */
  readonly roleName: string | null;
}

export interface ProposedFile {
  readonly path: string;
  readonly text: string;
  readonly kind: "function" | "policy";
  /** Those that it declares, or that attach it. */
  readonly functions: readonly DraftedFunction[];
}

export interface FilePaths {
  readonly platformPath: string;
  readonly tenantPath: string;
}

/** The files of all drafts, sorted by path: one for each function, or for several targets if they are declared alike. */
export function proposedFiles(
  drafted: readonly DraftedFunction[],
  paths: FilePaths,
): readonly ProposedFile[] {
  const policies = new PolicyFiles(drafted, paths);
  const groups = Map.groupBy(drafted, ({ namespace, name }) => `${namespace}/${name}`);
  const files = [...groups.values()].flatMap((group) => filesOf(group, policies, paths));
  return [...files, ...policies.files].sort((a, b) => byText(a.path, b.path));
}

function filesOf(
  group: readonly DraftedFunction[],
  policies: PolicyFiles,
  { tenantPath }: FilePaths,
): readonly ProposedFile[] {
  const [first] = group;
  if (first === undefined) return [];
  const bodies = group.map((one) => bodyOf(one, policies));
  const same = sharedBody(group, bodies);
  const pathOf = (name: string): string => `${tenantPath}/${first.namespace}/${name}.yaml`;
  if (same !== null) {
    const text = manifestText(same, group.map(targetOf));
    return [{ path: pathOf(first.name), kind: "function", text, functions: group }];
  }
  return group.map((one, at) => {
    const { account, region } = targetOf(one);
    const name = `${one.name}-${objectName(account) ?? account}-${region}`;
    const text = manifestText({ ...(bodies[at] as ManifestBody), name }, [{ account, region }]);
    return { path: pathOf(name), kind: "function" as const, text, functions: [one] };
  });
}

/** The body of all targets, if they are declared alike, with variables if necessary; null if they are not. */
function sharedBody(group: readonly DraftedFunction[], bodies: readonly ManifestBody[]): ManifestBody | null {
  const plain = onlyOne(bodies);
  if (plain !== null) return plain;
  return onlyOne(
    bodies.map((body, at) => {
      const one = group[at];
      if (one === undefined) return body;
      const { account, region } = one.estate;
      return withVariables(body, { accountId: account.id, region, vars: one.vars });
    }),
  );
}

function onlyOne(bodies: readonly ManifestBody[]): ManifestBody | null {
  const [first, ...others] = bodies;
  if (first === undefined) return null;
  const text = manifestText(first, []);
  return others.every((other) => manifestText(other, []) === text) ? first : null;
}

function bodyOf({ draft, name, roleName, estate }: DraftedFunction, policies: PolicyFiles): ManifestBody {
  const { body, keptPolicies, awsManaged } = draft;
  const references = keptPolicies.map((policy) => policies.reference(policy));
  return {
    ...body,
    name,
    role: roleName === null ? body.role : { name: roleName, ...body.role },
    managedPolicies: [...awsManaged, ...references].sort(),
    readOn: new Date(estate.observedAtMs).toISOString().slice(0, 10),
  };
}

function targetOf({ estate }: DraftedFunction): ManifestTarget {
  return { account: estate.account.name, region: estate.region };
}

/** One ManagedPolicy of the platform for each policy that stays a policy, by its content: accounts may share it. */
class PolicyFiles {
  readonly files: readonly ProposedFile[];
  readonly #names: ReadonlyMap<string, string>;

  constructor(drafted: readonly DraftedFunction[], { platformPath }: FilePaths) {
    const byId = Map.groupBy(keptPolicies(drafted), ({ policy }) => policyId(policy));
    const taken = new Set<string>();
    const names = [...byId].map(([id, [first]]) => {
      const { policy } = first as KeptPolicy;
      const wanted = objectName(policy.policyName) ?? `policy-${shortHash(policy.policyName)}`;
      const name = freeName(wanted, id, (one) => taken.has(one));
      taken.add(name);
      return [id, name] as const;
    });
    this.#names = new Map(names);
    this.files = [...byId.values()].map((kept) => {
      const { policy, draftedIn } = kept[0] as KeptPolicy;
      const name = this.#name(policy);
      const { account } = draftedIn.estate;
      const context = { dialect: "identity", partition: account.partition, accountId: account.id } as const;
      const { statements } = readRoleStatements([policy], context);
      return {
        path: `${platformPath}/policies/${name}.yaml`,
        kind: "policy",
        text: managedPolicyText(name, policy.name, statements),
        functions: kept.map((one) => one.draftedIn),
      };
    });
  }

  reference(policy: AttachedPolicyText): string {
    return `platform/${this.#name(policy)}`;
  }

  #name(policy: AttachedPolicyText): string {
    const name = this.#names.get(policyId(policy));
    if (name === undefined) throw new Error(`${policy.arn} has no file`);
    return name;
  }
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
