import { memberOf } from "../../../network/forges/conversation.ts";
import { MERGED } from "../../../network/forges/merged.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import type { KeyFinding } from "../../../model/verification.ts";
import type { StatusTools } from "../commit-status/commit-status.ts";
import { ForgeSession, Undelivered, type NotedRepository } from "./forge-session.ts";
import { authorOf } from "./own-comment.ts";

/** GitLab's role Developer. */
const DEVELOPER = 30;

/**
 * Whether the token is valid, reads the repository and shows whose comments are ours. Nothing is written: only the first
 * comment shows whether it may write one.
 */
export async function examinePullRequests(
  repository: NotedRepository,
  tools: StatusTools,
  stop: AbortSignal,
): Promise<KeyFinding> {
  const token = await tools.token(stop);
  if (token.kind === "err") return failed(`${token.error.cause}; ${token.error.fix}`);
  const session = new ForgeSession(repository, { ...tools, token: token.value }, stop);
  try {
    const { json } = await session.read(MERGED[repository.forge].repository(repository.repository));
    await authorOf(session);
    if (lacksRole(json)) throw session.missingRight("its role there is lower than Developer");
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof Undelivered) return failed(textOf(error));
    throw error;
  }
  const { label } = FORGES[repository.forge];
  const detail = `${label} accepts the token for ${repository.repository}; only a comment shows whether it may write one`;
  return { outcome: "passed", detail };
}

function failed(detail: string): KeyFinding {
  return { outcome: "failed", detail };
}

function textOf({ delivery }: Undelivered): string {
  const { cause, fix } = delivery.problem;
  return `${cause}; ${fix}`;
}

/** GitLab names the role of the token's user in the project, and in its group. */
function lacksRole(project: unknown): boolean {
  const permissions = memberOf(project, "permissions");
  const levels = ["project_access", "group_access"]
    .map((name) => memberOf(memberOf(permissions, name), "access_level"))
    .filter((level) => typeof level === "number");
  return levels.length > 0 && Math.max(...levels) < DEVELOPER;
}
