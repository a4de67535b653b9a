import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Desired } from "../../../src/model/desired.ts";
import { compileTexts } from "../manifests.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/assistants");

export const BROKEN = join(FIXTURES, "broken");
export const FIXED = join(FIXTURES, "fixed");

/** Writes a repository with these manifests of the team `orders`. */
export async function writeRepository(root: string, manifests: string): Promise<void> {
  await cp(join(FIXTURES, "world"), root, { recursive: true });
  await cp(manifests, join(root, "teams/orders"), { recursive: true });
}

/** Names of the manifests, without their ending. */
export async function manifestNames(): Promise<readonly string[]> {
  return (await readdir(BROKEN)).map((file) => file.replace(/\.yaml$/, "")).sort();
}

/** Every document of a repository, compiled. */
export async function compiledRepository(root: string): Promise<Desired> {
  const paths = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(".yaml")).sort();
  const texts = paths.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const);
  return compileTexts(Object.fromEntries(await Promise.all(texts))).desired;
}
