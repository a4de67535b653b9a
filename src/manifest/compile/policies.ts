import { policyArn } from "../../model/aws/arn.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import { type InstanceName, type ObjectName, PLATFORM } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import { mapSteps, type Steps } from "../../model/values/steps.ts";
import { BOUNDARY_PATH, partitionsByAccount, type KnownAccount } from "./accounts/accounts.ts";
import { documentOf } from "../statements/compiled-statement.ts";
import { inAccount } from "../diagnostics.ts";
import type { PartitionPlace } from "../statements/foreign.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../text/located/located.ts";
import type { PolicyReference } from "./functions/functions.ts";
import type { InvalidDocument, ManagedPolicy, ManifestDocument } from "../parse/parsed.ts";
import {
  compileDocument,
  compileGrants,
  GrantExpander,
  compileStatements,
  joined,
  type CompiledPermissions,
} from "../statements/permissions.ts";
import { awsPolicyName, POLICY_PATH, policyKey } from "./policy-references.ts";
import { ownedTags } from "./functions/role.ts";
import { managedPolicy, type ManagedPolicySpec } from "../schema/managed-policy.ts";
import { textProblems } from "../statements/spec-texts.ts";
import { substitute, templateSite, type Variables } from "../statements/substitution.ts";
import type { TemplatesByName } from "./templates/templates.ts";
import { compileUses, type UseContext } from "./templates/uses.ts";
import { PathTexts } from "../../text/located/path-texts.ts";
import type { PlacedDocuments } from "./placed-documents.ts";
import type { Placed } from "./placed.ts";

interface PolicyContext {
  readonly templates: TemplatesByName;
  readonly instance: InstanceName;
  readonly partitionOfAccount: PartitionPlace["partitionOfAccount"];
}

