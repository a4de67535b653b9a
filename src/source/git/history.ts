import type { Relation } from "../../controller/ports/source.ts";
import type { Commit } from "../../model/snapshot.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import { gitFailure } from "./failure.ts";
import type { ObjectId } from "./refs.ts";
import { gitAnswer, type Repository, succeeded } from "./repository.ts";

const MAX_COMMITS = 100;
/** Git cuts the fields: a commit may have a subject of megabytes. */
const FIELDS = [
  "%H",
  "%<(200,trunc)%an",
  "%<(200,trunc)%ae",
  "%<(200,trunc)%cn",
  "%<(200,trunc)%ce",
  "%ct",
  "%<(300,trunc)%s",
];
const LAST_SECOND = 253_402_300_799;

/** The relation of `to` to `from`. Both are commits of the mirror with their complete history. */
export async function relationOf(repository: Repository, from: ObjectId, to: ObjectId): Promise<Relation> {
  if (from.hash === to.hash) return "same";
  if (from.algorithm !== to.algorithm) return "rewritten";
  if (await isAncestor(repository, { older: from, newer: to })) return "forward";
  return (await isAncestor(repository, { older: to, newer: from })) ? "older" : "rewritten";
}

/** Whether a commit is an ancestor of another one, or the same. */
export async function isAncestor(
  repository: Repository,
  { older, newer }: { readonly older: ObjectId; readonly newer: ObjectId },
): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", older.hash, newer.hash];
  const { outcome } = await gitAnswer(repository, args);
  if (outcome.kind === "exited" && (outcome.code === 0 || outcome.code === 1)) return outcome.code === 0;
  throw gitFailure(repository, `compare ${older.hash} with ${newer.hash}`, outcome);
}

/**
 * The commits in the history of `to` but not of `from`, newest first, at most 100. Without `from`: the newest commits
 * of `to`.
 */
export async function commitsBetween(
  repository: Repository,
  from: ObjectId | undefined,
  to: ObjectId,
): Promise<readonly Commit[]> {
  const range =
    from === undefined || from.algorithm !== to.algorithm ? [to.hash] : [to.hash, `^${from.hash}`];
  const format = `--format=tformat:${FIELDS.join("%x00")}`;
  const args = [
    "log",
    "-z",
    "--no-show-signature",
    "--no-mailmap",
    format,
    `--max-count=${MAX_COMMITS}`,
    ...range,
    "--",
  ];
  const { outcome, text } = await gitAnswer(repository, args);
  if (!succeeded(outcome)) throw gitFailure(repository, `read the history of ${to.hash}`, outcome);
  return parseCommits(text);
}

function parseCommits(text: string): readonly Commit[] {
  const values = text.split("\0").slice(0, -1);
  const count = Math.floor(values.length / FIELDS.length);
  return Array.from({ length: count }, (_, index) => {
    const [id = "", an = "", ae = "", cn = "", ce = "", at = "", subject = ""] = values.slice(
      index * FIELDS.length,
      (index + 1) * FIELDS.length,
    );
    return {
      id,
      author: person(an, ae),
      committer: person(cn, ce),
      at: isoTime(at),
      subject: cleanSourceLine(subject, 300),
    };
  });
}

/** `Name <mail>`, as the commit states it; not verified. */
function person(name: string, mail: string): string {
  return `${cleanSourceLine(name, 200)} <${cleanSourceLine(mail, 200)}>`;
}

/** The author of a commit can set any time, also after the year 9999. */
function isoTime(seconds: string): string {
  const known = Number(seconds);
  const second = Number.isSafeInteger(known) ? Math.min(Math.max(known, 0), LAST_SECOND) : 0;
  return new Date(second * 1_000).toISOString();
}
