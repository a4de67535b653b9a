import { isTrusted } from "../../diff/function/trusted-service.ts";
import { compile, type Compilation, type CompileContext } from "../../manifest/compile/compile.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { DesiredBinding, DesiredExclusion } from "../../model/desired.ts";
import type { TerraformState } from "../deployer/terraform-state.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import { roleOfFunction } from "../estate/role-users.ts";
import { undeclaredState } from "../estate/undeclared.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import { CandidateCompiler } from "../recognize/candidate-compiler.ts";
import { manifestDraft, readParts, type ManifestDraft, type DraftSetting, type NoDraft } from "./draft.ts";
import type { DraftedFunction } from "./proposed-file.ts";
import { freeName, manifestName, roleNameFor } from "./names.ts";
import { namespaceByRules, type NamespaceRule } from "./namespaces.ts";
import { ManifestProver, type ManifestDifference } from "./proof.ts";

/** What is known before any file is proposed. */
export interface SortingInput {
  readonly estates: readonly Estate[];
  readonly rules: readonly NamespaceRule[];
  /** Of the states that were given; empty without one. */
  readonly terraform: TerraformState;
  /** The platform's files, and the manifests that exist already. */
  readonly files: readonly ParsedFile[];
  readonly context: CompileContext;
}

/** Why a function gets no manifest. */
export type NotImported =
  /** A manifest declares it already; null: it means the same as what is live. */
  | {
      readonly kind: "declared";
      readonly path: string;
      readonly key: Key;
      readonly difference: ManifestDifference | null;
    }
  | { readonly kind: "unmatched"; readonly reason: string }
  | { readonly kind: "excluded"; readonly reason: string }
  | NoDraft;

export interface SortedFunctions {
  readonly drafted: readonly DraftedFunction[];
  readonly outcomes: ReadonlyMap<EstateFunction, NotImported>;
}

type Sorted =
  { readonly kind: "drafted"; readonly draft: ManifestDraft; readonly namespace: Namespace } | NotImported;

/** Which functions can have a manifest, with its name, and why the others have none. */
export function sortFunctions(input: SortingInput): SortedFunctions {
  const existing = compile(input.files, input.context);
  const bindings = new Map(
    [...existing.desired.bindings.values()].map((binding) => [functionId(binding), binding]),
  );
  const prover = new ManifestProver(existing.desired);
  const names = new FileNames(input, existing);
  const drafted: DraftedFunction[] = [];
  const outcomes = new Map<EstateFunction, NotImported>();
  for (const estate of input.estates) {
    const tagKeys = existing.desired.accounts.get(estate.account.id)?.tagKeys ?? [];
    const setting = { ...draftSetting(estate, tagKeys), exclusions: existing.desired.exclusions };
    for (const found of estate.functions) {
      const binding = bindings.get(idIn(estate, found));
      const sorted =
        binding === undefined ? sortOne(found, input, setting) : declared(found, estate, { binding, prover });
      if (sorted.kind === "drafted") drafted.push(names.named({ estate, found, ...sorted }));
      else outcomes.set(found, sorted);
    }
  }
  return { drafted, outcomes };
}

function draftSetting(estate: Estate, tagKeys: readonly string[]): DraftSetting {
  const { account, region } = estate;
  const compiler = new CandidateCompiler({ partition: account.partition, accountId: account.id, region });
  return { estate, compiler, tagKeys, sharedPolicies: sharedPolicies(estate) };
}

/** Customer-managed policies that more than one role attaches. */
function sharedPolicies({ iam }: Estate): ReadonlySet<string> {
  const roles = iam.kind === "known" ? [...iam.value.roles.values()] : [];
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const role of roles)
    for (const arn of role.kind === "present" ? role.value.attachments : [])
      if (seen.has(arn)) shared.add(arn);
      else seen.add(arn);
  return shared;
}

interface UndeclaredSetting extends DraftSetting {
  readonly exclusions: readonly DesiredExclusion[];
}

