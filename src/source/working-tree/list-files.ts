import { gitFailure } from "../git/failure.ts";
import { runIn, succeeded, type Repository } from "../git/repository.ts";
import { Records } from "../objects/listing.ts";

export const LISTING = "list the working tree";

/** The wanted lines of `git ls-files`. Without a limit: there may be any number of other lines, which are not kept. */
export async function listFiles(
  repository: Repository,
  options: readonly string[],
  isWanted: (line: string) => boolean,
): Promise<readonly string[]> {
  const records = new Records(Infinity, (record) => isWanted(record.toString("utf8")));
  const args = ["ls-files", "-z", ...options];
  const outcome = await runIn(repository, { args, sink: (chunk) => records.take(chunk) });
  if (!succeeded(outcome)) throw gitFailure(repository, LISTING, outcome);
  return records.complete.map((record) => record.toString("utf8"));
}
