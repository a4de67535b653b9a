import type { PlacedDocument } from "./placed.ts";
import { valueAt, type ValuePath } from "../../text/located/value-path.ts";
import { errorAt, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import { byTextOf } from "../../text/order.ts";
import { originOfKey, originOfValue } from "../../text/located/located.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type {
  AccountSet,
  AwsAccount,
  ChangeWindow,
  FunctionPermission,
  GrantTemplate,
  GuardrailProfile,
  InvalidDocument,
  Manifest,
  ManagedPolicy,
  ManifestDocument,
  ParsedFile,
  TeamManifest,
  ExclusionManifest,
  WaiverManifest,
} from "../parse/parsed.ts";
import { accountsOfBrokenSet, accountsOfSet } from "./accounts/account-sets.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { NONE } from "../../model/values/lists.ts";
import { ScopedNames } from "../scoped-names.ts";
import { fewOthers, someOthers } from "../some-others.ts";
import { homeFinder, type FolderOwner, type Paths } from "../folder-owner.ts";

/** All documents of a revision by kind; includes those with problems, since others refer to them. */
export interface PlacedDocuments {
  /** Also those that a set lists. */
  readonly accounts: readonly PlacedDocument<AwsAccount>[];
  readonly accountSets: readonly PlacedDocument<AccountSet>[];
  readonly functions: readonly PlacedDocument<FunctionPermission>[];
  readonly policies: readonly PlacedDocument<ManagedPolicy>[];
  readonly teams: readonly PlacedDocument<TeamManifest>[];
  readonly waivers: readonly PlacedDocument<WaiverManifest>[];
  readonly exclusions: readonly PlacedDocument<ExclusionManifest>[];
  readonly profiles: readonly PlacedDocument<GuardrailProfile>[];
  readonly templates: readonly PlacedDocument<GrantTemplate>[];
  readonly windows: readonly PlacedDocument<ChangeWindow>[];
  readonly invalid: readonly PlacedDocument<InvalidDocument>[];
  /** The diagnostics of files, and of documents outside the declared folders. */
  readonly diagnostics: readonly Diagnostic[];
  /** Files with keys that can't be read: they still hold every key last seen in them. */
  readonly brokenFiles: ReadonlySet<string>;
}

/** Places every document, in order of path, independent of the order of the files. */
export function placeDocuments(files: readonly ParsedFile[], paths: Paths): PlacedDocuments {
  const diagnostics: Diagnostic[] = [];
  const brokenFiles = new Set<string>();
  const placed: PlacedDocument<ManifestDocument>[] = [];
  const homes = homeFinder(paths);
  for (const file of [...files].sort(byTextOf(({ path }) => path))) {
    for (const diagnostic of file.diagnostics) diagnostics.push(diagnostic);
    if (!file.readable) brokenFiles.add(file.path);
    const home = homes(file.path);
    if (home.kind === "unowned") {
      if (file.documents.length === 0) continue;
      diagnostics.push(errorAt({ file: file.path, line: 1, column: 1, path: "" }, "no-home", home));
      brokenFiles.add(file.path);
      continue;
    }
    for (const document of file.documents) {
      const one = place(document, home, paths);
      placed.push(one);
      for (const account of accountsIn(one)) placed.push(account);
    }
  }
  return { ...byKind(refuseDuplicates(placed)), diagnostics, brokenFiles };
}

/** The accounts that an AccountSet of the platform lists. */
function accountsIn(placed: PlacedDocument<ManifestDocument>): readonly PlacedDocument<ManifestDocument>[] {
  const { document, namespace } = placed;
  if (namespace !== PLATFORM) return NONE;
  if (document.kind === "AccountSet") return accountsOfSet({ ...placed, document });
  return document.kind === "invalid" ? accountsOfBrokenSet({ ...placed, document }) : NONE;
}

function place(
  document: ManifestDocument,
  home: Exclude<FolderOwner, { kind: "unowned" }>,
  paths: Paths,
): PlacedDocument<ManifestDocument> {
  const namespace = home.kind === "platform" ? PLATFORM : home.namespace;
  if (document.kind !== "invalid")
    return { document, namespace, problems: placeProblems(document, home, paths) };
  const isMisplaced = home.kind === "team" && document.of !== null && PLATFORM_KINDS.has(document.of);
  const place = isMisplaced ? [platformOnly(document, document.of, paths)] : [];
  return { document, namespace, problems: [...place, ...document.diagnostics] };
}

function platformOnly(document: ManifestDocument, kind: string, paths: Paths): Diagnostic {
  const message = `${kind} is read from ${platformFolder(document, paths)} only`;
  return errorAt(originOfKey(document, KIND), "place", { message, fix: "move it there" });
}

function platformFolder({ file }: ManifestDocument, { platformPath }: Paths): string {
  return `${platformPath}/${prefixOf(file) === null ? "" : " of the platform source"}`;
}

