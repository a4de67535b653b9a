import { policyArn } from "../../model/aws/arn.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { InstanceName, ObjectName } from "../../model/aws/ids.ts";
import { BOUNDARY_PATH, type KnownAccount } from "./accounts/accounts.ts";
import { documentOf } from "../statements/compiled-statement.ts";
import { type PartitionPlace, textProblems } from "../statements/spec-texts.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../text/located/located.ts";
import type { ManagedPolicy } from "../parse/parsed.ts";
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
import { substitute, templateSite, type Variables } from "../statements/substitution.ts";
import type { TemplatesByName } from "./templates/templates.ts";
import { compileUses, type UseContext } from "./templates/uses.ts";
import { PathTexts } from "../../text/located/path-texts.ts";
import type { PlacedDocument } from "./placed.ts";

export interface PolicyContext {
  readonly templates: TemplatesByName;
  readonly instance: InstanceName;
  readonly partitionOfAccount: PartitionPlace["partitionOfAccount"];
}

export interface PolicyInAccount {
  readonly policy: DesiredPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

const SPEC_SITE = templateSite(managedPolicy.shape.spec);
const MAX_NAME = 128;

export function compilePolicy(
  placed: PlacedDocument<ManagedPolicy>,
  known: KnownAccount,
  context: PolicyContext,
): PolicyInAccount {
  const { document: manifest, namespace } = placed;
  const source: LocatedFile = { file: manifest.file, located: manifest.located };
  const { spec, diagnostics } = resolve(placed, known, source);
  const partition = known.desired?.partition ?? ("aws" as DesiredPolicy["partition"]);
  const at = { partition, accountId: known.id };
  const owner = `${namespace}/${manifest.name}`;
  const { use, policyName, path } = awsObject(placed, spec.use ?? "attach");
  const content = contentOf(spec, { placed, known, at, source }, context);
  const policy: DesiredPolicy = {
    key: policyKey(known.id, owner),
    namespace,
    name: manifest.name as ObjectName,
    accountId: known.id,
    partition,
    policyName,
    path,
    arn: policyArn(at, path, policyName),
    use,
    document: content.document,
    description: spec.description ?? "",
    // A boundary is not ours to tag: the pipeline that writes it sets its tags.
    tags: use === "boundary" ? [] : ownedTags(context.instance, owner, {}),
    deletionPolicy: spec.deletionPolicy ?? "retain",
    labels: manifest.labels,
    annotations: manifest.annotations,
    origin: originOfValue(manifest, []),
  };
  const problems = [...diagnostics, ...content.diagnostics, ...nameProblems(policyName, source)];
  return { policy, diagnostics: problems };
}

/** What the policy is in AWS. */
function awsObject(
  { document: { name }, namespace }: PlacedDocument<ManagedPolicy>,
  use: DesiredPolicy["use"],
): Pick<DesiredPolicy, "use" | "policyName" | "path"> {
  return use === "boundary"
    ? { use, policyName: name, path: BOUNDARY_PATH }
    : { use, policyName: awsPolicyName(namespace, name), path: POLICY_PATH };
}

interface PolicyPlace {
  readonly placed: PlacedDocument<ManagedPolicy>;
  readonly known: KnownAccount;
  readonly at: Pick<DesiredPolicy, "partition" | "accountId">;
  readonly source: LocatedFile;
}

function contentOf(
  spec: ManagedPolicySpec,
  { placed, known, at, source }: PolicyPlace,
  { templates, partitionOfAccount }: PolicyContext,
): Pick<DesiredPolicy, "document"> & { readonly diagnostics: readonly Diagnostic[] } {
  const partitions = { account: known.name, partition: at.partition, partitionOfAccount };
  const surroundings = { templates, partitions, variables: variablesOf(placed, known), source };
  const permissions = permissionsOf(spec, at, surroundings);
  const { document, diagnostics } = documentOf(permissions.statements);
  const authored = { grants: spec.grants, statements: spec.statements, document: spec.document };
  const problems = textProblems(authored, partitions, source);
  return { document, diagnostics: [...problems, ...permissions.diagnostics, ...diagnostics] };
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
  placed: PlacedDocument<ManagedPolicy>,
  known: KnownAccount,
  source: LocatedFile,
): { spec: ManagedPolicySpec; diagnostics: readonly Diagnostic[] } {
  const { document: manifest } = placed;
  if (!manifest.hasTemplates) return { spec: manifest.spec, diagnostics: [] };
  const variables = variablesOf(placed, known);
  const { value, problems } = substitute({ value: manifest.spec, path: ["spec"] }, SPEC_SITE, variables);
  const diagnostics = problems.map(({ path, code, ...mistake }) =>
    errorAt(originOfValue(source, path), code, mistake),
  );
  return { spec: value, diagnostics };
}

/** A template may name a region or the function, which a policy of many functions does not have. */
function variablesOf({ document, namespace }: PlacedDocument<ManagedPolicy>, known: KnownAccount): Variables {
  return {
    own: { namespace, name: document.name },
    ofAccount: known.variables,
    account: known.name,
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
