import { posix } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import type { ReadFolder } from "../../cli/toolbox/toolbox.ts";
import { parseNamespace, PLATFORM, type Namespace } from "../../model/aws/ids.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { prefixOf, withPrefix } from "../../model/keys/source-prefix.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import { DUPLICATE_CLAIM } from "../../manifest/compile/conflicts.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { digestOf } from "../../model/values/digest.ts";
import type { Paths } from "../../manifest/folder-owner.ts";
import type { Origin } from "../../model/values/origin.ts";
import { counted } from "../../text/phrases.ts";

export interface ServiceOptions extends ConfigOptions {
  readonly platform?: string;
  readonly namespace?: string;
  readonly platformTokenFile?: string;
  readonly platformSshKey?: string;
  readonly platformKnownHosts?: string;
}

/** A repository that holds the manifests of one namespace, next to the code of a service. */
export interface ServiceFolder {
  readonly namespace: Namespace;
  /** From the root of the repository to the folder of the manifests; "" if it is the root. */
  readonly path: string;
  /** The platform's part, which is in a repository of its own. */
  readonly platform: ReadFolder;
}

/** @throws CliError if the options contradict each other; null: the folder is the platform's */
export function namespaceOption(options: ServiceOptions): Namespace | null {
  const { platform, namespace } = options;
  if (platform === undefined) {
    const alone = [
      { option: "--namespace", value: namespace },
      { option: "--platform-token-file", value: options.platformTokenFile },
      { option: "--platform-ssh-key", value: options.platformSshKey },
      { option: "--platform-known-hosts", value: options.platformKnownHosts },
    ].find(({ value }) => value !== undefined);
    if (alone === undefined) return null;
    throw new CliError(
      `${alone.option} belongs to --platform`,
      "add --platform FOLDER or --platform URL#BRANCH",
    );
  }
  const hint = "name the namespace of the manifests: --namespace orders";
  if (namespace === undefined) throw new CliError("--platform needs --namespace", hint);
  const parsed = parseNamespace(namespace);
  if (parsed !== undefined && parsed !== PLATFORM) return parsed;
  throw new CliError(`"${namespace}" is not a namespace of a team`, hint);
}

/** The files of the folder as the controller names those of a namespace source. */
export function asSource({ snapshot, skipped }: ReadFolder, service: ServiceFolder): ReadFolder {
  const here = <Entry extends { readonly path: string }>(entry: Entry): Entry => ({
    ...entry,
    path: pathInSource(entry.path, service),
  });
  const { files, refused } = snapshot;
  return {
    snapshot: { ...snapshot, source: service.namespace, files: files.map(here), refused: refused.map(here) },
    skipped: skipped.map(here),
  };
}

export function pathInSource(
  path: string,
  { namespace, path: folder }: Omit<ServiceFolder, "platform">,
): string {
  return withPrefix(namespace, posix.join(folder, path));
}

/** A text with the paths as they are in the repository of the service. */
export function ownTexts({ namespace, path }: ServiceFolder): (text: string) => string {
  const prefix = withPrefix(namespace, path);
  return (text) => text.replaceAll(prefix, path);
}

/** The problems of a service alone, at their places in its repository; for the platform all. */
export function ownDiagnostics(
  diagnostics: readonly Diagnostic[],
  service: ServiceFolder | null,
): readonly Diagnostic[] {
  if (service === null) return diagnostics;
  const own = ownTexts(service);
  const placed = (origin: Origin): Origin => ({ ...origin, file: own(origin.file) });
  return diagnosticsOfService(diagnostics, service).map(({ related, ...diagnostic }) => ({
    ...diagnostic,
    origin: placed(diagnostic.origin),
    ...(related && {
      related: related.map(({ origin, ...place }) => ({ ...place, origin: placed(origin) })),
    }),
  }));
}

