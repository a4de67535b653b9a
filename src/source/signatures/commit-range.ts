import { gitFailure } from "../git/failure.ts";
import type { ObjectId } from "../git/refs.ts";
import { collect } from "../git/process.ts";
import { runIn, succeeded, type Repository } from "../git/repository.ts";

interface CommitRange {
  readonly tip: ObjectId;
  /** They and their histories are left out. */
  readonly known: readonly ObjectId[];
  readonly isFirstParent: boolean;
  readonly max: number;
}

const LINE_BYTES = 65;

/** The oldest first; if there are more than `max`, the newest of them. */
export async function newCommits(
  repository: Repository,
  { tip, known, isFirstParent, max }: CommitRange,
): Promise<readonly string[]> {
  const { sink, text } = collect(max * LINE_BYTES);
  const args = [
    "rev-list",
    "--topo-order",
    ...(isFirstParent ? ["--first-parent"] : []),
    `--max-count=${max}`,
    tip.hash,
    ...known.map(({ hash }) => `^${hash}`),
  ];
  const outcome = await runIn(repository, { args, sink });
  if (!succeeded(outcome)) throw gitFailure(repository, `list the commits before ${tip.hash}`, outcome);
  const hashes = text().split("\n").slice(0, -1);
  return hashes.toReversed();
}
