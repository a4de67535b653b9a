import { git } from "../../git/git-repository.ts";
import type { SignedSource } from "../signed-source.ts";
import type { GitsignOptions, TestSigstore } from "./gitsign.ts";

/** The text of a commit in a repository with SHA-1, with a signature as gitsign makes it. */
export function gitsigned(text: string, sigstore: TestSigstore, options: GitsignOptions = {}): string {
  return withSignature(text, "gpgsig", sigstore.sign(text, options).der);
}

function withSignature(text: string, header: "gpgsig" | "gpgsig-sha256", der: Buffer): string {
  return text.replace("\n\n", `\n${header} ${blockOf(der).trimEnd().replaceAll("\n", "\n ")}\n\n`);
}

/** A commit on main that is signed as gitsign does. */
export async function gitsignCommit(
  source: SignedSource,
  sigstore: TestSigstore,
  options: GitsignOptions = {},
): Promise<string> {
  const text = await source.objectText("commit", await source.commit());
  const name = source.first.length === 64 ? "gpgsig-sha256" : "gpgsig";
  return source.writeObject("commit", withSignature(text, name, sigstore.sign(text, options).der));
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
