import type { SiteEvidence, SitePart, SiteUnity } from "../../api/browser/site.ts";
import type { SiteExport } from "./write-site.ts";

/** The answer of `export site` as JSON. */
export interface SiteReport {
  readonly folder: string;
  /** ISO 8601: the moment that the export shows. */
  readonly asOf: string;
  readonly revision: string | null;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  /** Bindings of functions. */
  readonly functions: number;
  /** Bindings of policies. */
  readonly policies: number;
  readonly entries: number;
  /** Without the list of digests. */
  readonly files: number;
  /** SHA-256 of SHA256SUMS, hex. */
  readonly digest: string;
  readonly unity: SiteUnity;
  readonly evidence: SiteEvidence;
}

export function siteReport({ index, digest }: SiteExport, folder: string, files: number): SiteReport {
  const { asOf, revision, namespaces, unity, evidence, policies } = index;
  return {
    folder,
    asOf,
    revision,
    namespaces,
    functions: countOf(index.functions) - policies,
    policies,
    entries: countOf(index.history),
    files,
    digest,
    unity,
    evidence,
  };
}

function countOf(parts: readonly SitePart[]): number {
  return parts.reduce((sum, { count }) => sum + count, 0);
}
