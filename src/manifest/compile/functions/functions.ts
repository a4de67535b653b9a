import type { ValuePath } from "../../../text/located/value-path.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import { errorAt, inAccount, type Diagnostic } from "../../../model/diagnostic.ts";
import {
  parseObjectName,
  parseRegion,
  type Namespace,
  type ObjectName,
  type Region,
  PLATFORM,
} from "../../../model/aws/ids.ts";
import type { NamedReference } from "../../../model/aws/reference.ts";
import type { Json } from "../../../model/values/json.ts";
import { defaultRoleName, shortenedRoleName } from "../../../model/aws/role-name.ts";
import { formatKey, type Key } from "../../../model/keys/key.ts";
import { joinedLists, mapped, NONE, selected } from "../../../model/values/lists.ts";
import { mapSteps, type Steps } from "../../../model/values/steps.ts";
import { unusableAccount } from "../accounts/accounts.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { compileBinding, type BindingContext } from "./binding.ts";
import type { OwnershipClaim } from "../conflicts.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import type { FunctionPermission, InvalidDocument } from "../../parse/parsed.ts";
import type { BindingQuota } from "./quota.ts";
import { targetsOf, type AccountsByName, type BindingTarget } from "./targets.ts";
import { qualifiedPolicyName } from "../policy-references.ts";
import type { PlacedDocument } from "../placed.ts";

/** A ManagedPolicy (`namespace/name`) in an account, by the account's name, that a binding refers to. */
export interface PolicyReference {
  readonly account: string;
  readonly policy: string;
}

