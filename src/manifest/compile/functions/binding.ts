import type { BindingTarget } from "./targets.ts";
import type { PolicyContext } from "../managed-policy.ts";
import { functionArn, type Arn, type FunctionPlace } from "../../../model/aws/arn.ts";
import type { CompiledStatement, DesiredBinding } from "../../../model/desired.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { ObjectName } from "../../../model/aws/ids.ts";
import { defaultRoleName, shortenedRoleName } from "../../../model/aws/role-name.ts";
import { formatKey } from "../../../model/keys/key.ts";
import { joinedLists, NONE } from "../../../model/values/lists.ts";
import { digestOfText } from "../../../model/values/digest.ts";
import { lowerMode } from "../../../model/rules/mode.ts";
import { compileCallers, type CallerTarget } from "../../statements/callers.ts";
import { documentOf, statementFrom, type StatementContent } from "../../statements/compiled-statement.ts";
import { tracing, vpc } from "../../grants/own.ts";
import { textProblems } from "../../statements/spec-texts.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../../text/located/located.ts";
import type { PathTexts } from "../../../text/located/path-texts.ts";
import type { FunctionPermission } from "../../parse/parsed.ts";
import {
  compileGrants,
  compileStatements,
  type CompiledPermissions,
  type GrantExpander,
} from "../../statements/permissions.ts";
import { compileUses, type UseContext } from "../templates/uses.ts";
import { compileAttachments, type PolicyNames } from "../policy-references.ts";
import type { ScopePlace } from "./reference-scope.ts";
import { dependenciesOf } from "./dependencies.ts";
import { compileRole, type CompiledRole } from "./role.ts";
import { resolvedSpec, type ResolvedSpec } from "./resolved-spec.ts";
import type { FunctionPermissionSpec } from "../../schema/function-permission.ts";
import type { ReferenceScope } from "../../statements/references.ts";
import type { NamedReference } from "../../../model/aws/reference.ts";
import { pinnedReferences, withoutConsequences } from "./binding-references.ts";
import { logGroupOf, logsExpansions, logsProblems } from "./logs.ts";

export interface BindingPlace extends ScopePlace, BindingTarget {}

export interface BindingContext extends PolicyContext {
  readonly policies: PolicyNames;
  /** Computed once for each owner, since hashing it for each of its bindings would be wasteful. */
  readonly sidPrefix: (owner: string) => string;
  readonly expanderIn: (place: FunctionPlace) => GrantExpander;
  readonly pathTexts: PathTexts;
  readonly referencesIn: (place: ScopePlace) => () => ReferenceScope;
}

/** A compiled binding. If its diagnostics contain errors, only its claims are used. */
export interface CompiledBinding {
  readonly binding: DesiredBinding;
  /** Also those without a value. */
  readonly references: readonly NamedReference[];
  readonly diagnostics: readonly Diagnostic[];
}

const NAME: ValuePath = ["metadata", "name"];
const FUNCTION: ValuePath = ["spec", "function"];

/** One function in one account and region. */
export function compileBinding(
  manifest: FunctionPermission,
  place: BindingPlace,
  context: BindingContext,
): CompiledBinding {
  const { account, region, namespace } = place;
  const at = { partition: account.partition, accountId: account.id, region };
  const { file, located } = manifest;
  const source: LocatedFile = { file, located, pathTexts: context.pathTexts };
  const resolved = resolvedSpec(manifest, place, { source, referencesIn: context.referencesIn });
  const { spec, functionName } = resolved;
  const owner = `${namespace}/${manifest.name}`;
  const name = manifest.name as ObjectName;
  const arn = functionArn(at, functionName, null);
  const surroundings = { place, at, context, source, functionArn: arn };
  const { role, callers, diagnostics } = permissionsOf(resolved, owner, surroundings);
  // Each field is listed: after a spread, V8 grows objects three fields at a time, which took a fifteenth of all memory.
  const binding: DesiredBinding = {
    partition: account.partition,
    accountId: account.id,
    region,
    key: formatKey({ kind: "function", accountId: account.id, region, namespace, name }),
    namespace,
    name,
    account: account.name,
    functionName,
    functionArn: arn,
    mode: lowerMode(account.mode, spec.mode === "observe" ? "observe" : "enforce"),
    role,
    functionRole: account.functionRole === "manage" ? (spec.functionRole ?? "verify") : "verify",
    logGroup: logGroupOf(resolved.logs),
    callers,
    undeclaredCallers: spec.undeclaredCallers ?? "report",
    deletionPolicy: spec.deletionPolicy ?? "retain",
    labels: manifest.labels,
    annotations: manifest.annotations,
    origin: originOfValue(source, []),
    functionOrigin: originOfValue(source, manifest.spec.function === undefined ? NAME : FUNCTION),
    targetOrigin: originOfValue(source, place.path),
  };
  const isReleased = spec.mode === "release";
  const marked = isReleased ? { ...binding, released: true as const } : binding;
  const dependsOn = dependenciesOf(binding.key, spec.dependsOn ?? NONE);
  const named =
    dependsOn.length === 0
      ? marked
      : { ...marked, dependsOn, written: digestOfText(JSON.stringify(manifest.spec)) };
  const { references } = resolved;
  return {
    binding: references.length === 0 ? named : { ...named, references: pinnedReferences(references) },
    references,
    diagnostics: joinedLists(resolved.diagnostics, withoutConsequences(diagnostics, resolved)),
  };
}

