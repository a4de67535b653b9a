import { z } from "zod";
import { apiUrlOf, forgeRepository, forgeUrl, forgePlaceOf, placeProblem } from "./forge-place.ts";
import type { CommitStatusConfig } from "./source-config.ts";

const FORGE_NAMES = ["github", "gitlab", "gitea", "forgejo", "bitbucket"] as const;

/** The state of a commit on its forge: the fields of `sources[].git.commitStatus`. */
export const commitStatusSchema = z
  .strictObject({
    forge: z.enum(FORGE_NAMES),
    tokenFile: z.string().min(1).optional(),
    apiUrl: forgeUrl.optional(),
    repository: forgeRepository.optional(),
    name: z
      .string()
      .regex(/^[\w./: -]{1,40}$/, "expected 1 to 40 letters, digits, spaces and . / : _ -")
      .optional(),
    link: forgeUrl.optional(),
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
  const place = forgePlaceOf(gitUrl);
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
  const { forge, tokenFile } = commitStatus;
  if (tokenFile === undefined && (githubApp === undefined || forge !== "github"))
    return "expected tokenFile: a token that may set the status of a commit (git.githubApp makes one for GitHub)";
  return placeProblem(commitStatus, gitUrl);
}
