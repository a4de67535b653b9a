import { profileText } from "../profiles.ts";
import { cli } from "./cli.ts";
import { commitBase, writeManifests } from "./plan-command.ts";

export const PROFILE = "platform/profile.yaml";

export interface Merge {
  readonly autoMergeable: boolean;
  readonly whyNot: readonly { readonly code: string; readonly reason: string }[];
}

export type Files = Readonly<Record<string, string>>;

/** A Team that owns some resources, and a profile that asks for an approval of new access but for these grants. */
export const preapproving = (preapproved: string): Files => ({
  "platform/team.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: ["*"], functions: ["*"], resources: [orders, carts, customers, news]}
`,
  [PROFILE]: profileText("reviewed", `{approval: {for: new-access, preapproved: ${preapproved}}}`),
});

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