/** The same, in files as the compiler names them; the texts have the paths of the repository. */
export function diagnosticsOfService(
  diagnostics: readonly Diagnostic[],
  service: ServiceFolder | null,
): readonly Diagnostic[] {
  if (service === null) return diagnostics;
  const own = ownTexts(service);
  const isOwn = ({ file }: Pick<Origin, "file">): boolean => prefixOf(file) === service.namespace;
  return diagnostics
    .filter(({ origin }) => isOwn(origin))
    .map(({ related, ...diagnostic }) => ({
      ...diagnostic,
      message: own(diagnostic.message),
      fix: diagnostic.fix === null ? null : own(diagnostic.fix),
      // A path of another repository would be shown as one of this one.
      ...(related && { related: related.filter(({ origin }) => isOwn(origin)) }),
    }));
}

/** Everyone who reads a pull request of the service reads its problems: a conflict does not name the claims of others. */
export function withoutOthers<Found extends Pick<Compilation, "diagnostics" | "invalid">>(
  compilation: Found,
  service: ServiceFolder,
): Found {
  const hide = (one: Diagnostic): Diagnostic => (isConflictWithOthers(one, service) ? unnamed(one) : one);
  const invalid = [...compilation.invalid].map(([key, all]) => [key, all.map(hide)] as const);
  return { ...compilation, diagnostics: compilation.diagnostics.map(hide), invalid: new Map(invalid) };
}

function isConflictWithOthers(
  { code, origin, related = [] }: Diagnostic,
  { namespace }: ServiceFolder,
): boolean {
  const isOwn = ({ file }: Pick<Origin, "file">): boolean => prefixOf(file) === namespace;
  return code === DUPLICATE_CLAIM && isOwn(origin) && !related.every((other) => isOwn(other.origin));
}

function unnamed({ origin, perTarget }: Diagnostic): Diagnostic {
  const message = "a function or role of this manifest is also claimed in another namespace";
  const fix = "name another one, or ask the owners of the platform's repository which claim stays";
  return errorAt(origin, DUPLICATE_CLAIM, {
    message,
    fix,
    ...(perTarget && { perTarget: { ...perTarget, cause: message } }),
  });
}

/** A plan of the platform's is about every key. */
export function isOfService(key: Key, service: ServiceFolder | null): boolean {
  return service === null || keyParts(key).namespace === service.namespace;
}

/** What the platform's part cannot contribute, for a reader who cannot correct it. */
export function platformProblems(
  diagnostics: readonly Diagnostic[],
  service: ServiceFolder | null,
  { tenantPath }: Pick<Paths, "tenantPath">,
): readonly string[] {
  if (service === null) return [];
  const { namespace } = service;
  const former = `${tenantPath}/${namespace}/`;
  const errors = diagnostics.filter(
    ({ severity, origin }) => severity === "error" && prefixOf(origin.file) !== namespace,
  );
  const others = errors.filter(({ origin }) => !origin.file.startsWith(former)).length;
  return [
    ...(others < errors.length
      ? [
          `The platform's repository still has ${former}: Grantkeeper does not read it, and it can be removed there`,
        ]
      : []),
    ...(others === 0
      ? []
      : [`The platform's repository has ${counted(others, "error")}: what they declare is not known here`]),
  ];
}

/** Every text in a value of JSON. */
export function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, map));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, map)]));
}

/** The snapshot with other texts of some of its files. */
export function withOtherTexts(snapshot: Snapshot, texts: ReadonlyMap<string, string>): Snapshot {
  const files = snapshot.files.map((file) => {
    const text = texts.get(file.path);
    if (text === undefined) return file;
    return { ...file, oid: digestOf([text.toWellFormed()]), bytes: new TextEncoder().encode(text) };
  });
  return { ...snapshot, files };
}

/** The paths of a namespace source begin with its namespace. */
export function joinedSnapshots(platform: Snapshot, others: readonly Snapshot[]): Snapshot {
  const all = [platform, ...others];
  return {
    ...platform,
    files: all.flatMap(({ files }) => files),
    refused: all.flatMap(({ refused }) => refused),
  };
}
