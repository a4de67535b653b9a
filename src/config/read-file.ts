import { readFileSync } from "node:fs";
import { parseDocument, visit } from "yaml";
import { errorCode } from "../model/values/error-code.ts";
import { characterName, refusedInText, refusedInValue } from "../text/characters.ts";
import { decodeFile } from "../text/file-text.ts";
import { positionsIn } from "../text/positions.ts";
import { err, ok, type Result } from "../model/values/result.ts";
import { keyPlace, offsetPlace, valuePlace, type LocatedYaml } from "./places.ts";
import type { ConfigProblem } from "./problem.ts";

/** `file:line:column path` of the field at a path, or of the innermost field around it that exists. */
export type PlaceOf = (path: readonly PropertyKey[]) => string;

/** The fields of the file before any check, with their places. */
export interface LocatedConfig {
  readonly value: Record<string, unknown>;
  readonly placeOf: PlaceOf;
  /** The place of a field's name: it exists also where the field has no value. */
  readonly placeOfName: PlaceOf;
}

/** Reads the configuration file and parses it as YAML with positions. */
export function readConfigFile(file: string): Result<LocatedConfig, readonly ConfigProblem[]> {
  const text = readText(file);
  return text.kind === "err" ? err([text.error]) : parseText(text.value, file);
}

function readText(file: string): Result<string, ConfigProblem> {
  try {
    return textOf(file, readFileSync(file));
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    return err({
      where: file,
      message: `the configuration cannot be read (${code}); name another with --config`,
    });
  }
}

function textOf(file: string, bytes: Uint8Array): Result<string, ConfigProblem> {
  const decoded = decodeFile(bytes);
  if (decoded.kind === "not-utf-8") {
    const { line, offset } = decoded;
    return err({ where: `${file}:${line}:1`, message: `the file is not UTF-8 at byte ${offset}` });
  }
  const wrong = refusedInText(decoded.text);
  if (wrong < 0) return ok(decoded.text);
  const where = offsetPlace({ file, positionAt: positionsIn(decoded.text) }, wrong);
  return err({ where, message: `the character ${characterName(decoded.text, wrong)} is not allowed` });
}

function parseText(text: string, file: string): Result<LocatedConfig, readonly ConfigProblem[]> {
  const document = parseDocument(text, { prettyErrors: false, schema: "core", uniqueKeys: true });
  const yaml: LocatedYaml = { file, document, positionAt: positionsIn(text) };
  const problems = [...document.errors, ...document.warnings].map((problem) => ({
    where: offsetPlace(yaml, problem.pos[0]),
    message: problem.message,
  }));
  problems.push(...aliasProblems(yaml));
  if (problems.length > 0) return err(problems);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return err([{ where: `${file}:1:1`, message: "expected a mapping with instance, stateDir and sources" }]);
  }
  const hidden = hiddenCharacters(value, []).map(({ path, name }) => ({
    where: valuePlace(yaml, path),
    message: `the character ${name} is not allowed in a value`,
  }));
  if (hidden.length > 0) return err(hidden);
  return ok({
    value: value as Record<string, unknown>,
    placeOf: (path) => valuePlace(yaml, path),
    placeOfName: (path) => keyPlace(yaml, path) ?? valuePlace(yaml, path),
  });
}

function aliasProblems(yaml: LocatedYaml): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(yaml.document, {
    Alias: (_, { range }) => {
      const where = offsetPlace(yaml, range?.[0] ?? 0);
      problems.push({ where, message: "aliases (*name) are not allowed; write the value here" });
    },
  });
  return problems;
}

/** Control characters that come from an escape or a block scalar: no field of the file may contain one. */
function hiddenCharacters(
  value: unknown,
  path: readonly PropertyKey[],
): readonly { readonly path: readonly PropertyKey[]; readonly name: string }[] {
  if (typeof value === "string") {
    const wrong = refusedInValue(value);
    return wrong < 0 ? [] : [{ path, name: characterName(value, wrong) }];
  }
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, member]) =>
    hiddenCharacters(member, [...path, isList ? Number(name) : name]),
  );
}
