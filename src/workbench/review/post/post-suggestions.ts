import {
  CONVERSATIONS,
  PAGE_SIZE,
  type Conversation,
  type ForgeRequest,
  type PullRequest,
  type SuggestedComment,
} from "../../../network/forges/conversation.ts";
import { isInDifference, shownLinesIn, type ShownLines } from "../../../network/forges/shown-lines.ts";
import { digestOf } from "../../../model/values/digest.ts";
import { counted } from "../../../text/phrases.ts";
import { isShownAsItIs, type CorrectedLine } from "../../reports/corrected-line.ts";
import { fenceFor } from "../../reports/markdown.ts";
import { type ForgeApi, ForgeError } from "./forge-api.ts";
import { readPages, type OwnComments } from "./own-comments.ts";

export type NumberedPullRequest = PullRequest & { readonly number: number };

export interface PostedSoFar {
  readonly api: ForgeApi;
  /** A line for each thing that the forge has accepted, such as `comment added`; a later line replaces an earlier one. */
  readonly posted: Map<string, string>;
}

interface Suggested {
  readonly corrections: readonly CorrectedLine[];
  readonly commit: string;
  readonly pullRequest: NumberedPullRequest;
  readonly own: OwnComments;
}

type SuggestionRequests = NonNullable<Conversation["suggestions"]>;
type Together = Extract<SuggestionRequests["create"], { readonly kind: "together" }>;
type Each = Extract<SuggestionRequests["create"], { readonly kind: "each" }>;

/** More would bury the conversation; all are in the comment. */
const MOST = 20;
/** GitHub lists 3,000 files of a pull request. */
const MOST_PAGES = 30;

/** Offers each corrected line at its place, once. */
export async function postSuggestions(suggested: Suggested, { api, posted }: PostedSoFar): Promise<void> {
  const { suggestions } = CONVERSATIONS[api.target.forge];
  if (suggestions === null || suggested.corrections.length === 0) return;
  const missing = await missingSuggestions(suggested, suggestions, api);
  posted.set("suggestions", suggestionsText({ added: 0, refused: 0, outside: 0 }));
  if (missing.length === 0) return;
  const { create } = suggestions;
  const place = { repository: api.target.repository, pullRequest: suggested.pullRequest.number };
  if (create.kind === "each") await postEach(create, { place, missing }, { api, posted });
  else await postTogether(create, { place, missing, commit: suggested.commit }, { api, posted });
}

/** Those that no run before has posted. */
async function missingSuggestions(
  { corrections, commit, pullRequest, own }: Suggested,
  { list, comments, fence }: SuggestionRequests,
  api: ForgeApi,
): Promise<readonly SuggestedComment[]> {
  const place = { repository: api.target.repository, pullRequest: pullRequest.number };
  const existing = await readPages(api, { path: (page) => list(place, page), comments });
  return corrections
    .filter(isShownAsItIs)
    .slice(0, MOST)
    .flatMap((corrected) => {
      const marker = markerOf(corrected);
      if (existing.some((comment) => own.isOwn(comment, marker))) return [];
      const { file, line, endLine } = corrected;
      const at = { file, line, endLine, commit, diff: pullRequest.diff };
      return [{ at, body: bodyOf(corrected, marker, fence(at)) }];
    });
}

interface MissingSuggestions {
  readonly place: { readonly repository: string; readonly pullRequest: number };
  readonly missing: readonly SuggestedComment[];
}

/** If a request fails, those before it stay. */
async function postEach(
  { request }: Each,
  { place, missing }: MissingSuggestions,
  { api, posted }: PostedSoFar,
): Promise<void> {
  let [added, outside] = [0, 0];
  for (const suggestion of missing) {
    const one = request(place, suggestion);
    if (one !== null && (await isAccepted(api, one))) added += 1;
    else outside += 1;
    posted.set("suggestions", suggestionsText({ added, refused: 0, outside }));
  }
}

/** All in one request, so that none is posted without the others. One line outside of the difference would refuse all. */
async function postTogether(
  { files, request }: Together,
  { place, missing, commit }: MissingSuggestions & { readonly commit: string },
  { api, posted }: PostedSoFar,
): Promise<void> {
  const shown = await shownLines(api, (page) => files(place, page));
  const suggestions = missing.filter(({ at }) => isInDifference(shown, at));
  const outside = missing.length - suggestions.length;
  posted.set("suggestions", suggestionsText({ added: 0, refused: 0, outside }));
  if (suggestions.length === 0) return;
  const areAccepted = await isAccepted(api, request(place, { commit, suggestions }));
  const [added, refused] = areAccepted ? [suggestions.length, 0] : [0, suggestions.length];
  posted.set("suggestions", suggestionsText({ added, refused, outside }));
}

async function shownLines(api: ForgeApi, path: (page: number) => string): Promise<readonly ShownLines[]> {
  const shown: ShownLines[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const files = await api.read(path(page));
    shown.push(...shownLinesIn(files));
    if (!Array.isArray(files) || files.length < PAGE_SIZE) break;
  }
  return shown;
}

interface SuggestionCounts {
  readonly added: number;
  /** The forge took none of those that were posted together. */
  readonly refused: number;
  /** Lines that the pull request does not show. */
  readonly outside: number;
}

function suggestionsText({ added, refused, outside }: SuggestionCounts): string {
  return [
    `${counted(added, "suggestion")} added`,
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(outside === 0 ? [] : [`${counted(outside, "line")} not in the difference`]),
  ].join(", ");
}

/** A forge refuses a line that the pull request does not show. */
async function isAccepted(api: ForgeApi, request: ForgeRequest): Promise<boolean> {
  try {
    await api.send(request);
    return true;
  } catch (error) {
    if (error instanceof ForgeError && (error.status === 422 || error.status === 400)) return false;
    throw error;
  }
}

function markerOf({ file, before, after }: CorrectedLine): string {
  const digest = digestOf([file, before, after ?? ""].map((text) => text.toWellFormed())).slice(-16);
  return `<!-- grantkeeper:correction ${digest} -->`;
}

function bodyOf({ after }: CorrectedLine, marker: string, label: string): string {
  const fence = fenceFor(after ?? "");
  // Without a line between the fences, the forge removes the lines.
  const lines = after === null ? "" : `${after}\n`;
  const title = after === null ? "Suggested correction: remove this" : "Suggested correction:";
  return `${marker}\n${title}\n\n${fence}${label}\n${lines}${fence}`;
}
