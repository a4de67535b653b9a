import { readFile } from "node:fs/promises";
import { CliError, unreadableFile } from "../../../cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../../cli/toolbox/toolbox.ts";
import { isLoopbackHost } from "../../../model/network/loopback.ts";
import { CONVERSATION_FORGES, type ConversationForge } from "../../../network/forges/conversation.ts";

export interface PostOptions {
  readonly post?: ConversationForge;
  readonly repository?: string;
  readonly pullRequest?: number;
  readonly apiUrl?: string;
  readonly tokenFile?: string;
  readonly commentAuthor?: string;
  readonly reviewName: string;
  readonly mergeStatus?: true;
  readonly target?: string;
}

/** Where a review is posted. */
export interface PostTarget {
  readonly forge: ConversationForge;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** `acme/permissions`; with GitLab also deeper. */
  readonly repository: string;
  /** null: only the statuses of the commit, as for a merge queue. */
  readonly pullRequest: number | null;
  readonly token: string;
  /** The login that writes the comments, if the token cannot ask for it. */
  readonly author: string;
  /** Of this review, among others of the same pull request. */
  readonly name: string;
  /** A second status is posted, which succeeds only if the change may merge by itself. */
  readonly hasMergeStatus: boolean;
  /** The branch that the change is to be merged into; null: that of the pull request. */
  readonly branch: string | null;
}

type Env = Toolbox["env"];

/** A missing option is set from the variables of the forge's pipeline. @throws CliError if something is missing */
export async function postTarget(options: PostOptions, env: Env): Promise<PostTarget | null> {
  const { post: forge, pullRequest, reviewName: name } = options;
  if (forge === undefined) return withoutPost(options);
  return {
    forge,
    apiUrl: apiUrlOf(forge, options.apiUrl ?? env[API_URL[forge]]),
    repository: repositoryOf(forge, options.repository ?? env[REPOSITORY[forge]]),
    pullRequest: pullRequest ?? pullRequestOf(forge, env),
    token: await tokenOf(options.tokenFile, env),
    author: options.commentAuthor ?? "github-actions[bot]",
    name,
    hasMergeStatus: options.mergeStatus === true,
    branch: options.target ?? null,
  };
}

function withoutPost({
  repository,
  pullRequest,
  apiUrl,
  tokenFile,
  commentAuthor,
  mergeStatus,
  target,
}: PostOptions): null {
  const given = [repository, pullRequest, apiUrl, tokenFile, commentAuthor, mergeStatus, target];
  if (given.every((value) => value === undefined)) return null;
  throw new CliError(
    "--repository, --pull-request, --api-url, --token-file, --comment-author, --merge-status and --target belong to --post",
    `add --post ${CONVERSATION_FORGES.join("|")}`,
  );
}

const API_URL = {
  github: "GITHUB_API_URL",
  gitlab: "CI_API_V4_URL",
  gitea: "GITHUB_API_URL",
  forgejo: "GITHUB_API_URL",
} as const satisfies Record<ConversationForge, string>;

const REPOSITORY = {
  github: "GITHUB_REPOSITORY",
  gitlab: "CI_PROJECT_PATH",
  gitea: "GITHUB_REPOSITORY",
  forgejo: "GITHUB_REPOSITORY",
} as const satisfies Record<ConversationForge, string>;

const STANDARD_URL: Readonly<Partial<Record<ConversationForge, string>>> = {
  github: "https://api.github.com",
  gitlab: "https://gitlab.com/api/v4",
};

function apiUrlOf(forge: ConversationForge, given: string | undefined): string {
  const text = given ?? STANDARD_URL[forge];
  if (text === undefined)
    throw new CliError("the address of the forge is not known", "add --api-url https://HOST/api/v1");
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopbackHost(url.hostname));
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (isSafe && isPlain) return text.replace(/\/+$/, "");
  throw new CliError(
    "--api-url is not an https:// address without a login",
    "write https://HOST/PATH: the token would be sent in the clear",
  );
}

function repositoryOf(forge: ConversationForge, text: string | undefined): string {
  const form = forge === "gitlab" ? /^[\w.-]+(\/[\w.-]+)+$/ : /^[\w.-]+\/[\w.-]+$/;
  if (text !== undefined && form.test(text)) return text;
  const problem = text === undefined ? "the repository is not known" : `"${text}" is not a repository`;
  throw new CliError(problem, "add --repository OWNER/NAME");
}

/** Of GitHub's runners only events of a pull request have it in a variable. null: there is none. */
function pullRequestOf(forge: ConversationForge, env: Env): number | null {
  const found =
    forge === "gitlab"
      ? env["CI_MERGE_REQUEST_IID"]
      : /^refs\/pull\/(\d+)\/(?:merge|head)$/.exec(env["GITHUB_REF"] ?? "")?.[1];
  return found === undefined || !/^[1-9]\d{0,8}$/.test(found) ? null : Number(found);
}

async function tokenOf(file: string | undefined, env: Env): Promise<string> {
  const token = (file === undefined ? env["GRANTKEEPER_FORGE_TOKEN"] : await readToken(file))?.trim() ?? "";
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError(
    token === ""
      ? "there is no token for the forge"
      : "the token for the forge has characters that no header takes",
    "set GRANTKEEPER_FORGE_TOKEN, or add --token-file FILE",
  );
}

async function readToken(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}
