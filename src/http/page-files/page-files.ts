import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { errorCode } from "../../model/values/error-code.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Formats that are compressed already. */
const COMPRESSED: ReadonlySet<string> = new Set([".png", ".woff2"]);

/** The build writes the hash of the content into the name: `main-3KQ2ZV7A.js`. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

export interface PageFile {
  readonly type: string;
  /** Whether another content has another name. */
  readonly isHashed: boolean;
  readonly bytes: Buffer;
  /** null: the file does not become smaller. */
  readonly gzipped: Buffer | null;
}

/**
 * The files of the built page. They are listed once, and a request only selects from the list: no path of a request reaches
 * the disk. Each file is read and compressed when it is first asked for, and kept: the entire page is small.
 */
export class PageFiles {
  readonly #folder: string;
  #paths: Promise<ReadonlyMap<string, string>> | null = null;
  readonly #files = new Map<string, Promise<PageFile>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param path below the folder, with `/`; null: there is no such file */
  async file(path: string): Promise<PageFile | null> {
    const paths = await this.#list();
    const place = paths.get(path);
    if (place === undefined) return null;
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const read = readPageFile(place);
    this.#files.set(path, read);
    read.catch(() => this.#files.delete(path));
    return read;
  }

  /** A checkout may be built after the start: an empty list is not kept. */
  async #list(): Promise<ReadonlyMap<string, string>> {
    const listed = (this.#paths ??= listFiles(this.#folder));
    if ((await listed).size === 0 && this.#paths === listed) this.#paths = null;
    return listed;
  }
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return new Map(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((place) => [relative(folder, place).split(sep).join("/"), place]),
    );
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return new Map();
    throw cause;
  }
}

async function readPageFile(place: string): Promise<PageFile> {
  const bytes = await readFile(place);
  const extension = extname(place).toLowerCase();
  const type = TYPES[extension] ?? "application/octet-stream";
  const smaller = COMPRESSED.has(extension) ? bytes : await promisify(gzip)(bytes, { level: 9 });
  const gzipped = smaller.length < bytes.length ? smaller : null;
  return { type, isHashed: HASHED.test(place), bytes, gzipped };
}
