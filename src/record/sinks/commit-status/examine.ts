import type { KeyFinding } from "../../../model/verification.ts";
import { readAnswer, type HttpAnswer } from "../../../network/http-post.ts";
import { networkProblem } from "../network-problem.ts";
import { statusAnswer, type StatusTools } from "./commit-status.ts";
import { FORGES, type Forge, type ForgeSettings } from "../../../network/forges/status-form.ts";

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 1_048_576;

/**
 * Whether the token is valid and has its right, as far as reading shows it. Nothing is written: of some tokens only the
 * first delivery shows that the permission is missing.
 */
export async function examineForge(
  settings: ForgeSettings,
  { token, fetch }: StatusTools,
  stop: AbortSignal,
): Promise<KeyFinding> {
  const { forge, apiUrl, repository } = settings;
  const { label, headers, right } = FORGES[forge];
  const made = await token(stop);
  if (made.kind === "err") return failed(`${made.error.cause}; ${made.error.fix}`);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const url = `${apiUrl}${REPOSITORY_PATHS[forge](repository)}`;
    const response = await fetch(url, { headers: headers(made.value), redirect: "manual", signal });
    const answer = {
      status: response.status,
      retryAfterMs: null,
      text: await readAnswer(response, LONGEST_ANSWER),
    };
    if (!response.ok) return refusalOf(answer, settings, made.value);
    return lacksRight(response.headers, answer.text)
      ? failed(`the token may not set the status of a commit of ${repository}: give it ${right}`)
      : { outcome: "passed", detail: `${label} shows the state of commits of ${repository}` };
  } catch (cause) {
    stop.throwIfAborted();
    const { cause: why, fix } = networkProblem(cause);
    return failed(`${label} (${apiUrl}) ${why}; ${fix}`);
  }
}

function failed(detail: string): KeyFinding {
  return { outcome: "failed", detail };
}

function refusalOf(answer: HttpAnswer, settings: ForgeSettings, token: string): KeyFinding {
  const delivery = statusAnswer(answer, settings, token);
  if (delivery.kind === "delivered") throw new Error("an answer other than success counts as delivered");
  return failed(`${delivery.problem.cause}; ${delivery.problem.fix}`);
}

const REPOSITORY_PATHS: Readonly<Record<Forge, (repository: string) => string>> = {
  github: (repository) => `/repos/${repository}`,
  gitlab: (repository) => `/projects/${encodeURIComponent(repository)}`,
  gitea: (repository) => `/repos/${repository}`,
  forgejo: (repository) => `/repos/${repository}`,
  bitbucket: (repository) => `/repositories/${repository}`,
};

/** GitLab's role Developer. */
const DEVELOPER = 30;

/** GitHub names the scopes of its older tokens; GitLab and Gitea the role in the repository. */
function lacksRight(headers: Headers, text: string): boolean {
  const scopes = (headers.get("x-oauth-scopes") ?? "").split(/,\s*/).filter((scope) => scope !== "");
  if (scopes.length > 0 && !scopes.some((scope) => scope === "repo" || scope === "repo:status")) return true;
  const levels = levelsIn(text);
  return levels.length > 0 && Math.max(...levels) < DEVELOPER;
}

function levelsIn(text: string): readonly number[] {
  const found = text.matchAll(/"(?:project|group)_access":\s*\{[^{}]*"access_level":\s*(\d{1,3})/g);
  return [...found].map(([, level]) => Number(level));
}
