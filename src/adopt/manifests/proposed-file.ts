import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import type { ManifestDraft } from "./draft.ts";
import type { TargetValues } from "./variables.ts";

export interface DraftedFunction {
  readonly estate: Estate;
  readonly found: EstateFunction;
  readonly namespace: Namespace;
  readonly draft: ManifestDraft;
  readonly name: string;
  readonly vars: TargetValues["vars"];
  /** null: the default. */
  readonly roleName: string | null;
}

export interface ProposedFile {
  readonly path: string;
  readonly text: string;
  readonly kind: "function" | "policy";
  /** It has variables for the values in which its targets differ: only all targets together show that they are correct. */
  readonly hasVariables: boolean;
  /** Those that it declares, or that attach it. */
  readonly functions: readonly DraftedFunction[];
}

export interface ImportFolders {
  readonly platformPath: string;
  readonly tenantPath: string;
  /** Those that exist: a policy that one of them declares is not declared again. */
  readonly files: readonly ParsedFile[];
}
