import type {
  MergedHead,
  RevisionRange,
  RevisionStep,
  Source,
  SourceAnswer,
} from "../controller/ports/source.ts";
import type { Namespace } from "../model/aws/ids.ts";
import type { Authors, ChangeAuthors } from "../model/authors.ts";
import type { ReviewedContent } from "../model/records/pull-requests/reviewed.ts";
import type { Revision } from "../model/values/revision.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { ok } from "../model/values/result.ts";
import { prefixedRevision, withoutPrefix, withPrefix } from "../model/keys/source-prefix.ts";

/**
 * A source whose manifests belong to one namespace: its paths and revisions begin with the namespace, so that they never
 * equal those of another source, even of the same repository at the same commit.
 */
export function forNamespace(source: Source, namespace: Namespace): Source {
  const ours = async (reading: SourceAnswer<Snapshot>): SourceAnswer<Snapshot> => {
    const snapshot = await reading;
    return snapshot.kind === "err" ? snapshot : ok(prefixed(snapshot.value, namespace));
  };
  return {
    name: source.name,
    latest: (signal) => ours(source.latest(signal)),
    at: (revision, signal) => ours(source.at(withoutPrefix(revision), signal)),
    compare: async (from, to, signal) => {
      const step = await source.compare(inner(from), withoutPrefix(to), signal);
      if (step.kind === "err") return step;
      const authors = prefixedAuthors(step.value.authors, namespace);
      return ok({ ...step.value, authors } satisfies RevisionStep);
    },
    verify: (range, signal) => source.verify(innerRange(range), signal),
    ...(source.reviewed && { reviewed: (merge, signal) => reviewedIn(source, merge, signal) }),
    watch: (changed) => source.watch(changed),
  };
}

function prefixed(snapshot: Snapshot, namespace: Namespace): Snapshot {
  const here = <Entry extends { readonly path: string }>(entry: Entry): Entry => ({
    ...entry,
    path: withPrefix(namespace, entry.path),
  });
  return {
    ...snapshot,
    revision: prefixedRevision(namespace, snapshot.revision),
    files: snapshot.files.map(here),
    refused: snapshot.refused.map(here),
  };
}

function prefixedAuthors(authors: ChangeAuthors, namespace: Namespace): ChangeAuthors {
  if (authors.kind === "unknown") return authors;
  const byFile = [...authors.byFile].map(([path, one]): readonly [string, Authors] => [
    withPrefix(namespace, path),
    one,
  ]);
  return { kind: "read", byFile: new Map(byFile) };
}

function inner(revision: Revision | null): Revision | null {
  return revision === null ? null : withoutPrefix(revision);
}

function reviewedIn(
  source: Source,
  { from, to, head }: MergedHead,
  signal: AbortSignal,
): SourceAnswer<ReviewedContent> {
  const merge = { from: withoutPrefix(from), to: withoutPrefix(to), head };
  if (source.reviewed === undefined) throw new Error(`source "${source.name}" has no commits`);
  return source.reviewed(merge, signal);
}

function innerRange({ from, approved, to }: RevisionRange): RevisionRange {
  return {
    from: inner(from),
    approved: approved.map(withoutPrefix),
    to: withoutPrefix(to),
  };
}
