import { pathsAbove } from "../../model/keys/paths.ts";
import { type GitEntry, type ListedBlob, refusalOf } from "../objects/listing.ts";
import {
  type Share,
  type ShareBuilder,
  ShareBuilders,
  type ShareRules,
  teamFolderOf,
} from "../rules/team-shares.ts";

/** Assigns the entries of an index to the teams' shares, as for the folders of a commit. */
export function sharesOfIndex(
  entries: readonly GitEntry[],
  nested: readonly string[],
  rules: ShareRules,
): readonly Share<ListedBlob>[] {
  const builders = new ShareBuilders<ListedBlob>(rules);
  const folders = new Set<string>();
  const builderOf = (path: string): ShareBuilder<ListedBlob> => {
    const builder = builders.of(path);
    for (const folder of pathsAbove(path).slice(1)) {
      if (folder === builder.folder || folders.has(folder)) break;
      folders.add(folder);
      builder.addFolder();
    }
    return builder;
  };
  for (const { mode, path, oid } of entries) {
    const reason = refusalOf({ mode, path });
    if (reason === undefined) builderOf(path).addFile({ path, oid });
    else builderOf(path).refuse(path, reason);
  }
  for (const path of nested) builderOf(path).refuse(path, "submodule");
  return builders.shares();
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
