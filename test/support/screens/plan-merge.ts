import { cli } from "./cli.ts";
import { commitBase, writeManifests } from "./plan-command.ts";

export const PROFILE = "platform/profile.yaml";

export interface Merge {
  readonly autoMergeable: boolean;
  readonly whyNot: readonly { readonly code: string; readonly reason: string }[];
}

export type Files = Readonly<Record<string, string>>;

/** What `plan --base` states of a change from one set of files to another. */
export async function mergeOf(
  root: string,
  before: Files,
  after: Files,
): Promise<Merge & { readonly changes: readonly Merge[] }> {
  await commitBase(root, before);
  await writeManifests(root, after);
  const { out } = await cli(["plan", root, "--base", "main", "-o", "json"]);
  return JSON.parse(out) as Merge & { readonly changes: readonly Merge[] };
}
