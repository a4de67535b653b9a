import { joinedAuthors, unknownAuthors, type Authors } from "../../model/authors.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import { assistantOf, statedAuthors, type CommitIdentity } from "./identify.ts";

/** The digits of a hash that people read. */
const SHORT_HASH = 8;
const MAX_MAIL = 200;
/** Of one commit. Its author and its committer come first. */
const MAX_CO_AUTHORS = 50;
/** The committer of what people merge in the browser: no person. */
const FORGE_MAIL = "noreply@github.com";
/** An address that could not be compared with another one. */
const NO_MAIL = new RegExp(`^$|^${FORGE_MAIL.replaceAll(".", "\\.")}$`);

/**
 * The authors that a commit object states: its author and committer, and the co-authors in its message. A committer who
 * rebases or amends the change of another person can put anything into it.
 */
export function authorsOf(hash: string, bytes: Uint8Array): Authors {
  const text = Buffer.from(bytes).toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = end === -1 ? text : text.slice(0, end);
  const author = identityIn(headers, "author");
  const committer = identityIn(headers, "committer");
  const commit = hash.slice(0, SHORT_HASH);
  if (author === null || committer === null) {
    const readable = [author, committer].filter((one) => one !== null);
    return unknownAuthors(`commit ${commit} states none that can be read`, mailsOf(readable));
  }
  const stated = statedAuthors(end === -1 ? "" : text.slice(end + 2));
  const named = [assistantOf(author), assistantOf(committer), ...stated.assistants];
  const names = new Set(named.filter((name) => name !== null));
  const committers = isForge(committer) ? [] : [committer];
  const people = [author, ...committers, ...stated.coAuthors].filter((one) => assistantOf(one) === null);
  const mails = mailsOf(people.slice(0, 1 + committers.length + MAX_CO_AUTHORS));
  const assistants = [...names].map((name) => ({ assistant: cleanSourceLine(name, 40), commit }));
  const isPartial = mails.length < people.length;
  return joinedAuthors([{ people: mails, assistants, unknown: null, ...(isPartial && { isPartial }) }]);
}

/** The authors of a commit whose message is too large to be read: other authors may be in it. */
export function authorsOfLarge(hash: string, addresses: readonly string[]): Authors {
  const unknown = `the message of commit ${hash.slice(0, SHORT_HASH)} is too large`;
  return { ...unknownAuthors(unknown), people: mailsOf(addresses.map((mail) => ({ mail }))) };
}

function isForge({ mail }: CommitIdentity): boolean {
  return mail.trim().toLowerCase() === FORGE_MAIL;
}

function mailsOf(people: readonly Pick<CommitIdentity, "mail">[]): readonly string[] {
  const mails = people.map(({ mail }) => cleanSourceLine(mail, MAX_MAIL).toLowerCase());
  return mails.filter((mail) => !NO_MAIL.test(mail));
}

/** `author NAME <MAIL> SECONDS ZONE`. A crafted commit may have more angle brackets: the last pair is its address. */
function identityIn(headers: string, header: "author" | "committer"): CommitIdentity | null {
  const line = headers.split("\n").find((one) => one.startsWith(`${header} `));
  const [, name, mail] = /^\S+ (.*?) ?<([^<>]*)>[^<>]*$/.exec(line ?? "") ?? [];
  return name === undefined || mail === undefined ? null : { name, mail };
}
