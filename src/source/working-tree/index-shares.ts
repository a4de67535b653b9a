import { pathsAbove } from "../../model/values/paths.ts";
import { type GitEntry, type ListedBlob, refusalOf } from "../objects/listing.ts";
import { type Share, ShareBuilder, type ShareRules, teamFolderOf } from "../rules/team-shares.ts";

/** Assigns the entries of an index to the teams' shares, as for the folders of a commit. */
export function sharesOfIndex(
  entries: readonly GitEntry[],
  nested: readonly string[],
  { paths, limits }: ShareRules,
): readonly Share<ListedBlob>[] {
  const builders = new Map([[null as string | null, new ShareBuilder<ListedBlob>(null, limits)]]);
  const folders = new Set<string>();
  const builderOf = (path: string): ShareBuilder<ListedBlob> => {
    const team = teamFolderOf(path, paths);
    const builder = builders.get(team) ?? new ShareBuilder<ListedBlob>(team, limits);
    builders.set(team, builder);
    for (const folder of pathsAbove(path).slice(1)) {
      if (folder === team || folders.has(folder)) break;
      folders.add(folder);
      builder.addFolder();
    }
    return builder;
  };
  for (const entry of entries) {
    const reason = refusalOf(entry);
    if (reason === undefined) builderOf(entry.path).addFile({ path: entry.path, oid: entry.oid });
    else builderOf(entry.path).refuse(entry.path, reason);
  }
  for (const path of nested) builderOf(path).refuse(path, "submodule");
  return [...builders.values()].map((builder) => builder.share());
}

/** Whether one more path of a share must be kept. Over its limit, the share becomes one refused folder in any case. */
export function keepsShares({ paths, limits }: ShareRules): (path: string) => boolean {
  const counts = new Map<string | null, number>();
  return (path) => {
    const team = teamFolderOf(path, paths);
    const count = counts.get(team) ?? 0;
    counts.set(team, count + 1);
    return count <= (team === null ? limits.files : limits.teamFiles);
  };
}
