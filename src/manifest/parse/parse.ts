import type { z } from "zod";
import type { Json } from "../../model/values/json.ts";
import { correctionOf, errorAt, warningAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { complete, type Steps } from "../../model/values/steps.ts";
import { firstDiagnostics } from "../capped.ts";
import { chunksOf, tokensOf } from "../../text/yaml/chunks.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../text/located/located.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { deceptiveHint } from "../../text/look-alikes.ts";
import { bytesProblem, documentsProblem, partsProblem } from "./file-limits.ts";
import type {
  InvalidDocument,
  Manifest,
  ManifestLimits,
  ManifestDocument,
  ParsedFile,
  SourceDocument,
} from "./parsed.ts";
import { KINDS, type Kind, type teamMetadata } from "../schema/document.ts";
import { shown } from "../fields/field.ts";
import { diagnosticsOf } from "../schema/problems/issues.ts";
import { functionExample } from "../schema/problems/pasted.ts";
import { SCHEMAS } from "../schema/json-schema.ts";
import { meantHint } from "../schema/problems/unknown-field.ts";
import { decodeFile } from "../../text/file-text.ts";
import { readYamlDocument, type YamlDocument } from "../../text/yaml/document.ts";

/** One parser error for each character does not help, and errors are kept as long as the file. */
const MAX_OF_A_DOCUMENT = 100;

/** Parses the bytes of one file into its documents; never throws, for any bytes. */
export function parseFile(file: ManifestBytes, limits: ManifestLimits): ParsedFile {
  return complete(parseFileSteps(file, limits));
}

interface ManifestBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The same with a pause after each document: a file may have a thousand. */
export function* parseFileSteps(file: ManifestBytes, limits: ManifestLimits): Steps<ParsedFile> {
  const { path, bytes } = file;
  if (!isManifestPath(path)) return skipped(path);
  const size = bytesProblem(bytes.length, limits);
  if (size !== null) return unreadable(path, size.code, size.mistake);
  const text = decodeFile(path, bytes);
  if (text.kind === "err")
    return { path, readable: false, diagnostics: [text.error], documents: [], parts: 0 };
  const chunks = chunksOf(text.value);
  const tooMany = documentsProblem(chunks.length, limits);
  if (tooMany !== null) return unreadable(path, tooMany.code, tooMany.mistake);
  const documents: ManifestDocument[] = [];
  let all = 0;
  for (const chunk of chunks) {
    const tokens = tokensOf(chunk.text);
    all += tokens.length;
    const parts = partsProblem(all, limits);
    if (parts !== null) return unreadable(path, parts.code, parts.mistake);
    documents.push(checked(path, readYamlDocument(path, { ...chunk, tokens }, limits.depth)));
    yield;
  }
  return { path, readable: true, diagnostics: [], documents, parts: all };
}

/** A file that cannot be read at all. */
export function unreadable(path: string, code: string, mistake: Mistake): ParsedFile {
  const origin = { file: path, line: 1, column: 1, path: "" };
  return {
    path,
    readable: false,
    diagnostics: [errorAt(origin, code, mistake)],
    documents: [],
    parts: 0,
  };
}

export function isManifestPath(path: string): boolean {
  return /\.ya?ml$/.test(path) && !folders(path).some((folder) => /\.ya?ml$/.test(folder));
}

function folders(path: string): readonly string[] {
  return path.split("/").slice(0, -1);
}

/** The names of files that many repositories have next to manifests. */
const USUAL = /(^|\/)(\.[^/]*|[A-Z_]+|[^/]*\.(md|txt|adoc))$/;

/**
 * The result for a file that is not a manifest. Usual companion files are ignored. A file that may have been meant as a
 * manifest gets a warning.
 */
function skipped(path: string): ParsedFile {
  const origin = { file: path, line: 1, column: 1, path: "" };
  const folder = folders(path).find((part) => /\.ya?ml$/.test(part));
  const warning =
    folder === undefined
      ? warningAt(origin, "not-a-manifest", {
          message: "the file is not read",
          fix: "manifests end in .yaml or .yml",
        })
      : warningAt(origin, "not-a-manifest", {
          message: `${folder} is a directory, not a manifest`,
          fix: "rename the directory",
        });
  const silent = folder === undefined && USUAL.test(path);
  return { path, readable: true, diagnostics: silent ? [] : [warning], documents: [], parts: 0 };
}

type Metadata = z.infer<typeof teamMetadata>;

function checked(file: string, yaml: YamlDocument): ManifestDocument {
  const { value, located, sourceText } = yaml;
  const source = { file, located, sourceText };
  if (value === undefined) return invalid(source, null, { of: null, diagnostics: yaml.diagnostics });
  return checkedDocument(source, value);
}

/** A document as its schema accepts it, or its problems. */
export function checkedDocument(source: SourceDocument, value: Json): ManifestDocument {
  const kind = kindOf(source, value);
  if (typeof kind !== "string") return invalid(source, value, { of: null, diagnostics: [kind] });
  const schema = SCHEMAS[kind];
  const result = schema.safeParse(value);
  if (!result.success) {
    const diagnostics = diagnosticsOf(result.error.issues, { ...source, value, schema });
    return invalid(source, value, { of: kind, diagnostics });
  }
  const { metadata, spec } = result.data as { metadata: Metadata; spec: unknown };
  const { file, sourceText, located, pathTexts } = source;
  const document = documentOf(value);
  // Each field is listed: after a spread V8 would use a second object shape, which slows down compiling.
  return {
    file,
    sourceText,
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? null,
    labels: metadata.labels,
    annotations: metadata.annotations,
    spec,
    // Checks the values, since in the text an escape such as "\x24" can hide the sign.
    hasTemplates: JSON.stringify(document).includes("${"),
    located,
    document,
    ...(pathTexts !== undefined && { pathTexts }),
  } as Manifest;
}

function kindOf(source: LocatedFile, value: Json): Kind | Diagnostic {
  const kindText = memberOf(value, "kind");
  if (kindText === undefined && memberOf(value, "Statement") !== undefined) {
    const message = "this is a policy document of IAM, not a manifest";
    const fix = functionExample("NAME", "REGION");
    return errorAt(originOfValue(source, []), "iam-policy", { message, fix });
  }
  if (typeof kindText !== "string") {
    const message = kindText === undefined ? "kind is required" : "kind must be text";
    return errorAt(originOfValue(source, ["kind"]), "kind", {
      message,
      fix: `write kind: ${KINDS.join(" or ")}`,
    });
  }
  const kind = KINDS.find((known) => known === kindText);
  if (kind !== undefined) return kind;
  const origin = originOfKey(source, ["kind"]);
  const near = nearestName(kindText, KINDS);
  const meant = meantHint(near, `valid values: ${KINDS.join(", ")}`);
  const message = `unknown kind ${shown(kindText)}`;
  // The place is that of the field's name.
  const correction = correctionOf(`kind: ${kindText}`, near === undefined ? undefined : `kind: ${near}`);
  return errorAt(origin, "unknown-kind", { message, fix: deceptiveHint(kindText) ?? meant, ...correction });
}

function invalid(
  source: SourceDocument,
  value: Json,
  { of, diagnostics }: Pick<InvalidDocument, "of" | "diagnostics">,
): InvalidDocument {
  const metadata = memberOf(value, "metadata");
  const spec = memberOf(value, "spec");
  return {
    ...source,
    kind: "invalid",
    of,
    name: textOf(metadata, "name"),
    namespace: textOf(metadata, "namespace"),
    diagnostics: firstDiagnostics(diagnostics, MAX_OF_A_DOCUMENT, "in this document"),
    targets: targetsOf(memberOf(spec, "targets")),
    accountId: textOf(spec, "id"),
    boundaries: boundariesOf(spec),
    document: documentOf(value),
  };
}

/** Every pair, or null if one of them can't be read: with a partial list, keys would be lost. */
function targetsOf(targets: Json | undefined): InvalidDocument["targets"] {
  if (!Array.isArray(targets)) return null;
  const pairs: { account: string; region: string }[] = [];
  for (const target of targets as readonly Json[]) {
    const accounts = textsOf(memberOf(target, "accounts"));
    const regions = textsOf(memberOf(target, "regions"));
    if (accounts === null || regions === null) return null;
    for (const account of accounts) for (const region of regions) pairs.push({ account, region });
  }
  return pairs;
}

function boundariesOf(spec: Json | undefined): readonly string[] {
  const listed = memberOf(spec, "boundaries");
  const members = Array.isArray(listed) ? (listed as readonly Json[]) : [];
  const names = [
    textOf(spec, "boundary"),
    ...members.map((one) => (typeof one === "string" ? one : textOf(one, "name"))),
  ];
  return [...new Set(names.filter((name) => name !== null))];
}

function textsOf(value: Json | undefined): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((member) => typeof member === "string") ? value : null;
}

function textOf(value: Json | undefined, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value))
    return undefined;
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, Json>>)[name] : undefined;
}

function documentOf(value: Json): Json {
  return { metadata: memberOf(value, "metadata") ?? null, spec: memberOf(value, "spec") ?? null };
}
