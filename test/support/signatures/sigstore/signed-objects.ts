import { git } from "../../git/git-repository.ts";
import type { SignedSource } from "../signed-source.ts";
import type { GitsignOptions, TestSigstore } from "./gitsign.ts";

/** A commit on main that is signed as gitsign does. */
export async function gitsignCommit(
  source: SignedSource,
  sigstore: TestSigstore,
  options: GitsignOptions = {},
): Promise<string> {
  const text = await source.objectText("commit", await source.commit());
  const name = source.first.length === 64 ? "gpgsig-sha256" : "gpgsig";
  const block = blockOf(sigstore.sign(text, options).der).trimEnd().replaceAll("\n", "\n ");
  return source.writeObject("commit", text.replace("\n\n", `\n${name} ${block}\n\n`));
}

/** The tag v1 of this commit, signed as gitsign does. */
export async function gitsignTag(source: SignedSource, sigstore: TestSigstore, hash: string): Promise<void> {
  await git(source.repository.bare, ["tag", "-a", "-m", "release", "v1", hash]);
  const text = await source.objectText("tag", "v1");
  await source.writeObject("tag", `${text}${blockOf(sigstore.sign(text).der)}`);
}

function blockOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN SIGNED MESSAGE-----", ...lines, "-----END SIGNED MESSAGE-----", ""].join("\n");
}
