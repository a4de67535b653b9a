import { digestOf } from "../../../model/values/digest.ts";
import { cleanLine } from "../../../cli/screen/paint.ts";
import type { CorrectedLine } from "../corrected-lines.ts";
import { fenceFor } from "../../reports/markdown.ts";
import type { Review } from "../review.ts";
import { CONVERSATIONS, type PullRequest } from "./conversation.ts";
import { ForgeError, type ForgeApi } from "./forge-api.ts";
import { readPages, type OwnComments } from "./own-comments.ts";

interface Suggested {
  readonly review: Review & { readonly commit: string };
  readonly pullRequest: PullRequest;
  readonly own: OwnComments;
}

interface SuggestionCounts {
  readonly added: number;
  /** At lines that the pull request does not show. */
  readonly outside: number;
}

/** More would bury the conversation; all are in the comment. */
const MOST = 20;

/** Offers each corrected line at its place, once. */
export async function postSuggestions(
  { review, pullRequest, own }: Suggested,
  number: number,
  api: ForgeApi,
): Promise<SuggestionCounts> {
  const { forge, repository } = api.target;
  const { suggestions } = CONVERSATIONS[forge];
  if (suggestions === null) return { added: 0, outside: 0 };
  const place = { repository, pullRequest: number };
  const existing = await readPages(api, {
    path: (page) => suggestions.list(place, page),
    comments: suggestions.comments,
  });
  let [added, outside] = [0, 0];
  for (const corrected of review.corrections.filter(isPlain).slice(0, MOST)) {
    const marker = markerOf(corrected);
    if (existing.some((comment) => own.isOwn(comment, marker))) continue;
    const { file, line } = corrected;
    const at = { file, line, commit: review.commit, diff: pullRequest.diff };
    const request = suggestions.create(place, at, bodyOf(corrected, marker, suggestions.fence));
    if (request !== null && (await isAccepted(api, request))) added += 1;
    else outside += 1;
  }
  return { added, outside };
}

/** A suggestion is applied as it is: a text that is shown otherwise is not suggested. */
function isPlain({ after }: CorrectedLine): boolean {
  return cleanLine(after) === after;
}

/** A forge refuses a line that the pull request does not show. */
async function isAccepted(api: ForgeApi, request: Parameters<ForgeApi["send"]>[0]): Promise<boolean> {
  try {
    await api.send(request);
    return true;
  } catch (error) {
    if (error instanceof ForgeError && (error.status === 422 || error.status === 400)) return false;
    throw error;
  }
}

function markerOf({ file, before, after }: CorrectedLine): string {
  const digest = digestOf([file, before, after].map((text) => text.toWellFormed())).slice(-16);
  return `<!-- grantkeeper:correction ${digest} -->`;
}

function bodyOf({ after }: CorrectedLine, marker: string, label: string): string {
  const fence = fenceFor(after);
  return `${marker}\nSuggested correction:\n\n${fence}${label}\n${after}\n${fence}`;
}
