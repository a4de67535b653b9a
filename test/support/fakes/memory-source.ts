import {
  type Relation,
  type RevisionStep,
  type Source,
  type SourceAnswer,
  SourceError,
} from "../../../src/controller/ports/source.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import type { ChangeAuthors } from "../../../src/model/authors.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Verification } from "../../../src/model/verification.ts";
import type { Commit, Snapshot } from "../../../src/model/snapshot.ts";
import type { Files } from "../../../demo/manifests.ts";
import type { ReviewedContent } from "../../../src/model/records/pull-requests/reviewed.ts";
import { err, ok, type Result } from "../../../src/model/values/result.ts";

/** A repository in memory: what is pushed last is latest, and what is pushed follows what was there before. */
export class MemorySource implements Source {
  readonly name: string;
  failure: Error | null = null;
  relation: Relation = "forward";
  /** Of the accepted revision, by what is pushed next; null: not known. */
  droppedCommits: readonly Commit[] | null = null;
  /** Of what is pushed next; by default a person made every file. */
  authors: ChangeAuthors = { kind: "read", byFile: new Map() };
  verification: Verification = { kind: "not-required" };
  /** Of each pull request that was merged. */
  content: Result<ReviewedContent, SourceError> = err(
    new SourceError({ code: "not-found", message: "there is no such commit", fix: "push it" }),
  );
  fetches = 0;
  /** Runs in each fetch, before it ends. */
  during: () => Promise<void> = () => Promise.resolve();
  changed: () => void = () => undefined;
  readonly #snapshots = new Map<Revision, Snapshot>();
  #latest: Snapshot | null = null;

  /** Of the next step from one revision to another. */
  newCommits: readonly Commit[] = [];

  constructor(name = "main") {
    this.name = name;
  }

  push(files: Files, refused: Snapshot["refused"] = []): Revision {
    const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
    const revision =
      `main@sha1:${sha256Hex(JSON.stringify([this.#snapshots.size, entries, refused])).slice(0, 40)}` as Revision;
    const snapshot: Snapshot = {
      source: this.name,
      revision,
      files: entries.map(([path, text]) => ({
        path,
        oid: sha256Hex(text),
        bytes: new TextEncoder().encode(text),
      })),
      refused,
      uncommitted: false,
    };
    this.#snapshots.set(revision, snapshot);
    this.#latest = snapshot;
    return revision;
  }

  /** The revision that was pushed then is latest again. */
  reset(revision: Revision): void {
    this.#latest = this.#snapshots.get(revision) ?? null;
  }

  async latest(): SourceAnswer<Snapshot> {
    this.fetches += 1;
    const latest = this.#latest;
    await this.during();
    if (this.failure instanceof SourceError) return err(this.failure);
    if (this.failure !== null) throw this.failure;
    if (latest === null)
      return err(
        new SourceError({ code: "not-found", message: "nothing was pushed", fix: "push something" }),
      );
    return ok(latest);
  }

  async at(revision: Revision): SourceAnswer<Snapshot> {
    const found = this.#snapshots.get(revision);
    if (found !== undefined) return ok(found);
    const problem = { code: "not-found", message: `${revision} is gone`, fix: "push it again" };
    return err(new SourceError(problem));
  }

  async compare(from: Revision | null): SourceAnswer<RevisionStep> {
    const relation = from === null ? "first" : this.relation;
    const { newCommits: commits, droppedCommits: dropped, authors } = this;
    return ok({ relation, commits, ...(dropped !== null && { dropped }), authors });
  }

  async reviewed(): SourceAnswer<ReviewedContent> {
    return this.content;
  }

  async verify(): SourceAnswer<Verification> {
    return ok(this.verification);
  }

  watch(changed: () => void): Promise<() => Promise<void>> {
    this.changed = changed;
    return Promise.resolve(() => {
      this.changed = () => undefined;
      return Promise.resolve();
    });
  }
}
