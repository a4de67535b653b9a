import type { Json, JsonObject } from "../../model/values/json.ts";
import type { FunctionPermission, ManifestDocument, ParsedFile } from "./parsed.ts";
import { API_VERSION } from "../schema/document.ts";
import { functionPermission } from "../schema/function-permission.ts";

/** The spec as in the file, before substitution. */
export function writtenSpec({ document }: FunctionPermission): JsonObject {
  const { spec } = document as { readonly spec: JsonObject };
  return spec;
}

/**
 * The manifest with other members in its spec, checked by its schema as if they were in the file; null if it refuses
 * them. New values have the place of the value around them.
 */
export function withSpec(manifest: FunctionPermission, members: JsonObject): FunctionPermission | null {
  const { metadata } = manifest.document as { readonly metadata: Json };
  const document = { metadata, spec: { ...writtenSpec(manifest), ...members } };
  const checked = functionPermission.safeParse({
    apiVersion: API_VERSION,
    kind: "FunctionPermission",
    ...document,
  });
  if (!checked.success) return null;
  const hasTemplates = JSON.stringify(document).includes("${");
  return { ...manifest, spec: checked.data.spec, document, hasTemplates };
}

/** The files with this manifest as the only one of a function: the input to compile it by itself. */
export function filesWithOnly(
  files: readonly ParsedFile[],
  before: FunctionPermission,
  after: FunctionPermission,
): readonly ParsedFile[] {
  return files.map((file) => ({
    ...file,
    documents: file.documents.flatMap((document): readonly ManifestDocument[] => {
      if (document === before) return [after];
      const isFunction = document.kind === "FunctionPermission" || document.kind === "invalid";
      return isFunction ? [] : [document];
    }),
  }));
}
