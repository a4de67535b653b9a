import {
  type MergedHead,
  type RevisionRange,
  type RevisionStep,
  type Source,
  type SourceAnswer,
  SourceError,
} from "../controller/ports/source.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { ProxyRoutes } from "../model/network/proxy.ts";
import { parseRevision, type Revision, revisionParts } from "../model/values/revision.ts";
import { orThrow, resultOf } from "../model/values/result.ts";
import type { ReviewedContent } from "../model/records/pull-requests/reviewed.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { SignatureSettings, Verification } from "../model/verification.ts";
import { authorsBetween, authorsOfRewritten } from "./authors/authors-between.ts";
import { RecentContents } from "./objects/recent-contents.ts";
import type { GitAuth } from "./git/credential.ts";
import {
  declaredPaths,
  type DeclaredPaths,
  type SourceLimits,
  type SourcePaths,
} from "./rules/entry-rules.ts";
import { gitDeadline, type Deadline } from "./git/failure.ts";
import { commitsBetween, relationOf } from "./git/history.ts";
import { Mirror } from "./git/mirror.ts";
import { noSuchRef, noTagInRange } from "./git/no-such-ref.ts";
import { type AdvertisedRef, isSameRef, objectId, type ObjectId } from "./git/refs.ts";
import type { Repository } from "./git/repository.ts";
import { checkGitRef, checkGitUrl, type GitRef, type UrlAllowance } from "./git/url.ts";
import { highestTag, isSameVersion, versionTagsText } from "./git/version-tags.ts";
import { noSuchHead, reviewedContent } from "./reviewed.ts";
import { SignatureVerifier } from "./signatures/verifier.ts";

export interface GitSourceOptions extends UrlAllowance {
  readonly name: string;
  readonly url: string;
  readonly ref: GitRef;
  readonly auth: GitAuth;
  /** Trusted certificates of https servers, in PEM; null: those of the system. */
  readonly caFile: string | null;
  /** The proxies of https servers. */
  readonly routes: ProxyRoutes;
  /** null: no signature is needed. */
  readonly signatures: SignatureSettings | null;
  /** The folder of all mirrors, `stateDir/mirror`; created if it does not exist. */
  readonly mirrorDir: string;
  /** Files outside these paths are not read. */
  readonly paths: SourcePaths;
  readonly limits: SourceLimits & { readonly mirrorBytes: number };
  /** The time limit of one call of the source, with all its git commands. */
  readonly timeoutMs: number;
  readonly telemetry: Telemetry;
}

/** A git repository over https, ssh, or another protocol that the operator allowed. A process has one for a name and URL. */
export class GitSource implements Source {
  readonly name: string;
  readonly #options: GitSourceOptions;
  readonly #paths: DeclaredPaths;
  readonly #mirror: Mirror;
  readonly #verifier: SignatureVerifier | null;
  readonly #recent = new RecentContents();
  /** Of the last fetch of this process. */
  #tip: AdvertisedRef | null = null;
  /** Hashes of commits that the mirror has: nothing is removed from it, but it may be lost completely, and fetched again. */
  readonly #present = new Set<string>();

  /** @throws SourceError `refused-url`, `refused-ref` or `refused-path`: the configuration is wrong */
  constructor(options: GitSourceOptions) {
    const remote = orThrow(checkGitUrl(options.url, options));
    orThrow(checkGitRef(options.ref));
    const { name: source, auth, caFile, routes, mirrorDir, signatures } = options;
    const { mirrorBytes } = options.limits;
    this.name = options.name;
    this.#options = options;
    this.#paths = declaredPaths(options.name, options.paths);
    this.#verifier = signatures === null ? null : new SignatureVerifier(signatures, mirrorDir);
    this.#mirror = new Mirror({ source, remote, auth, caFile, routes, mirrorDir, mirrorBytes });
  }

  latest(signal: AbortSignal): SourceAnswer<Snapshot> {
    return this.#answer(signal, (until) => this.#latest(until));
  }

