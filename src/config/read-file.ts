import { readFileSync } from "node:fs";
import type { Diagnostic } from "../model/diagnostic.ts";
import { errorCode } from "../model/values/error-code.ts";
import type { JsonObject } from "../model/values/json.ts";
import { formatOrigin, type Origin } from "../model/values/origin.ts";
import { err, ok, type Result } from "../model/values/result.ts";
import { decodeFile } from "../text/file-text.ts";
import { isObject } from "../text/json-values.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../text/located/located.ts";
import type { ValuePath } from "../text/located/value-path.ts";
import { chunksOf, tokensOf } from "../text/yaml/chunks.ts";
import { readYamlDocument } from "../text/yaml/document.ts";
import type { ConfigProblem } from "./problem.ts";

/** Deeper than the schema. */
const MAX_DEPTH = 16;

/** `file:line:column path` of the field at a path, or of the innermost field around it that exists. */
export type PlaceOf = (path: readonly PropertyKey[]) => string;

/** The fields of the file before any check, with their places. */
export interface LocatedConfig {
  readonly value: JsonObject;
  readonly placeOf: PlaceOf;
  /** The place of a field's name: it exists also where the field has no value. */
  readonly placeOfName: PlaceOf;
}

/** Reads the configuration file as the manifests are read: one YAML document, without anchors, aliases and tags. */
export function readConfigFile(file: string): Result<LocatedConfig, readonly ConfigProblem[]> {
  const bytes = readBytes(file);
  if (bytes.kind === "err") return err([bytes.error]);
  const text = decodeFile(file, bytes.value);
  return text.kind === "err" ? err([problemOf(text.error)]) : parseText(text.value, file);
}

function readBytes(file: string): Result<Uint8Array, ConfigProblem> {
  try {
    return ok(readFileSync(file));
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    const message = `the configuration cannot be read (${code})`;
    return err({ where: file, message, fix: "name another file with --config" });
  }
}

function parseText(text: string, file: string): Result<LocatedConfig, readonly ConfigProblem[]> {
  const [chunk, second] = chunksOf(text);
  if (second !== undefined)
    return err([{ where: `${file}:${second.firstLine}:1`, message: "expected one document" }]);
  const document = chunk && readYamlDocument(file, { ...chunk, tokens: tokensOf(chunk.text) }, MAX_DEPTH);
  if (document !== undefined && document.diagnostics.length > 0)
    return err(document.diagnostics.map(problemOf));
  if (document === undefined || !isObject(document.value))
    return err([{ where: `${file}:1:1`, message: "expected a mapping with instance, stateDir and sources" }]);
  const { value, located } = document;
  const source: LocatedFile = { file, located };
  return ok({
    value,
    placeOf: (path) => whereOf(originOfValue(source, path as ValuePath)),
    placeOfName: (path) => whereOf(originOfKey(source, path as ValuePath)),
  });
}

function problemOf({ origin, message, fix }: Diagnostic): ConfigProblem {
  return { where: whereOf(origin), message, ...(fix !== null && { fix }) };
}

function whereOf(origin: Origin): string {
  return `${formatOrigin(origin)} ${origin.path}`.trimEnd();
}
