import type { ValuePath } from "../../text/located/value-path.ts";
import type { FunctionPlace } from "../../model/aws/arn.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { Json } from "../../model/values/json.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import {
  fromAuthor,
  fromExpansion,
  statementProblems,
  written,
  type StatementContent,
} from "./compiled-statement.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import type { GrantEntry } from "../grants/entry.ts";
import { isArn, type GrantPlace } from "../fields/resource.ts";
import { originOfKey, originOfValue, type Located } from "../../text/located/located.ts";
import type { GrantItem, StatementItem } from "../schema/permissions.ts";

/** The file and the places of its values, for origins. */
export interface LocatedFile {
  readonly file: string;
  readonly located: Located;
}

export interface CompiledPermissions {
  readonly statements: readonly CompiledStatement[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `spec.grants`, after substitution; its schema has checked that each entry has one service's key. */
export function compileGrants(
  grants: readonly GrantItem[],
  place: GrantPlace,
  source: LocatedFile,
  expand: ExpandGrant = expandGrant,
): CompiledPermissions {
  if (grants.length === 0) return NONE;
  const statements: CompiledStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  grants.forEach((item, index) => {
    for (const grant of Object.keys(item)) {
      const entry = ENTRIES.get(grant);
      if (entry === undefined || item[grant] === undefined) continue;
      const path = ["spec", "grants", index, grant];
      const wrong = place.region === null ? withoutRegion(entry, item[grant], path, source) : [];
      diagnostics.push(...wrong);
      if (wrong.length > 0) continue;
      const origin = originOfKey(source, path);
      for (const content of expand(entry, item, place))
        statements.push(written(content, origin, item.reason ?? null));
    }
  });
  return { statements, diagnostics };
}

const NONE: CompiledPermissions = { statements: [], diagnostics: [] };
const ENTRIES: ReadonlyMap<string, GrantEntry> = new Map(GRANT_ENTRIES.map((entry) => [entry.grant, entry]));

/** The statements of one entry of `grants` in a place. */
export type ExpandGrant = (
  entry: GrantEntry,
  item: GrantItem,
  place: GrantPlace,
) => readonly StatementContent[];

const expandGrant: ExpandGrant = (entry, item, place) =>
  entry
    .expand(item[entry.grant] as never, place)
    .map((expansion) => fromExpansion(entry.grant, expansion, item.until ?? null));

/**
 * The same, by place, with a cache: functions of one team share tables, queues and topics, and shared statements are
 * compiled, hashed and stored once. Lifetime: one compilation, since nothing is removed.
 */
export function rememberedExpansion(): (place: FunctionPlace) => ExpandGrant {
  const byPlace = new Map<string, ExpandGrant>();
  return ({ partition, accountId, region }) => {
    const at = `${partition} ${accountId} ${region}`;
    const known = byPlace.get(at) ?? remembering();
    byPlace.set(at, known);
    return known;
  };
}

function remembering(): ExpandGrant {
  const byEntry = new Map<GrantEntry, Map<string, readonly StatementContent[]>>();
  return (entry, item, place) => {
    if (item.until !== undefined) return expandGrant(entry, item, place);
    const known = byEntry.get(entry) ?? new Map<string, readonly StatementContent[]>();
    if (known.size === 0) byEntry.set(entry, known);
    const fields = JSON.stringify(item[entry.grant]);
    const made = known.get(fields) ?? expandGrant(entry, item, place);
    known.set(fields, made);
    return made;
  };
}

/** A ManagedPolicy belongs to an account, so its regional resources must contain their region. */
function withoutRegion(
  entry: GrantEntry,
  fields: unknown,
  path: ValuePath,
  source: LocatedFile,
): readonly Diagnostic[] {
  if (entry.needsRegion) {
    const message = `${entry.grant} needs a region, and a ManagedPolicy has none`;
    return [
      errorAt(originOfKey(source, path), "no-region", { message, fix: "grant it in the FunctionPermission" }),
    ];
  }
  const written = fields as Readonly<Record<string, unknown>>;
  return entry.regionalFields.flatMap((field) => {
    const value = written[field];
    if (typeof value !== "string" || isArn(value)) return [];
    const origin = originOfValue(source, [...path, field]);
    return [
      errorAt(origin, "no-region", {
        message: `${field} must be a full ARN: a ManagedPolicy has no region`,
        fix: "write arn:aws:…",
      }),
    ];
  });
}

/** `spec.statements`, after substitution. */
export function compileStatements(items: readonly StatementItem[], source: LocatedFile): CompiledPermissions {
  if (items.length === 0) return NONE;
  const parts = items.map((item, index) =>
    compileStatement(item.statement, item, ["spec", "statements", index, "statement"], source),
  );
  return joined(parts);
}

/** A ManagedPolicy's `document`, after substitution. */
export function compileDocument(
  statements: readonly RawStatement[],
  source: LocatedFile,
): CompiledPermissions {
  const said = { until: undefined, reason: undefined };
  return joined(
    statements.map((statement, index) =>
      compileStatement(statement, said, ["spec", "document", "Statement", index], source),
    ),
  );
}

type RawStatement = Readonly<Record<string, Json>>;

interface Said {
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

function compileStatement(
  statement: RawStatement,
  said: Said,
  path: ValuePath,
  source: LocatedFile,
): CompiledPermissions {
  const originAt = (below: ValuePath) => originOfValue(source, [...path, ...below]);
  const diagnostics = statementProblems(statement, "identity", said.until !== undefined, originAt);
  if (diagnostics.length > 0) return { statements: [], diagnostics };
  const facts = {
    origin: originOfKey(source, path),
    until: said.until ?? null,
    reason: said.reason ?? null,
  };
  return { statements: [fromAuthor(statement as unknown as Statement, facts)], diagnostics: [] };
}

export function joined(parts: readonly CompiledPermissions[]): CompiledPermissions {
  return {
    statements: parts.flatMap((part) => part.statements),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  };
}