  at(revision: Revision, signal: AbortSignal): SourceAnswer<Snapshot> {
    return this.#answer(signal, async (until) =>
      this.#snapshot(await this.#required(revision, until), revision, until),
    );
  }

  compare(from: Revision | null, to: Revision, signal: AbortSignal): SourceAnswer<RevisionStep> {
    return this.#answer(signal, (until) => this.#compare(from, to, until));
  }

  verify(range: RevisionRange, signal: AbortSignal): SourceAnswer<Verification> {
    return this.#answer(signal, (until) => this.#verify(range, until));
  }

  readonly reviewed = (merge: MergedHead, signal: AbortSignal): SourceAnswer<ReviewedContent> =>
    this.#answer(signal, async (until) => {
      const [from, to, head] = [nameOf(merge.from), nameOf(merge.to), objectId(merge.head)];
      for (const one of [merge.from, merge.to]) await this.#required(one, until);
      if (!(await this.#obtain(head, until))) throw noSuchHead(this.name, merge.head);
      return reviewedContent(this.#mirror.repository(to.algorithm, until), { from, to, head });
    });

  /** All git commands of one call have one time limit. */
  #answer<Value>(signal: AbortSignal, work: (until: Deadline) => Promise<Value>): SourceAnswer<Value> {
    return resultOf(work(gitDeadline(signal, this.#options.timeoutMs)), SourceError);
  }

  async #latest(until: Deadline): Promise<Snapshot> {
    const { name, commit } = await this.#newest(until);
    const revision = parseRevision(`${name}@${commit.algorithm}:${commit.hash}`);
    if (revision === undefined) throw new Error(`cannot make a revision from ${name} and ${commit.hash}`);
    return this.#snapshot(commit, revision, until);
  }

  /**
   * If `from` is in neither the mirror nor the remote (the mirror is lost and a force-push removed the commit), `from`
   * is not in the history of `to`. So `to` is no step forward, and the answer is `rewritten` with the newest commits of
   * `to`.
   */
  async #compare(from: Revision | null, to: Revision, until: Deadline): Promise<RevisionStep> {
    const [older, newer] = [from === null ? null : nameOf(from), nameOf(to)];
    if (older?.hash === newer.hash)
      return { relation: "same", commits: [], authors: { kind: "read", byFile: new Map() } };
    await this.#required(to, until);
    const repository = this.#mirror.repository(newer.algorithm, until);
    if (from === null || older === null) return this.#firstStep(repository, newer);
    const isThere = await this.#obtain(older, until);
    const history = isThere ? await relationOf(repository, older, newer) : "rewritten";
    // A version that is published stays what it was.
    const { kind } = this.#options.ref;
    const isSame = kind === "semver" && isSameVersion(revisionParts(from).ref, revisionParts(to).ref);
    const relation = history === "forward" && isSame ? "moved" : history;
    const commits = await commitsBetween(repository, isThere ? older : undefined, newer);
    const isLost = history === "forward" || !isThere || older.algorithm !== newer.algorithm;
    const dropped = isLost ? {} : { dropped: await commitsBetween(repository, newer, older) };
    const change = { from: older, to: newer, paths: this.#paths };
    const authors =
      history === "forward"
        ? authorsBetween(repository, change)
        : authorsOfRewritten(repository, { ...change, from: isThere ? older : null }, NOT_FORWARD);
    return { relation, commits, ...dropped, authors: await authors };
  }

  async #firstStep(repository: Repository, to: ObjectId): Promise<RevisionStep> {
    const change = { from: null, to, paths: this.#paths };
    const authors = await authorsOfRewritten(repository, change, NOTHING_BEFORE);
    return { relation: "first", commits: [], authors };
  }

  async #verify({ from, approved, to }: RevisionRange, until: Deadline): Promise<Verification> {
    const { signatures } = this.#options;
    if (this.#verifier === null || signatures === null) return { kind: "not-required" };
    const tip = await this.#required(to, until);
    const trusted = signatures.trustedCommit === null ? [] : [objectId(signatures.trustedCommit)];
    const bases = [...trusted, ...(from === null ? [] : [nameOf(from)]), ...approved.map(nameOf)];
    const known: ObjectId[] = [];
    for (const base of bases)
      if (base.algorithm === tip.algorithm && (await this.#obtain(base, until))) known.push(base);
    return this.#verifier.verify({
      repository: this.#mirror.repository(tip.algorithm, until),
      tip,
      known,
      isFirst: from === null,
      tag: await this.#fetchedTag(to, until),
    });
  }

  watch(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  /** The current commit of the configured ref on the server, fetched into the mirror with its history. */
  async #newest(until: Deadline): Promise<{ readonly name: string; readonly commit: ObjectId }> {
    const { kind, name } = this.#options.ref;
    if (kind === "commit") {
      const commit = objectId(name);
      this.#present.clear();
      if (await this.#obtain(commit, until)) return { name: "commit", commit };
      throw noSuchRef(
        this.#options,
        "the server has no such commit, or does not allow fetching a commit by its hash",
      );
    }
    const found = kind === "semver" ? await this.#highestTag(until) : await this.#namedRef(until);
    const folder = kind === "branch" ? "refs/heads" : "refs/tags";
    return { name: found.name, commit: await this.#fetched(`${folder}/${found.name}`, found.at, until) };
  }

  async #namedRef(until: Deadline): Promise<{ readonly name: string; readonly at: AdvertisedRef }> {
    const { kind, name } = this.#options.ref;
    const ref = `${kind === "branch" ? "refs/heads" : "refs/tags"}/${name}`;
    const at = await this.#mirror.advertised(ref, until);
    if (at !== undefined) return { name, at };
    throw noSuchRef(
      this.#options,
      "the repository is empty or has no such ref, or the URL is not a repository",
    );
  }

  async #highestTag(until: Deadline): Promise<{ readonly name: string; readonly at: AdvertisedRef }> {
    const tags = await this.#mirror.tags(until);
    const highest = highestTag(tags, this.#options.ref.name);
    if (highest !== undefined) return highest;
    throw noTagInRange(this.#options, versionTagsText(tags));
  }

  /** The commit of the ref, which is fetched unless the mirror has it. */
  async #fetched(ref: string, at: AdvertisedRef, until: Deadline): Promise<ObjectId> {
    const { commit } = at;
    const { algorithm } = commit;
    // A tip that is known to differ needs no look into the mirror.
    if (this.#tip === null || isSameRef(this.#tip, at)) {
      if (this.#tip !== null && (await this.#mirror.hasTip(at))) return commit;
      const before = await this.#mirror.tip(algorithm, until);
      if (before !== undefined && isSameRef(before, at)) {
        this.#tip = before;
        return commit;
      }
    }
    await this.#mirror.fetch({ from: ref, as: "tip", algorithm }, until);
    this.#present.clear();
    const tip = await this.#mirror.tip(algorithm, until);
    if (tip === undefined) throw noSuchRef(this.#options, "it does not name a commit");
    this.#tip = tip;
    const { hash } = tip.commit;
    this.#present.add(hash);
    this.#options.telemetry.debug("git fetched", { source: this.name, ref, commit: hash });
    return tip.commit;
  }

  /** The tag of the last fetch, if it names the revision. */
  async #fetchedTag(
    revision: Revision,
    until: Deadline,
  ): Promise<{ readonly name: string; readonly hash: string } | null> {
    const { ref: name, algorithm, hash } = revisionParts(revision);
    const { kind } = this.#options.ref;
    if (kind !== "tag" && kind !== "semver") return null;
    const tip = await this.#mirror.tip(algorithm, until);
    return tip?.commit.hash === hash ? { name, hash: tip.object } : null;
  }

  /** The commit of the revision, which is then in the mirror. @throws SourceError `not-found` */
  async #required(revision: Revision, until: Deadline): Promise<ObjectId> {
    const commit = nameOf(revision);
    if (await this.#obtain(commit, until)) return commit;
    throw new SourceError({
      source: this.name,
      code: "not-found",
      message: `revision ${revision} is neither in the mirror nor on the server`,
      fix: "push the commit again, or accept another revision",
    });
  }

  /** Whether the commit is in the mirror; fetches it from the server if it is not. */
  async #obtain(commit: ObjectId, until: Deadline): Promise<boolean> {
    const { hash } = commit;
    if (this.#present.has(hash)) return true;
    const isThere = (await this.#mirror.has(commit, until)) || (await this.#fetchOlder(commit, until));
    if (isThere) this.#present.add(hash);
    return isThere;
  }

  async #fetchOlder(commit: ObjectId, until: Deadline): Promise<boolean> {
    const { hash: from, algorithm } = commit;
    const fetching = this.#mirror.fetch({ from, as: "older", algorithm }, until);
    const fetched = await resultOf(fetching, SourceError);
    if (fetched.kind === "ok") return this.#mirror.has(commit, until);
    if (fetched.error.code === "not-found") return false;
    throw fetched.error;
  }

  async #snapshot(commit: ObjectId, revision: Revision, until: Deadline): Promise<Snapshot> {
    const top = `${commit.hash}^{tree}`;
    const request = { commit, top, paths: this.#paths, limits: this.#options.limits };
    const repository = this.#mirror.repository(commit.algorithm, until);
    const content = await this.#recent.read(repository, request);
    return { source: this.name, revision, ...content, uncommitted: false };
  }
}

const NOT_FORWARD = "the history does not continue the accepted revision";
const NOTHING_BEFORE = "there is nothing to compare with";

function nameOf(revision: Revision): ObjectId {
  const { algorithm, hash } = revisionParts(revision);
  return { algorithm, hash };
}
