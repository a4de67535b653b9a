import {
  commentIn,
  CONVERSATIONS,
  memberOf,
  type ForgeRequest,
} from "../../../network/forges/conversation.ts";
import { FORGES } from "../../../network/forges/status-form.ts";
import { MERGED } from "../../../network/forges/merged.ts";
import { refused, retry } from "../sink.ts";
import { Undelivered, type ForgeSession } from "./forge-session.ts";

/** Of a conversation with more comments, none is written: ours might be among those that were not read. */
const MOST_PAGES = 50;
const PAGE_SIZE = 50;

/** Whose comments are ours: anyone can write the marker into a comment, and could change the text later. */
export type Author =
  { readonly kind: "user"; readonly id: number } | { readonly kind: "app"; readonly appId: string };

export async function authorOf(session: ForgeSession): Promise<Author> {
  const { appId, forge } = session.repository;
  if (appId !== null) return { kind: "app", appId };
  const id = memberOf((await session.read("/user")).json, "id");
  if (typeof id === "number") return { kind: "user", id };
  const cause = `${FORGES[forge].label} does not show whose token this is`;
  throw new Undelivered(retry({ cause, fix: "use the token of a user" }));
}

/** What was done with one pull request. */
export interface Put {
  readonly kind: "added" | "updated" | "up-to-date" | "none" | "locked" | "gone";
  /** The id of our comment; null: there is none, or it is not known. */
  readonly comment: number | null;
}

export interface PutNote {
  readonly pullRequest: number;
  /** The id of our comment; null: there may be one. */
  readonly comment: number | null;
  readonly text: string;
  /** A pull request without our comment gets none. */
  readonly onlyUpdates: boolean;
}

/** Makes the one comment of this installation have the text. @throws Undelivered */
export async function putComment(note: PutNote, author: Author, session: ForgeSession): Promise<Put> {
  const { forge, repository } = session.repository;
  const { pullRequest, text, onlyUpdates } = note;
  const marker = markerOf(session);
  const body = `${marker}\n${text}`;
  const isOurs = (value: unknown): boolean => isOwn(value, marker, author);
  const own = (await knownComment(note, isOurs, session)) ?? (await ownComment(pullRequest, isOurs, session));
  if (own === "gone") return { kind: "gone", comment: null };
  if (own !== null && own.body.trim() === body.trim()) return { kind: "up-to-date", comment: own.id };
  if (own === null && onlyUpdates) return { kind: "none", comment: null };
  const { create, update } = CONVERSATIONS[forge];
  const place = { repository, pullRequest };
  const request = own === null ? create(place, body) : update(place, own.id, body);
  const written = await writtenUnlessLocked(request, pullRequest, session);
  if (written === "locked") return { kind: "locked", comment: own?.id ?? null };
  return own === null ? { kind: "added", comment: written } : { kind: "updated", comment: own.id };
}

/** Writes a comment of ours with the text that it has. @throws Undelivered */
export async function rewriteComment(
  { pullRequest, comment, text }: Pick<PutNote, "pullRequest" | "text"> & { readonly comment: number },
  session: ForgeSession,
): Promise<void> {
  const { forge, repository } = session.repository;
  const body = `${markerOf(session)}\n${text}`;
  await session.write(CONVERSATIONS[forge].update({ repository, pullRequest }, comment, body));
}

function markerOf({ repository: { name } }: ForgeSession): string {
  return `<!-- grantkeeper:applied ${name} -->`;
}

/** @returns the id of the comment; null: the answer does not show it */
async function writtenUnlessLocked(
  request: ForgeRequest,
  pullRequest: number,
  session: ForgeSession,
): Promise<number | "locked" | null> {
  try {
    return await session.write(request);
  } catch (error) {
    if (!(error instanceof Undelivered) || error.scope === "all") throw error;
    const { forge, repository } = session.repository;
    const { json } = await session.read(CONVERSATIONS[forge].pullRequest({ repository, pullRequest }));
    if (MERGED[forge].isLocked(json)) return "locked";
    throw error;
  }
}

interface OwnComment {
  readonly id: number;
  readonly body: string;
}

/** Read by itself: of a long conversation, the list costs many requests. null: it is to be searched for. */
async function knownComment(
  { pullRequest, comment }: PutNote,
  isOurs: (value: unknown) => boolean,
  session: ForgeSession,
): Promise<OwnComment | null> {
  if (comment === null) return null;
  const { forge, repository } = session.repository;
  const path = CONVERSATIONS[forge].comment({ repository, pullRequest }, comment);
  const { json } = await session.read(path, [404]);
  return isOurs(json) ? commentIn(json) : null;
}

/** null: there is none; `gone`: there is no such pull request. */
async function ownComment(
  pullRequest: number,
  isOurs: (value: unknown) => boolean,
  session: ForgeSession,
): Promise<OwnComment | "gone" | null> {
  const { forge, repository } = session.repository;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = CONVERSATIONS[forge].comments({ repository, pullRequest }, page, PAGE_SIZE);
    if (path === null) return null;
    const { status, json } = await session.read(path, [404]);
    if (status === 404) return goneIfReadable(session);
    if (!Array.isArray(json)) throw noList(session);
    const comment = commentIn(json.find(isOurs));
    if (comment !== null) return comment;
    if (json.length < PAGE_SIZE) return null;
  }
  const cause = `it has more than ${MOST_PAGES * PAGE_SIZE} comments, which are not read`;
  throw new Undelivered(refused({ cause, fix: "remove comments" }), "one");
}

async function goneIfReadable(session: ForgeSession): Promise<"gone"> {
  const { forge, repository } = session.repository;
  await session.read(MERGED[forge].repository(repository));
  return "gone";
}

function noList({ repository: { forge, apiUrl } }: ForgeSession): Undelivered {
  const cause = `${FORGES[forge].label} shows no list of comments`;
  return new Undelivered(retry({ cause, fix: `check pullRequestComments.apiUrl (${apiUrl})` }));
}

function isOwn(value: unknown, marker: string, author: Author): boolean {
  const comment = commentIn(value);
  if (comment === null || comment.body.split(/\r?\n/, 1)[0] !== marker) return false;
  if (author.kind === "user") return comment.authorId === author.id;
  // A person may act through an App too: only its bot writes as the App itself.
  const app = memberOf(value, "performed_via_github_app");
  const ids = [memberOf(app, "id"), memberOf(app, "client_id")].map(String);
  return memberOf(memberOf(value, "user"), "type") === "Bot" && ids.includes(author.appId);
}
