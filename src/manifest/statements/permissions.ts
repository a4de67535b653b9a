import { getOrAdd } from "../../model/values/lists.ts";
import type { Arn } from "../../model/aws/arn.ts";
import { valueAt, type ValuePath } from "../../text/located/value-path.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import {
  fromAuthor,
  fromExpansion,
  statementProblems,
  verbSource,
  statementFrom,
  type StatementContent,
  type VerbSource,
} from "./compiled-statement.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import { type Expansion, type GrantEntry, bothConditions } from "../grants/entry.ts";
import { isArn, type GrantPlace } from "../fields/resource.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../text/located/located.ts";
import type { GrantItem, StatementItem } from "../schema/permissions.ts";

export interface CompiledPermissions {
  readonly statements: readonly CompiledStatement[];
  readonly diagnostics: readonly Diagnostic[];
}

interface GrantContext {
  readonly place: GrantPlace;
  readonly expander: GrantExpander;
  /** The function whose code alone may use the grants; null: everything with its role. */
  readonly pinnedTo: Arn | null;
}

/** `spec.grants`, after substitution; its schema has checked that each entry has one service's key. */
export function compileGrants(
  grants: readonly GrantItem[],
  { place, expander, pinnedTo }: GrantContext,
  source: LocatedFile,
): CompiledPermissions {
  const statements: CompiledStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  grants.forEach((item, index) => {
    // Plain data of the parser has no inherited names, and the loop creates no list of the names.
    for (const grant in item) {
      const entry = ENTRIES.get(grant);
      if (entry === undefined || item[grant] === undefined) continue;
      const path = ["spec", "grants", index, grant];
      const wrong = place.region === null ? withoutRegion(entry, item[grant], { path, source }) : NONE_WRONG;
      if (wrong.length > 0) {
        diagnostics.push(...wrong);
        continue;
      }
      const origin = originOfKey(source, path);
      const contents =
        pinnedTo === null
          ? expander.expand(entry, item)
          : pinnedContents(entry, item, { place, expander, pinnedTo });
      for (const content of contents) statements.push(statementFrom(content, origin, item.reason ?? null));
    }
  });
  return { statements, diagnostics };
}

const NONE_WRONG: readonly Diagnostic[] = [];

/** Not shared with other functions: each names its own. */
function pinnedContents(
  entry: GrantEntry,
  item: GrantItem,
  { place, expander, pinnedTo }: GrantContext & { readonly pinnedTo: Arn },
): readonly StatementContent[] {
  const expansions = entry.expand(item[entry.grant] as never, place);
  return expander.contents(
    entry.grant,
    expansions.map((expansion) => pinned(entry, expansion, pinnedTo)),
    item.until ?? null,
  );
}

const ENTRIES: ReadonlyMap<string, GrantEntry> = new Map(GRANT_ENTRIES.map((entry) => [entry.grant, entry]));

/**
 * Expands the grants of one place, equal ones once: functions of one team share tables, queues and topics, and shared
 * statements are compiled, hashed and stored once. Without it the compiled state of 1,000 bindings takes a sixth more
 * memory, of 10,000 a tenth more time to compile. Nothing is removed, so it lives for one compilation.
 */
export class GrantExpander {
  readonly #place: GrantPlace;
  readonly #known = new Map<GrantEntry, Map<string, readonly StatementContent[]>>();
  /** By grant and verb. */
  readonly #sources = new Map<string, Map<string, VerbSource>>();

  constructor(place: GrantPlace) {
    this.#place = place;
  }

