import type { SinkProblem } from "../../../model/records/alert-route-state.ts";
import { plainLine } from "../../names.ts";
import type { HttpAnswer } from "../../../network/http-post.ts";
import { retry, type Delivery } from "../sink.ts";
import { forgeMessage } from "../../../network/forges/message.ts";
import { FORGES, type ForgeSettings } from "../../../network/forges/status-form.ts";

const LONGEST_MESSAGE = 200;
const RATE_LIMIT_PAUSE_MS = 60_000;
const BUSY = "no action required: it is sent again";

/** What follows from an answer other than success. */
export function answerOf(answer: HttpAnswer, settings: ForgeSettings, token: string): Delivery {
  const { status, retryAfterMs, text } = answer;
  const { label, right } = FORGES[settings.forge];
  const { repository, apiUrl } = settings;
  const message = plainLine(forgeMessage(text, token)).slice(0, LONGEST_MESSAGE);
  const cause = `${label} answers ${status}${message === "" ? "" : ` "${message}"`}`;
  // oxlint-disable-next-line house/no-parsed-sentence -- a text of the forge, which has no code for it
  if (status === 429 || (status === 403 && (retryAfterMs !== null || /rate limit/i.test(message))))
    return retry({ cause, fix: BUSY }, retryAfterMs ?? RATE_LIMIT_PAUSE_MS);
  if (status >= 500 || status === 409) return retry({ cause, fix: BUSY }, retryAfterMs);
  if (isAboutCommit(status, message))
    return { kind: "refused", problem: { cause, fix: "no action required: the commit is no longer there" } };
  return retry(problemOf(status, { cause, label, right, repository, apiUrl }));
}

interface Facts {
  readonly cause: string;
  readonly label: string;
  readonly right: string;
  readonly repository: string;
  readonly apiUrl: string;
}

function problemOf(status: number, { cause, label, right, repository, apiUrl }: Facts): SinkProblem {
  if (status === 401)
    return {
      cause: `the token for commit statuses is not valid: ${cause}`,
      fix: `write a valid token into commitStatus.tokenFile; it needs ${right}`,
    };
  if (status === 403 || status === 404)
    return {
      cause: `the token may not set the status of a commit of ${repository}: ${cause}`,
      fix: `give the token ${right}, and check commitStatus.repository and apiUrl (${apiUrl})`,
    };
  if (status >= 300 && status < 400)
    return { cause, fix: "set commitStatus.apiUrl to the final URL: redirects are not followed" };
  return { cause, fix: `look at what ${label} expects, and check commitStatus in the configuration` };
}

/** GitHub answers 422, the others 404, also for a repository that the token cannot see. */
function isAboutCommit(status: number, message: string): boolean {
  return (
    (status === 422 || status === 404) &&
    // oxlint-disable-next-line house/no-parsed-sentence -- a text of the forge, which has no code for it
    /no commit found|commit .*not (found|exist)|commit not found/i.test(message)
  );
}
