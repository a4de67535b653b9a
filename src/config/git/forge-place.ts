import { z } from "zod";
import type { ForgeName } from "./source-config.ts";

export const forgeUrl = z.url({ protocol: /^https?$/, message: "expected an https URL" });

export const forgeRepository = z
  .string()
  .regex(
    /^[^\s/?#%]+(\/[^\s/?#%]+)+$/,
    "expected the path of the repository on the forge, such as acme/permissions",
  );

/** The host, without a port of ssh, and the path without `.git`; empty texts for a local repository. */
export function forgePlaceOf(gitUrl: string): { readonly host: string; readonly repository: string } {
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

export function apiUrlOf(forge: ForgeName, host: string): string {
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
} as const satisfies Record<Exclude<ForgeName, "bitbucket">, string>;

/** What a section for a forge lacks, with the URL of the source; null: nothing. */
export function placeProblem(
  { repository, apiUrl }: { readonly repository?: string | undefined; readonly apiUrl?: string | undefined },
  gitUrl: string,
): string | null {
  const place = forgePlaceOf(gitUrl);
  const lacksRepository = repository === undefined && !/\/./.test(place.repository);
  return lacksRepository || (apiUrl === undefined && place.host === "")
    ? "expected apiUrl and repository: they do not follow from the URL of the source"
    : null;
}
