import { z } from "zod";
import type { CommitStatusConfig } from "./source-config.ts";

const FORGE_NAMES = ["github", "gitlab", "gitea", "forgejo", "bitbucket"] as const;

const url = z.url({ protocol: /^https?$/, message: "expected an https URL" });

/** The state of a commit on its forge: the fields of `sources[].git.commitStatus`. */
export const commitStatusSchema = z
  .strictObject({
    forge: z.enum(FORGE_NAMES),
    tokenFile: z.string().min(1).optional(),
    apiUrl: url.optional(),
    repository: z
      .string()
      .regex(
        /^[^\s/?#%]+(\/[^\s/?#%]+)+$/,
        "expected the path of the repository on the forge, such as acme/permissions",
      )
      .optional(),
    name: z
      .string()
      .regex(/^[\w./: -]{1,40}$/, "expected 1 to 40 letters, digits, spaces and . / : _ -")
      .optional(),
    link: url.optional(),
  })
  .refine(
    (s) => s.link !== undefined || s.forge !== "bitbucket",
    "Bitbucket needs a link: a page about this installation",
  );

/** The fields of a git section that decide about it. */
interface StatusFields {
  readonly url: string;
  readonly commitStatus?: z.infer<typeof commitStatusSchema> | undefined;
}

export function commitStatusConfig(
  { commitStatus, url: gitUrl }: StatusFields,
  /** The installation, and the namespace of the source: several sources may be in one repository. */
  of: readonly string[],
  toAbsolute: (path: string) => string,
): CommitStatusConfig | null {
  if (commitStatus === undefined) return null;
  const {
    forge,
    tokenFile,
    link = null,
    name = ["grantkeeper", ...of].join("/").slice(0, 40),
  } = commitStatus;
  const place = placeOf(gitUrl);
  return {
    forge,
    tokenFile: tokenFile === undefined ? null : toAbsolute(tokenFile),
    apiUrl: (commitStatus.apiUrl ?? apiUrlOf(forge, place.host)).replace(/\/+$/, ""),
    repository: commitStatus.repository ?? place.repository,
    name,
    link,
  };
}

/** What the fields of a git section lack together; null: nothing. */
export function commitStatusProblem({
  commitStatus,
  url: gitUrl,
  githubApp,
}: StatusFields & { readonly githubApp?: object | undefined }): string | null {
  if (commitStatus === undefined) return null;
  const { forge, tokenFile, apiUrl, repository } = commitStatus;
  if (tokenFile === undefined && (githubApp === undefined || forge !== "github"))
    return "expected tokenFile: a token that may set the status of a commit (git.githubApp makes one for GitHub)";
  const place = placeOf(gitUrl);
  if (
    (repository === undefined && !/\/./.test(place.repository)) ||
    (apiUrl === undefined && place.host === "")
  )
    return "expected apiUrl and repository: they do not follow from the URL of the source";
  return null;
}

/** The host, without a port of ssh, and the path without `.git`; empty texts for a local repository. */
function placeOf(gitUrl: string): { readonly host: string; readonly repository: string } {
  const scp = /^[^/@:]+@(?<host>[^/:]+):(?<path>[^/].*)$/.exec(gitUrl)?.groups;
  const parsed = scp === undefined ? URL.parse(gitUrl) : null;
  const isLocal = scp === undefined && (parsed === null || parsed.protocol === "file:");
  if (isLocal) return { host: "", repository: "" };
  const host = scp?.["host"] ?? (parsed?.protocol === "ssh:" ? parsed.hostname : (parsed?.host ?? ""));
  const path = scp?.["path"] ?? parsed?.pathname ?? "";
  const repository = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return { host, repository: decoded(repository) };
}

/** Empty if it cannot be decoded: then no repository follows from the URL. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}

function apiUrlOf(forge: CommitStatusConfig["forge"], host: string): string {
  if (forge === "github" && (host === "github.com" || host.endsWith(".ghe.com")))
    return `https://api.${host}`;
  if (forge === "bitbucket") return "https://api.bitbucket.org/2.0";
  return `https://${host}${API_PATHS[forge]}`;
}

const API_PATHS = {
  github: "/api/v3",
  gitlab: "/api/v4",
  gitea: "/api/v1",
  forgejo: "/api/v1",
} as const satisfies Record<Exclude<CommitStatusConfig["forge"], "bitbucket">, string>;
