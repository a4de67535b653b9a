import { ENTRIES } from "../recognize/candidate-compiler.ts";
import type { DeclaredAction } from "../evidence/function-use.ts";
import type { FunctionPermission } from "../../manifest/parse/parsed.ts";
import type { GrantItem } from "../../manifest/schema/permissions.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { CompiledStatement, DesiredBinding } from "../../model/desired.ts";
import { toList } from "../../text/json-values.ts";
import { formatPath, type ValuePath } from "../../text/located/value-path.ts";
import { sortedSet } from "../../text/order.ts";

/** The smallest part of a manifest that can be removed by itself: a verb or an action of a grant, or an action of a statement. */
export interface DeclaredPermission {
  /** `dynamodb write`, `sqs:PurgeQueue` */
  readonly label: string;
  /** The entry of `grants` or `statements` that it is in. */
  readonly entry: ValuePath;
  /** Of its member in a list of the entry; null: the entry has nothing else. */
  readonly member: ValuePath | null;
  /** What it compiles to for one function; empty: the same is declared elsewhere. */
  readonly actionsOf: (binding: DesiredBinding) => readonly DeclaredAction[];
}

/**
 * The permissions of `grants` and `statements` that evidence can be about. Denials, NotAction and the permission for dead
 * letters are left out: the first two allow nothing by themselves, and the last is used only after a failure.
 */
export function declaredPermissions({ spec }: FunctionPermission): readonly DeclaredPermission[] {
  return [
    ...(spec.grants ?? []).flatMap(ofGrant),
    ...(spec.statements ?? []).flatMap(({ statement }, at) => ofStatement(statement, at)),
  ];
}

function ofGrant(item: GrantItem, at: number): readonly DeclaredPermission[] {
  const grant = Object.keys(item).find((name) => ENTRIES.has(name) && item[name] !== undefined);
  if (grant === undefined || grant === "dlq") return [];
  const entry = ["spec", "grants", at];
  const { allow } = item[grant] as { readonly allow?: readonly string[] };
  const origin = formatPath([...entry, grant]);
  if (allow === undefined)
    return [
      { label: grant, entry, member: null, actionsOf: (binding) => actionsIn(statementsAt(binding, origin)) },
    ];
  return allow.map((name, index) => {
    const action = ENTRIES.get(grant)?.actions?.get(name)?.action;
    return {
      label: `${grant} ${name}`,
      entry,
      member: [...entry, grant, "allow", index],
      actionsOf: (binding) => {
        const found = statementsAt(binding, origin);
        if (action === undefined) return actionsIn(found.filter(isOfVerb(name)));
        return actionsIn(found.filter(hasExactly(name))).filter((one) => one.action === action);
      },
    };
  });
}

/** The permission for the key of an encrypted resource belongs to the verb. */
function isOfVerb(verb: string): (statement: CompiledStatement) => boolean {
  return ({ source }) => source.kind === "grant" && (source.verb === verb || source.verb === `${verb}Key`);
}

/** The key is needed by other actions too: it is no reason to keep or to remove one. */
function hasExactly(action: string): (statement: CompiledStatement) => boolean {
  return ({ source }) => source.kind === "grant" && source.only?.some(({ name }) => name === action) === true;
}

function ofStatement(
  statement: Readonly<Record<string, unknown>>,
  at: number,
): readonly DeclaredPermission[] {
  const { Effect, Action } = statement;
  const entry = ["spec", "statements", at];
  const actions =
    typeof Action === "string" || Array.isArray(Action) ? toList(Action as string | string[]) : [];
  const isPlain = actions.every((action) => typeof action === "string" && !action.includes("$"));
  if (Effect !== "Allow" || !isPlain) return [];
  const origin = formatPath([...entry, "statement"]);
  return actions.map((action, index) => ({
    label: action,
    entry,
    member: Array.isArray(Action) ? [...entry, "statement", "Action", index] : null,
    actionsOf: (binding) =>
      statementsAt(binding, origin).map((compiled) => ({ action, regions: regionsOf(compiled) })),
  }));
}

function statementsAt({ role, origin }: DesiredBinding, path: string): readonly CompiledStatement[] {
  return role.inline.statements.filter((one) => one.origin.file === origin.file && one.origin.path === path);
}

function actionsIn(statements: readonly CompiledStatement[]): readonly DeclaredAction[] {
  return statements.flatMap((compiled) => {
    const regions = regionsOf(compiled);
    return toList(compiled.statement.Action ?? []).map((action) => ({ action, regions }));
  });
}

/** null: a resource names no region, as in S3, or a pattern. */
function regionsOf({ statement: { Resource } }: CompiledStatement): readonly string[] | null {
  const regions = toList(Resource ?? "*").map((resource) => arnParts(resource).region);
  return regions.every((region) => /^[a-z0-9-]+$/.test(region)) ? sortedSet(regions) : null;
}
