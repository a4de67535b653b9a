import type { Mistake } from "../../model/diagnostic.ts";
import type { ManifestLimits } from "./parsed.ts";

/** Why a file is too large to be read. */
export interface ExceededLimit {
  readonly code: "too-large" | "too-many-documents";
  readonly mistake: Mistake;
}

const SPLIT = "split it into several files";

export function bytesProblem(bytes: number, { fileBytes }: ManifestLimits): ExceededLimit | null {
  if (bytes <= fileBytes) return null;
  const message = `the file has ${bytes} bytes, the limit is ${fileBytes}`;
  return { code: "too-large", mistake: { message, fix: SPLIT } };
}

export function documentsProblem(
  documents: number,
  { documentsPerFile }: ManifestLimits,
): ExceededLimit | null {
  if (documents <= documentsPerFile) return null;
  const message = `the file has ${documents} documents, the limit is ${documentsPerFile}`;
  return { code: "too-many-documents", mistake: { message, fix: SPLIT } };
}

/** @param count of the documents that were read so far */
export function partsProblem(count: number, { parts }: ManifestLimits): ExceededLimit | null {
  if (count <= parts) return null;
  return {
    code: "too-large",
    mistake: { message: `the file has more than ${parts} YAML parts`, fix: SPLIT },
  };
}