interface CompiledPolicy {
  readonly policy: DesiredPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

const SPEC_SITE = templateSite(managedPolicy.shape.spec);
const MAX_NAME = 128;

/** A ManagedPolicy in one account. */
function compilePolicy(
  placed: Placed<ManagedPolicy>,
  known: KnownAccount,
  { templates, instance, partitionOfAccount }: PolicyContext,
): CompiledPolicy {
  const { document: manifest, namespace } = placed;
  const source: LocatedFile = { file: manifest.file, located: manifest.located };
  const { spec, diagnostics } = resolve(placed, known, source);
  const partition = known.desired?.partition ?? ("aws" as DesiredPolicy["partition"]);
  const use = spec.use ?? "attach";
  const policyName = use === "boundary" ? manifest.name : awsPolicyName(namespace, manifest.name);
  const path = use === "boundary" ? BOUNDARY_PATH : POLICY_PATH;
  const partitions = { account: known.name, partition, partitionOfAccount };
  const surroundings = { templates, partitions, variables: variablesOf(placed, known) };
  const permissions = permissionsOf(spec, { partition, accountId: known.id }, { ...surroundings, source });
  const authored = { grants: spec.grants, statements: spec.statements, document: spec.document };
  const written = documentOf(permissions.statements);
  const policy: DesiredPolicy = {
    key: policyKey(known.id, `${namespace}/${manifest.name}`),
    namespace,
    name: manifest.name as ObjectName,
    accountId: known.id,
    partition,
    policyName,
    path,
    arn: policyArn({ partition, accountId: known.id }, path, policyName),
    use,
    document: written.document,
    description: spec.description ?? "",
    // A boundary is not ours to tag: the pipeline that writes it sets its tags.
    tags: use === "boundary" ? [] : ownedTags(instance, `${namespace}/${manifest.name}`, {}),
    deletionPolicy: spec.deletionPolicy ?? "retain",
    labels: manifest.labels,
    annotations: manifest.annotations,
    origin: originOfValue(manifest, []),
  };
  return {
    policy,
    diagnostics: [
      ...diagnostics,
      ...textProblems(authored, partitions, source),
      ...permissions.diagnostics,
      ...written.diagnostics,
      ...nameProblems(policyName, source),
    ],
  };
}

function permissionsOf(
  spec: ManagedPolicySpec,
  account: { readonly partition: string; readonly accountId: string },
  { source, ...surroundings }: Surroundings,
): CompiledPermissions {
  if (spec.document !== undefined) return compileDocument(spec.document.Statement, source);
  const place = { ...account, region: null };
  const expander = new GrantExpander(place);
  const grants = compileGrants(spec.grants ?? [], { place, expander, pinnedTo: null }, source);
  const shared = { ...surroundings, at: place, expander, pinnedTo: null, pathTexts: new PathTexts() };
  const used = compileUses(spec.templates ?? [], shared, source);
  return joined([grants, compileStatements(spec.statements ?? [], source), used]);
}

interface Surroundings extends Pick<UseContext, "templates" | "partitions" | "variables"> {
  readonly source: LocatedFile;
}

function resolve(
  placed: Placed<ManagedPolicy>,
  known: KnownAccount,
  source: LocatedFile,
): { spec: ManagedPolicySpec; diagnostics: readonly Diagnostic[] } {
  const { document: manifest } = placed;
  if (!manifest.hasTemplates) return { spec: manifest.spec, diagnostics: [] };
  const variables = variablesOf(placed, known);
  const { value, problems } = substitute({ value: manifest.spec, path: ["spec"] }, SPEC_SITE, variables);
  const diagnostics = problems.map(({ path, message, fix }) =>
    errorAt(originOfValue(source, path), "substitution", { message, fix }),
  );
  return { spec: value, diagnostics };
}

/** A template may name a region or the function, which a policy of many functions does not have. */
function variablesOf({ document, namespace }: Placed<ManagedPolicy>, known: KnownAccount): Variables {
  return {
    own: { namespace, name: document.name },
    ofAccount: known.variables,
    where: `account ${known.name}`,
    refused: {
      region: "a ManagedPolicy belongs to an account: write the region",
      function: "a ManagedPolicy belongs to an account: write the function",
    },
  };
}

function nameProblems(policyName: string, source: LocatedFile): readonly Diagnostic[] {
  if (policyName.length <= MAX_NAME) return [];
  const origin = originOfKey(source, ["metadata", "name"]);
  const message = `the policy's name in AWS, ${policyName}, has ${policyName.length} characters, IAM takes ${MAX_NAME}`;
  return [errorAt(origin, "name-too-long", { message, fix: "choose a shorter name" })];
}

/** The results of all ManagedPolicies, collected one at a time. */
export interface CompiledPolicies {
  readonly policies: DesiredPolicy[];
  readonly invalid: (readonly [Key, readonly Diagnostic[]])[];
  /** Valid policies that nothing refers to, each in the first usable account: they are checked, and not written to AWS. */
  readonly unattached: DesiredPolicy[];
  /** The document of each valid policy. */
  readonly documents: Map<Key, ManifestDocument>;
  /** The keys of each document, sorted. */
  readonly keys: Map<ManifestDocument, readonly Key[]>;
  readonly diagnostics: Diagnostic[];
}

/** The parts of an instance that refer to policies. */
interface PolicyUse {
  readonly templates: TemplatesByName;
  readonly references: readonly PolicyReference[];
  readonly instance: InstanceName;
}

/** Every ManagedPolicy in each account that refers to it: by a binding, or by the account's boundaries. */
export function* compilePolicies(
  world: PlacedDocuments,
  accounts: ReadonlyMap<string, KnownAccount>,
  { templates, references, instance }: PolicyUse,
): Steps<CompiledPolicies> {
  const users = usersByPolicy(accounts, references);
  const context: PolicyContext = { templates, instance, partitionOfAccount: partitionsByAccount(accounts) };
  const usersOf = (placed: Placed<ManagedPolicy | InvalidDocument>): readonly KnownAccount[] =>
    users.get(`${placed.namespace}/${placed.document.name ?? ""}`) ?? [];
  const all: CompiledPolicies = {
    policies: [],
    invalid: [],
    unattached: [],
    documents: new Map(),
    keys: new Map(),
    diagnostics: [],
  };
  for (const placed of world.policies) {
    const compiled = yield* mapSteps(usersOf(placed), (known) => ({
      known,
      ...compilePolicy(placed, known, context),
    }));
    gatherUsed(placed, compiled, all);
    yield;
    if (compiled.length === 0)
      gatherUnused(placed, compileUnused(placed, [...accounts.values()], context), all);
  }
  for (const placed of world.invalid.filter((one) => one.document.of === "ManagedPolicy")) {
    const own = usersOf(placed).map((known) =>
      policyKey(known.id, `${placed.namespace}/${placed.document.name ?? ""}`),
    );
    all.keys.set(placed.document, [...own].sort());
    for (const key of own) all.invalid.push([key, placed.problems]);
  }
  return all;
}

/** What a ManagedPolicy is in the accounts that refer to it. */
function gatherUsed(
  placed: Placed<ManagedPolicy>,
  compiled: readonly (CompiledPolicy & { readonly known: KnownAccount })[],
  into: CompiledPolicies,
): void {
  into.keys.set(placed.document, compiled.map(({ policy }) => policy.key).sort());
  into.diagnostics.push(...placed.problems);
  for (const { known, policy, diagnostics } of compiled) {
    const errors = reasons(placed, known, { policy, diagnostics });
    if (errors.length > 0) into.invalid.push([policy.key, errors]);
    else into.policies.push(policy);
    into.documents.set(policy.key, placed.document);
    into.diagnostics.push(...diagnostics.map((one) => inAccount(one, known.name)));
  }
}

function gatherUnused(
  placed: Placed<ManagedPolicy>,
  unused: CompiledPolicy | null,
  into: CompiledPolicies,
): void {
  if (unused === null) return;
  into.diagnostics.push(...unused.diagnostics);
  into.documents.set(unused.policy.key, placed.document);
  if (placed.problems.length + unused.diagnostics.length === 0) into.unattached.push(unused.policy);
}

/**
 * A policy without references is checked all the same, in the first account that it fits: it may be meant for one
 * partition. null if no account is declared.
 */
function compileUnused(
  placed: Placed<ManagedPolicy>,
  accounts: readonly KnownAccount[],
  context: PolicyContext,
): CompiledPolicy | null {
  const usable = accounts.filter(({ desired }) => desired !== null);
  let first: CompiledPolicy | null = null;
  for (const known of usable.length === 0 ? accounts.slice(0, 1) : usable) {
    const compiled = compilePolicy(placed, known, context);
    if (compiled.diagnostics.length === 0) return compiled;
    first ??= compiled;
  }
  return first;
}

/** Why the policy can't be used in the account: its own problems, or the account's. */
function reasons(
  placed: Placed<ManagedPolicy>,
  known: KnownAccount,
  { policy, diagnostics }: CompiledPolicy,
): readonly Diagnostic[] {
  const own = [...placed.problems, ...diagnostics];
  if (known.desired !== null) return own;
  const message = `account ${known.name} can't be used: its manifest has problems`;
  return [...own, errorAt(policy.origin, "invalid-account", { message, fix: `see ${known.where}` })];
}

/** By `namespace/name`: the accounts that refer to the policy. */
function usersByPolicy(
  accounts: ReadonlyMap<string, KnownAccount>,
  references: readonly PolicyReference[],
): ReadonlyMap<string, readonly KnownAccount[]> {
  const users = new Map<string, Map<string, KnownAccount>>();
  const add = (policy: string, known: KnownAccount): void => {
    const inAccounts = users.get(policy) ?? new Map<string, KnownAccount>();
    users.set(policy, inAccounts.set(known.id, known));
  };
  for (const known of accounts.values()) {
    for (const name of known.boundaries) add(`${PLATFORM}/${name}`, known);
  }
  for (const { account, policy } of references) {
    const known = accounts.get(account);
    if (known !== undefined) add(policy, known);
  }
  return new Map([...users].map(([policy, inAccounts]) => [policy, [...inAccounts.values()]]));
}
