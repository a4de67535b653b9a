import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of npm whose code is in the files of the page. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of its package.json. */
  readonly license: string;
}

/** @param inputs the files of the bundle, as esbuild names them */
export function bundledPackages(root: string, inputs: readonly string[]): readonly BundledPackage[] {
  const names = inputs.flatMap((file) => {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(file) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort().map((name) => {
    const { version, license } = JSON.parse(
      readFileSync(join(root, "node_modules", name, "package.json"), "utf8"),
    ) as { readonly version: string; readonly license?: string };
    if (license === undefined) throw new Error(`${name}: its package.json names no licence`);
    return { name, version, license };
  });
}

/** The packages in a built page, from its `page.json`. */
export function readPagePackages(file: string): readonly BundledPackage[] {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly packages: readonly BundledPackage[];
  };
  return packages;
}

/** The notices of all packages, one after the other. */
export function noticesOf(root: string, packages: readonly BundledPackage[]): string {
  return packages.map((each) => noticeOf(root, each)).join(`\n${"-".repeat(72)}\n\n`);
}

function noticeOf(root: string, { name, version, license }: BundledPackage): string {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (file === undefined) throw new Error(`${name}: it has no file with its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