/** What the function may do, and who may call it. */
function permissionsOf(
  resolved: ResolvedSpec,
  owner: string,
  surroundings: Surroundings,
): Pick<DesiredBinding, "role" | "callers"> & { readonly diagnostics: readonly Diagnostic[] } {
  const { spec, functionName, logs } = resolved;
  const { at, context, source, functionArn } = surroundings;
  const ofTexts = textsOf(spec, surroundings);
  const { role, diagnostics } = compileOwnRole(resolved, owner, surroundings);
  const target: CallerTarget = {
    at,
    functionName,
    functionArn,
    sidPrefix: () => context.sidPrefix(owner),
  };
  const invokedBy = compileCallers(spec.invokedBy ?? NONE, target, source);
  const ofLogs = logsProblems(logs, functionName, source);
  const problems = joinedLists(joinedLists(ofTexts, ofLogs), diagnostics, invokedBy.diagnostics);
  return { role, callers: invokedBy.callers, diagnostics: problems };
}

function textsOf(
  { grants, statements, invokedBy, role }: FunctionPermissionSpec,
  { place, context, source }: Surroundings,
): readonly Diagnostic[] {
  const { name: account, partition } = place.account;
  const at = { account, partition, partitionOfAccount: context.partitionOfAccount };
  return textProblems({ grants, statements, invokedBy, role: { tags: role?.tags } }, at, source);
}

interface Surroundings {
  readonly place: BindingPlace;
  readonly at: FunctionPlace;
  readonly context: BindingContext;
  readonly source: LocatedFile;
  /** Unqualified. */
  readonly functionArn: Arn;
}

/** The role with all its permissions. */
function compileOwnRole(resolved: ResolvedSpec, owner: string, surroundings: Surroundings): CompiledRole {
  const { place, at, context, source } = surroundings;
  const { spec, functionName } = resolved;
  const { account, region, namespace } = place;
  const expander = context.expanderIn(at);
  const own = ownStatements(resolved, expander, surroundings);
  const pinnedTo = spec.isolation === "pinned" ? surroundings.functionArn : null;
  const grants = compileGrants(spec.grants ?? NONE, { place: at, expander, pinnedTo }, source);
  const statements = compileStatements(spec.statements ?? NONE, source);
  const used = ofTemplates(resolved, { expander, pinnedTo }, surroundings);
  const inline = documentOf(joinedLists(own, grants.statements, statements.statements, used.statements));
  const references = spec.managedPolicies ?? NONE;
  const attached = compileAttachments(references, { namespace, account, names: context.policies }, source);
  const parts = {
    name:
      spec.role?.name === undefined
        ? defaultRoleName(functionName, region)
        : shortenedRoleName(spec.role.name),
    account,
    boundaryNames: place.known.boundaries,
    instance: context.instance,
    owner,
    inline: inline.document,
    attachments: attached.attachments,
    isReleased: spec.mode === "release",
  };
  const { role, diagnostics } = compileRole(spec.role, parts, source);
  const problems = joinedLists(
    grants.diagnostics,
    statements.diagnostics,
    used.diagnostics,
    inline.diagnostics,
  );
  return { role, diagnostics: joinedLists(problems, attached.diagnostics, diagnostics) };
}

/** The permissions of `spec.templates`, with the same variables as the manifest. */
function ofTemplates(
  { spec, functionName, name }: ResolvedSpec,
  { expander, pinnedTo }: Pick<UseContext, "expander" | "pinnedTo">,
  { place, at, context, source }: Surroundings,
): CompiledPermissions {
  if (spec.templates === undefined) return NO_PERMISSIONS;
  const { known, region, namespace, account } = place;
  const own = { region, namespace, name, function: functionName };
  const variables = { own, ofAccount: known.variables, account: known.name, refused: {} };
  const { templates, pathTexts, partitionOfAccount } = context;
  const partitions = { account: account.name, partition: account.partition, partitionOfAccount };
  const shared = { templates, pathTexts, at, partitions, expander, pinnedTo, variables };
  return compileUses(spec.templates, shared, source);
}

const NO_PERMISSIONS: CompiledPermissions = { statements: NONE, diagnostics: NONE };

/** Logs unless they are switched off, tracing, the network. */
function ownStatements(
  { spec, logs }: ResolvedSpec,
  expander: GrantExpander,
  { at, source, functionArn }: Surroundings,
): readonly CompiledStatement[] {
  const own = (grant: "logs" | "tracing" | "vpc", contents: readonly StatementContent[]) => {
    const origin = originOfKey(source, ["spec", grant]);
    return contents.map((content) => statementFrom(content, origin, null));
  };
  return joinedLists(
    own("logs", expander.contents("logs", logsExpansions(logs, at), null)),
    spec.tracing === true ? own("tracing", expander.contents("tracing", tracing(), null)) : NONE,
    spec.vpc === true ? own("vpc", expander.contents("vpc", vpc(functionArn), null)) : NONE,
  );
}