export interface FunctionOutcome {
  readonly document: FunctionPermission | InvalidDocument;
  /** Compiled without an error. */
  readonly bindings: readonly DesiredBinding[];
  /** Declared but not usable keys, each with the reasons. */
  readonly invalid: readonly (readonly [Key, readonly Diagnostic[]])[];
  readonly claims: readonly OwnershipClaim[];
  readonly ends: boolean;
  readonly references: readonly PolicyReference[];
  /** The references of each key that names any. */
  readonly named: readonly (readonly [Key, readonly NamedReference[]])[];
  /** Some of its keys can't be read: its file still holds every key last seen in it. */
  readonly hasUnknownKeys: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** With a pause after each target: one document may have thousands. */
export function* compileFunction(
  placed: PlacedDocument<FunctionPermission>,
  accounts: AccountsByName,
  context: BindingContext & { readonly quota: BindingQuota; readonly unread: Origin | null },
): Steps<FunctionOutcome> {
  const { document, namespace, problems } = placed;
  if (namespace === PLATFORM) return homeless(document, problems);
  const { targets, diagnostics } = targetsOf(document, accounts, context.unread);
  const tooMany = context.quota.take(document, namespace, targets.length);
  if (tooMany !== null) return homeless(document, joinedLists(problems, [tooMany]));
  const [first] = targets;
  const compiled =
    first !== undefined && targets.length === 1
      ? [compileTarget(placed, first, context)]
      : yield* mapSteps(targets, (target) => compileTarget(placed, target, context));
  const wrong = selected(compiled, hasErrors);
  const claims = bindingsOf(compiled);
  return {
    document,
    bindings: wrong.length === 0 ? claims : bindingsOf(compiled.filter((one) => !hasErrors(one))),
    invalid: mapped(wrong, ({ key, errors }) => [key, errors] as const),
    claims,
    ends: mayEnd(document.spec),
    references: referencesOf(targets, document.spec.managedPolicies ?? NONE, namespace),
    named: mapped(selected(compiled, hasNames), ({ key, named }) => [key, named] as const),
    hasUnknownKeys: diagnostics.unknown,
    diagnostics: joinedLists(problems, diagnostics.errors, ...mapped(wrong, ({ errors }) => errors)),
  };
}

function hasErrors({ errors }: CompiledTarget): boolean {
  return errors.length > 0;
}

function hasNames({ named }: CompiledTarget): boolean {
  return named.length > 0;
}

/** A template may have an end of its own. */
function mayEnd({ grants, statements, templates }: FunctionPermission["spec"]): boolean {
  return templates !== undefined || grants?.some(hasEnd) === true || statements?.some(hasEnd) === true;
}

function hasEnd({ until }: { readonly until?: string | undefined }): boolean {
  return until !== undefined;
}

interface CompiledTarget {
  readonly key: Key;
  /** null: the account can't be used. */
  readonly binding: DesiredBinding | null;
  readonly named: readonly NamedReference[];
  readonly errors: readonly Diagnostic[];
}

function compileTarget(
  placed: PlacedDocument<FunctionPermission>,
  target: BindingTarget,
  context: BindingContext,
): CompiledTarget {
  const { document, namespace } = placed;
  const { known, region } = target;
  const wrong = joinedLists(placed.problems, targetProblems(document, target));
  if (known.desired === null)
    return { key: keyOf(placed, document.name, target), binding: null, named: [], errors: wrong };
  const place = { namespace, known, account: known.desired, region, path: target.path };
  const { binding, references: named, diagnostics } = compileBinding(document, place, context);
  return { key: binding.key, binding, named, errors: joinedLists(wrong, diagnostics) };
}

function bindingsOf(compiled: readonly CompiledTarget[]): readonly DesiredBinding[] {
  const all = compiled.map(({ binding }) => binding);
  return all.every((binding) => binding !== null) ? all : all.filter((binding) => binding !== null);
}

function referencesOf(
  targets: readonly Pick<BindingTarget, "known">[],
  templates: readonly string[],
  namespace: Namespace,
): FunctionOutcome["references"] {
  if (templates.length === 0) return NONE;
  return templates.flatMap((reference) => {
    const policy = qualifiedPolicyName(reference, namespace);
    return targets.map(({ known }) => ({ account: known.name, policy }));
  });
}

/** A document in the platform's folder, or past the quota: its keys are unknown, and its applied state stays. */
function homeless(
  document: FunctionPermission | InvalidDocument,
  diagnostics: readonly Diagnostic[],
): FunctionOutcome {
  return {
    document,
    bindings: [],
    invalid: [],
    claims: [],
    ends: false,
    references: [],
    named: [],
    hasUnknownKeys: true,
    diagnostics,
  };
}

function targetProblems(
  document: FunctionPermission,
  { known, region, path }: BindingTarget,
): readonly Diagnostic[] {
  if (known.desired?.regions.includes(region) === true) return [];
  const origin = originOfValue(document, path);
  if (known.desired === null) return [unusableAccount(known, origin)];
  const near = didYouMean(region, known.desired.regions);
  const named = inAccount(known.name, (account) => `${region} is not a region of ${account}${near}`);
  const regionOrigin = originOfValue(document, regionPath(document, path, region));
  return [
    errorAt(regionOrigin, "unknown-region", { ...named, fix: `it has: ${known.desired.regions.join(", ")}` }),
  ];
}

/** `path` leads to the account of the target: the regions are next to it. */
function regionPath({ spec }: FunctionPermission, path: ValuePath, region: Region): ValuePath {
  const target = path.slice(0, 3);
  const regions = spec.targets[Number(path[2])]?.regions ?? [];
  return [...target, "regions", regions.findIndex((each) => each === region)];
}

function keyOf(
  placed: PlacedDocument<FunctionPermission | InvalidDocument>,
  name: string,
  target: Pick<BindingTarget, "known" | "region">,
): Key {
  return formatKey({
    kind: "function",
    accountId: target.known.id,
    region: target.region,
    namespace: placed.namespace,
    name: name as ObjectName,
  });
}

/** A document that its schema refuses: its keys and claims, as far as they can be read. */
export function invalidFunction(
  placed: PlacedDocument<InvalidDocument>,
  accounts: AccountsByName,
): FunctionOutcome {
  const { document, namespace, problems } = placed;
  const name = parseObjectName(document.name ?? "");
  if (name === undefined || document.targets === null || namespace === PLATFORM)
    return homeless(document, problems);
  const targets = document.targets.flatMap(({ account, region }) => {
    const known = accounts.get(account);
    const parsed = parseRegion(region);
    return known === undefined || parsed === undefined ? [] : [{ known, region: parsed }];
  });
  const invalid = targets.map((target) => [keyOf(placed, name, target), problems] as const);
  const { managedPolicies } = specOf(document.document);
  return {
    ...homeless(document, problems),
    invalid,
    claims: targets.map((target) => claimAsWritten(placed, name, target)),
    references: referencesOf(targets, textsOf(managedPolicies), namespace),
    hasUnknownKeys: targets.length < document.targets.length || targets.length === 0,
  };
}

function claimAsWritten(
  placed: PlacedDocument<InvalidDocument>,
  name: ObjectName,
  { known, region }: Pick<BindingTarget, "known" | "region">,
): OwnershipClaim {
  const spec = specOf(placed.document.document);
  const functionName = plainText(spec["function"]) ?? name;
  const role = plainText(specOf({ spec: spec["role"] ?? null })["name"]);
  return {
    key: keyOf(placed, name, { known, region }),
    namespace: placed.namespace,
    name,
    account: known.name,
    accountId: known.id,
    region,
    functionName,
    role: { name: role === undefined ? defaultRoleName(functionName, region) : shortenedRoleName(role) },
  };
}

/** True for text without a variable to substitute. */
function plainText(value: Json | undefined): string | undefined {
  return typeof value === "string" && !value.includes("${") ? value : undefined;
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).filter((member) => typeof member === "string")
    : [];
}

function specOf(document: Json): Readonly<Record<string, Json>> {
  const spec = (document as Readonly<Record<string, Json>>)["spec"];
  return spec !== null && typeof spec === "object" && !Array.isArray(spec)
    ? (spec as Readonly<Record<string, Json>>)
    : {};
}