function sortOne(
  found: EstateFunction,
  { rules, terraform }: Pick<SortingInput, "rules" | "terraform">,
  setting: UndeclaredSetting,
): Sorted {
  const { estate, exclusions } = setting;
  const place = { accountId: estate.account.id, region: estate.region, name: found.name };
  const undeclared = undeclaredState(
    { ...place, edge: found.edge },
    { exclusions, nowMs: estate.observedAtMs },
  );
  if (undeclared.state === "excluded") return { kind: "excluded", reason: undeclared.reason };
  const atEdge = edgeRoleReason(found, estate);
  if (atEdge !== null) return { kind: "excluded", reason: atEdge };
  const match = namespaceByRules(found, rules, terraform);
  if (match.kind === "unmatched") return match;
  if (match.kind === "unknown")
    return {
      kind: "unknown",
      reason: match.reason,
      next: "allow the call to the observer, or name the function in a rule before",
    };
  const draft = manifestDraft(found, setting);
  return draft.kind === "draft" ? { kind: "drafted", draft, namespace: match.namespace } : draft;
}

/** As the controller decides: it leaves a function untouched whose role Lambda@Edge may assume. */
function edgeRoleReason(found: EstateFunction, estate: Estate): string | null {
  const { id: accountId, partition } = estate.account;
  const role = roleOfFunction(estate, found);
  if (role.kind !== "present") return null;
  if (!isTrusted("edgelambda.amazonaws.com", role.value, { partition, accountId })) return null;
  return `Lambda@Edge, which is not supported, may assume its role ${role.value.name}: give it a role that only lambda.amazonaws.com may assume, and import again`;
}

interface DeclaredFunctions {
  readonly binding: DesiredBinding;
  readonly prover: ManifestProver;
}

function declared(
  found: EstateFunction,
  estate: Estate,
  { binding, prover }: DeclaredFunctions,
): NotImported {
  const read = readParts(found, estate);
  if (read.kind !== "read") return read;
  const difference = prover.differenceOf(binding, { estate, found, role: read.role });
  return { kind: "declared", path: binding.origin.file, key: binding.key, difference };
}

/** Names of manifests and roles that nothing else has. */
class FileNames {
  /** `NAMESPACE/NAME` to the function that has it, empty for an existing manifest. */
  readonly #manifests: Map<string, string>;
  /** Of AWS, of manifests and of functions that were named before; lower-case, with the account. */
  readonly #roles = new Set<string>();
  readonly #vars: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor({ estates, files }: SortingInput, { objects, desired }: Compilation) {
    const documents = files.flatMap((file) => file.documents);
    const accounts = documents.filter((document) => document.kind === "AwsAccount");
    this.#vars = new Map(accounts.map(({ spec }) => [spec.id, spec.vars ?? {}]));
    this.#manifests = new Map(objects.map(({ namespace, name }) => [`${namespace ?? ""}/${name}`, ""]));
    for (const { account, iam } of estates)
      for (const name of iam.kind === "known" ? iam.value.roles.keys() : [])
        this.#roles.add(`${account.id}/${name}`);
    for (const { accountId, role } of desired.bindings.values())
      this.#roles.add(`${accountId}/${role.name.toLowerCase()}`);
  }

  named(one: Pick<DraftedFunction, "estate" | "found" | "draft" | "namespace">): DraftedFunction {
    const { estate, found, draft, namespace } = one;
    const { account, region } = estate;
    // The same function in another account or region is declared in the same file, if it can be.
    const isUsed = (name: string): boolean =>
      ![undefined, found.name].includes(this.#manifests.get(`${namespace}/${name}`));
    const name = freeName(manifestName(found), found.name, isUsed);
    this.#manifests.set(`${namespace}/${name}`, found.name);
    const roleName = roleNameFor(found, region, (role) =>
      this.#roles.has(`${account.id}/${role.toLowerCase()}`),
    );
    const role = roleName ?? defaultRoleName(found.name, region);
    this.#roles.add(`${account.id}/${role.toLowerCase()}`);
    const vars = this.#vars.get(account.id) ?? {};
    return { estate, found, draft, namespace, name, roleName, vars };
  }
}

export function functionId({ accountId, region, functionName }: DesiredBinding): string {
  return `${accountId}/${region}/${functionName}`;
}

export function idIn({ account, region }: Estate, { name }: EstateFunction): string {
  return `${account.id}/${region}/${name}`;
}