function placeProblems(
  document: Manifest,
  home: Exclude<FolderOwner, { kind: "unowned" }>,
  paths: Paths,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const report = (code: string, path: ValuePath, mistake: Mistake): void =>
    void problems.push(errorAt(originOfKey(document, path), code, mistake));
  const own = home.kind === "platform" ? PLATFORM : home.namespace;
  const isOtherSource = prefixOf(document.file) !== null;
  if (document.namespace !== null && document.namespace !== own) {
    const message = `metadata.namespace is ${document.namespace}, the ${isOtherSource ? "source" : "folder"}'s is ${own}`;
    report("namespace", ["metadata", "namespace"], { message, fix: `write ${own}, or leave it out` });
  }
  if (document.kind === "FunctionPermission" && home.kind === "platform") {
    report("place", KIND, {
      message: "a FunctionPermission belongs to a team",
      fix: `move it to ${paths.tenantPath}/<namespace>/`,
    });
  }
  if (PLATFORM_KINDS.has(document.kind) && home.kind === "team")
    problems.push(platformOnly(document, document.kind, paths));
  if (document.kind === "ManagedPolicy" && document.spec.use === "boundary" && home.kind === "team") {
    report("place", ["spec", "use"], {
      message: "a boundary is the platform's",
      fix: `move it to ${platformFolder(document, paths)}`,
    });
  }
  return problems;
}

/** A team's folder can hold no document that decides what the team may do. */
const PLATFORM_KINDS: ReadonlySet<ManifestDocument["kind"]> = new Set([
  "AwsAccount",
  "AccountSet",
  "Team",
  "Waiver",
  "Exclusion",
  "GuardrailProfile",
  "GrantTemplate",
  "ChangeWindow",
]);

const KIND: ValuePath = ["kind"];
const NAME: ValuePath = ["metadata", "name"];

/** Two documents of one kind, namespace and name: neither is used until one is removed. */
function refuseDuplicates(
  placed: readonly PlacedDocument<ManifestDocument>[],
): readonly PlacedDocument<ManifestDocument>[] {
  // The usual case, decided without a text for each document.
  if (areDistinct(placed)) return placed;
  const byIdentity = Map.groupBy(placed, identityOf);
  return placed.map((one) => {
    const identity = identityOf(one);
    const same = byIdentity.get(identity) ?? [];
    if (identity === null || same.length < 2) return one;
    const where = someOthers(same, one, (other) => formatOrigin(originOfValue(other.document, NAME)));
    const message = `${identity} is declared again in ${where}`;
    const duplicate = {
      ...errorAt(originOfValue(one.document, NAME), "duplicate", { message, fix: "keep one of them" }),
      related: fewOthers(same, one).map(({ document }) => ({
        label: identity,
        origin: originOfValue(document, NAME),
      })),
    };
    return { ...one, problems: [...one.problems, duplicate] };
  });
}

/** No two documents have the same kind, namespace and name. */
function areDistinct(placed: readonly PlacedDocument<ManifestDocument>[]): boolean {
  const names = new ScopedNames();
  return placed.every(({ document, namespace }) => {
    const named = nameAndKind(document);
    return named === null || names.add(named.kind, namespace, named.name);
  });
}

function identityOf({ document, namespace }: PlacedDocument<ManifestDocument>): string | null {
  const named = nameAndKind(document);
  return named === null ? null : `${named.kind} ${namespace}/${named.name}`;
}

/** null: one of them cannot be read. Several versions of one template may exist. */
function nameAndKind(document: ManifestDocument): { readonly kind: string; readonly name: string } | null {
  const kind = document.kind === "invalid" ? document.of : document.kind;
  if (kind === null || document.name === null) return null;
  if (kind !== "GrantTemplate") return { kind, name: document.name };
  return { kind, name: `${document.name}@${templateVersion(document) ?? "?"}` };
}

/** The version of a GrantTemplate, as far as it can be read: several versions of one name may exist. */
export function templateVersion({ document }: ManifestDocument): number | null {
  const version = valueAt(document, ["spec", "version"]);
  return typeof version === "number" ? version : null;
}

function byKind(
  placed: readonly PlacedDocument<ManifestDocument>[],
): Omit<PlacedDocuments, "diagnostics" | "brokenFiles"> {
  const groups = Map.groupBy(placed, ({ document }) => document.kind);
  const of = <K extends ManifestDocument["kind"]>(
    kind: K,
  ): PlacedDocument<Extract<ManifestDocument, { kind: K }>>[] =>
    (groups.get(kind) ?? []).filter(
      (one): one is PlacedDocument<Extract<ManifestDocument, { kind: K }>> => one.document.kind === kind,
    );
  return {
    accounts: of("AwsAccount"),
    accountSets: of("AccountSet"),
    functions: of("FunctionPermission"),
    policies: of("ManagedPolicy"),
    teams: of("Team"),
    waivers: of("Waiver"),
    exclusions: of("Exclusion"),
    profiles: of("GuardrailProfile"),
    templates: of("GrantTemplate"),
    windows: of("ChangeWindow"),
    invalid: of("invalid"),
  };
}
