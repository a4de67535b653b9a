import type { Hover } from "vscode-languageserver";
import type { CompiledStatement } from "../../../model/desired.ts";
import { verbOfCompanion } from "../../../model/rules/team.ts";
import type { Position } from "../../../text/located/positions.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import type { Analysis } from "../analysis.ts";
import { compiledLine } from "./compiled-line.ts";
import { cursorAt, type ManifestCursor } from "./cursor.ts";
import { fieldHover } from "./field-hover.ts";
import { namedObject } from "./named-object.ts";
import { objectHover } from "./object-hover.ts";
import { permissionHover } from "./permission-hover.ts";
import { wordRange } from "./ranges.ts";

/** What an editor shows about a position of a file; null: nothing. */
export function hoverAt(analysis: Analysis, file: string, at: Position): Hover | null {
  const cursor = cursorAt(analysis, file, at);
  if (cursor === null) return null;
  const object = namedObject(cursor, analysis);
  const asked = askedPermission(cursor);
  const parts = [
    ...(object === null ? [] : objectHover(object, analysis)),
    ...(asked === null ? [] : permissionHover(compiledLine(cursor, asked.path, { analysis, ...asked }))),
  ];
  // A name is explained by what it names, and a grant also by its verbs.
  const texts = [...parts, ...(object === null ? fieldHover(cursor) : [])];
  if (texts.length === 0) return null;
  return {
    contents: { kind: "markdown", value: texts.join("\n\n") },
    range: wordRange(cursor.start, analysis.linesOf(file)),
  };
}

interface AskedPermission {
  readonly path: ValuePath;
  readonly isAsked: (one: CompiledStatement) => boolean;
}

const LISTS: ReadonlySet<string | number> = new Set(["grants", "statements", "templates", "invokedBy"]);

/** The fields of an entry that are not the permission itself. */
const OTHER_FIELDS: ReadonlySet<string | number> = new Set(["until", "reason", "qualifier"]);

/**
 * The entry of a list of permissions whose name or template is at the cursor; of a verb in `allow` only what this verb
 * compiles to. null: the cursor is at another field, which is only explained.
 */
function askedPermission({ kind, path, part, value }: ManifestCursor): AskedPermission | null {
  if (kind !== "FunctionPermission" && kind !== "ManagedPolicy") return null;
  const [spec, list, index, name, field, at] = path;
  if (spec !== "spec" || list === undefined || !LISTS.has(list) || index === undefined) return null;
  const entry = path.slice(0, 3);
  const isAll = (): boolean => true;
  const isName = path.length === 3 || (path.length === 4 && part === "name" && !OTHER_FIELDS.has(name ?? ""));
  if (isName || (list === "templates" && (name === "template" || name === "version")))
    return { path: entry, isAsked: isAll };
  if (list !== "grants" || field !== "allow") return null;
  if (at === undefined || typeof value !== "string") return { path: entry, isAsked: isAll };
  return { path: entry, isAsked: ({ source }) => source.kind === "grant" && isOfVerb(source, value) };
}

/** A verb with its companions (`readKey`), or one exact action of it. */
function isOfVerb(source: Extract<CompiledStatement["source"], { kind: "grant" }>, asked: string): boolean {
  const { verb, only } = source;
  if (only !== undefined && only.some(({ name }) => name === asked)) return true;
  return verb === asked || verbOfCompanion(verb) === asked;
}
