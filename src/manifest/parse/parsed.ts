import type { ManifestMetadata } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Json } from "../../model/values/json.ts";
import type { LocatedFile } from "../../text/located/located.ts";
import type { AccountSetSpec } from "../schema/account-set.ts";
import type { AwsAccountSpec } from "../schema/aws-account.ts";
import type { ChangeWindowSpec } from "../schema/change-window.ts";
import type { Kind } from "../schema/document.ts";
import type { FunctionPermissionSpec } from "../schema/function-permission.ts";
import type { GrantTemplateSpec } from "../schema/grant-template.ts";
import type { GuardrailProfileSpec } from "../schema/guardrail-profile.ts";
import type { ManagedPolicySpec } from "../schema/managed-policy.ts";
import type { TeamSpec } from "../schema/team.ts";
import type { ExclusionSpec } from "../schema/exclusion.ts";
import type { WaiverSpec } from "../schema/waiver.ts";

/** The limits of a file. Its size is checked before anything is parsed. */
export interface ManifestLimits {
  readonly fileBytes: number;
  readonly documentsPerFile: number;
  /** YAML parts of one file: a mebibyte of manifests has about 360,000, of brackets a million. */
  readonly parts: number;
  /** The maximum depth of lists and objects in one document. */
  readonly depth: number;
}

export const DEFAULT_MANIFEST_LIMITS: ManifestLimits = {
  fileBytes: 1_048_576,
  documentsPerFile: 1_000,
  parts: 600_000,
  depth: 32,
};

/** Where a document is written. */
export interface SourceDocument extends LocatedFile {
  readonly sourceText: string;
}

interface ManifestOf<K extends Kind, Spec> extends SourceDocument, ManifestMetadata {
  readonly kind: K;
  readonly name: string;
  /** `metadata.namespace`, if it is set. */
  readonly namespace: string | null;
  readonly spec: Spec;
  /** True if the document contains `${`. */
  readonly hasTemplates: boolean;
  /** Metadata and spec as in the file. */
  readonly document: Json;
}

export type FunctionPermission = ManifestOf<"FunctionPermission", FunctionPermissionSpec>;
export type AwsAccount = ManifestOf<"AwsAccount", AwsAccountSpec>;
export type AccountSet = ManifestOf<"AccountSet", AccountSetSpec>;
export type ManagedPolicy = ManifestOf<"ManagedPolicy", ManagedPolicySpec>;
export type TeamManifest = ManifestOf<"Team", TeamSpec>;
export type WaiverManifest = ManifestOf<"Waiver", WaiverSpec>;
export type ExclusionManifest = ManifestOf<"Exclusion", ExclusionSpec>;
export type GuardrailProfile = ManifestOf<"GuardrailProfile", GuardrailProfileSpec>;
export type GrantTemplate = ManifestOf<"GrantTemplate", GrantTemplateSpec>;
export type ChangeWindow = ManifestOf<"ChangeWindow", ChangeWindowSpec>;

/** A document that its schema accepts. Its references are checked when all files are parsed. */
export type Manifest =
  | FunctionPermission
  | AwsAccount
  | AccountSet
  | ManagedPolicy
  | TeamManifest
  | WaiverManifest
  | ExclusionManifest
  | GuardrailProfile
  | GrantTemplate
  | ChangeWindow;

/** A document that can't be used, with the parts of its identity that could be read. */
export interface InvalidDocument extends SourceDocument {
  readonly kind: "invalid";
  readonly of: Kind | null;
  readonly name: string | null;
  readonly namespace: string | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Of a FunctionPermission: every account and region, if all of them could be read. */
  readonly targets: readonly { readonly account: string; readonly region: string }[] | null;
  /** The id of an AwsAccount. */
  readonly accountId: string | null;
  /** The names of the boundaries of an AwsAccount, as far as they can be read: its boundaries stay compared. */
  readonly boundaries: readonly string[];
  readonly document: Json;
}

export type ManifestDocument = Manifest | InvalidDocument;

/** One file of a snapshot; independent of every other file, so that it can be cached by path and oid. */
export interface ParsedFile {
  readonly path: string;
  /** False if no part of the file could be read. The file then still holds every key last seen in it. */
  readonly readable: boolean;
  /** The diagnostics of the file itself. Each document has its own diagnostics. */
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: readonly ManifestDocument[];
  /** The number of YAML parts of its documents, which determines the memory. */
  readonly parts: number;
}