  expand(entry: GrantEntry, item: GrantItem): readonly StatementContent[] {
    const fields = item[entry.grant];
    const text = JSON.stringify(fields);
    const key = item.until === undefined ? text : `${text}${item.until}`;
    const known = this.#known.get(entry)?.get(key);
    if (known !== undefined) return known;
    const contents = this.contents(
      entry.grant,
      entry.expand(fields as never, this.#place),
      item.until ?? null,
    );
    getOrAdd(this.#known, entry, () => new Map<string, readonly StatementContent[]>()).set(key, contents);
    return contents;
  }

  /** The statements of one grant that is already expanded, such as the implicit one for logs. */
  contents(
    grant: string,
    expansions: readonly Expansion[],
    until: string | null,
  ): readonly StatementContent[] {
    return expansions.map((expansion) => fromExpansion(this.#sourceOf(grant, expansion), expansion, until));
  }

  /** Created once for each verb: otherwise the compiled state of 1,000 bindings takes a sixth more memory. */
  #sourceOf(grant: string, expansion: Expansion): VerbSource {
    if (expansion.only !== undefined) return verbSource(grant, expansion);
    const known = this.#sources.get(grant)?.get(expansion.verb);
    if (known !== undefined) return known;
    const created = verbSource(grant, expansion);
    getOrAdd(this.#sources, grant, () => new Map<string, VerbSource>()).set(expansion.verb, created);
    return created;
  }
}

export interface PathInFile {
  readonly path: ValuePath;
  readonly source: LocatedFile;
}

/** A ManagedPolicy belongs to an account, so its regional resources must contain their region. */
function withoutRegion(
  entry: GrantEntry,
  fields: unknown,
  { path, source }: PathInFile,
): readonly Diagnostic[] {
  if (entry.needsRegion === true) {
    const message = `${entry.grant} needs a region, and a ManagedPolicy has none`;
    const fix = "grant it in the FunctionPermission";
    return [errorAt(originOfKey(source, path), "no-region", { message, fix })];
  }
  return entry.regionalFields.flatMap((field) => {
    const value = valueAt(fields, [field]);
    if (typeof value !== "string" || isArn(value)) return [];
    const message = `${field} must be a full ARN: a ManagedPolicy has no region`;
    const fix = "write arn:aws:…";
    return [errorAt(originOfValue(source, [...path, field]), "no-region", { message, fix })];
  });
}

/** `spec.statements`, after substitution. */
export function compileStatements(items: readonly StatementItem[], source: LocatedFile): CompiledPermissions {
  return joined(
    items.map((item, index) =>
      compileStatement(item, { path: ["spec", "statements", index, "statement"], source }),
    ),
  );
}

/** A ManagedPolicy's `document`, after substitution. */
export function compileDocument(statements: readonly JsonObject[], source: LocatedFile): CompiledPermissions {
  return joined(
    statements.map((statement, index) =>
      compileStatement({ statement }, { path: ["spec", "document", "Statement", index], source }),
    ),
  );
}

/** One statement of an author, after substitution. */
function compileStatement(
  { statement, until, reason }: Pick<StatementItem, "statement"> & Partial<StatementItem>,
  { path, source }: PathInFile,
): CompiledPermissions {
  const originAt = (below: ValuePath) => originOfValue(source, [...path, ...below]);
  const diagnostics = statementProblems(statement, until !== undefined, originAt);
  if (diagnostics.length > 0) return { statements: [], diagnostics };
  const facts = { origin: originOfKey(source, path), until: until ?? null, reason: reason ?? null };
  return { statements: [fromAuthor(statement as unknown as Statement, facts)], diagnostics: [] };
}

export function joined(parts: readonly CompiledPermissions[]): CompiledPermissions {
  return {
    statements: parts.flatMap((part) => part.statements),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  };
}

/**
 * The permission for the code of this function only: credentials that are used elsewhere, such as copied ones or those of
 * another function with the same role, carry another source function or none. A statement stays as it is where a service
 * acts in the function's name, because its requests carry none either: event source mappings, dead-letter queues, mounts,
 * environment variables, and keys used through another service.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
function pinned(entry: GrantEntry, expansion: Expansion, functionArn: Arn): Expansion {
  const { verb, effect, condition } = expansion;
  if (effect === "Deny" || entry.serviceVerbs?.includes(verb) === true || isThroughService(expansion))
    return expansion;
  const source = { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };
  return { ...expansion, condition: bothConditions(condition, source) };
}

function isThroughService({ condition }: Expansion): boolean {
  return Object.values(condition ?? {}).some((keys) => Object.hasOwn(keys, "kms:ViaService"));
}
