import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { LOCAL_TOKEN, startTestServer } from "../screens/http-server.ts";
import { cli, type CliRun, type CliSetting } from "../screens/cli.ts";

/** A folder for exports, which `remove` removes with all of them. */
export class ExportFolder {
  readonly path: string;
  #count = 0;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<ExportFolder> {
    return new ExportFolder(await mkdtemp(join(tmpdir(), "grantkeeper-export-")));
  }

  /** A place for one export. */
  next(): string {
    this.#count += 1;
    return join(this.path, `site-${this.#count}`);
  }

  /** A page without a build, for tests that open none. */
  async plainPage(): Promise<string> {
    const folder = join(this.path, "page");
    await mkdir(join(folder, "assets"), { recursive: true });
    await writeFile(join(folder, "index.html"), "<!doctype html>\n");
    await writeFile(join(folder, "assets", "site.js"), "void 0;\n");
    return folder;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

export interface ExportOptions {
  readonly out: string;
  readonly page: string;
  readonly token?: string;
  readonly more?: readonly string[];
  readonly setting?: CliSetting;
}

/** Runs `export site` against a server. */
export function exportFrom(
  { url }: { readonly url: string },
  { out, page, token = LOCAL_TOKEN, more = [], setting = {} }: ExportOptions,
): Promise<CliRun> {
  const env = { GRANTKEEPER_TOKEN: token, NO_COLOR: "1" };
  return cli(["export", "site", "--out", out, "--server", url, ...more], { env, sitePage: page, ...setting });
}

/** The same against a server of its own. */
export async function exportOf(
  state: Parameters<typeof startTestServer>[0],
  options: ExportOptions,
): Promise<CliRun> {
  const server = await startTestServer(state);
  try {
    return await exportFrom(server, options);
  } finally {
    await server.close();
  }
}

/** The same for tests that look at the export. @throws Error if it fails */
export async function writtenExport(...given: Parameters<typeof exportOf>): Promise<void> {
  const { code, err } = await exportOf(...given);
  if (code !== 0) throw new Error(`the export failed: ${err}`);
}

/** Every file of an export by its path. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (file) => [relative(folder, file), await readFile(file, "utf8")] as const),
  );
  return new Map(texts);
}

/** The value of a file of `data/`. */
export function dataOf(files: ReadonlyMap<string, string>, name: string): unknown {
  const text = files.get(`data/${name}.js`) ?? "";
  const json = JSON.parse(`[${text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"))}]`) as [
    string,
    string,
  ];
  return JSON.parse(json[1]);
}
