import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { SITE_CALL } from "../../api/browser/site.ts";
import { byKey } from "../../text/order.ts";

/** The list of digests, in the form of `sha256sum`. */
const DIGESTS = "SHA256SUMS";

/** The files of an export, in a folder that nothing else writes. Each is written once, and only its digest is kept. */
export class ExportedFiles {
  readonly #folder: string;
  readonly #digests = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An empty folder, also after an earlier attempt. */
  async begin(): Promise<void> {
    this.#digests.clear();
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
  }

  get count(): number {
    return this.#digests.size;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await this.#create(path, content);
    this.#digests.set(path, createHash("sha256").update(content).digest("hex"));
  }

  /** A value that the page reads: a script, because a page on disk may read nothing else. */
  async writeData(name: string, value: unknown): Promise<void> {
    // JSON in a text, which the page parses: in a literal, a member "__proto__" would be the prototype.
    const [call, json] = [JSON.stringify(name), JSON.stringify(JSON.stringify(value))];
    await this.write(`data/${name}.js`, `${SITE_CALL}(${call}, ${json});\n`);
  }

  /** A text that `joinPieces` puts into a file. */
  async writePiece(piece: string, content: string): Promise<void> {
    await this.#create(piece, content);
  }

  /** One file of pieces, in their order. They are removed. */
  async joinPieces(path: string, pieces: readonly string[]): Promise<void> {
    const digest = createHash("sha256");
    await this.#create(path, "");
    for (const piece of pieces) {
      const bytes = await readFile(this.#place(piece));
      await appendFile(this.#place(path), bytes);
      digest.update(bytes);
      await rm(this.#place(piece));
    }
    this.#digests.set(path, digest.digest("hex"));
  }

  /** Every file of a folder. */
  async copy(folder: string): Promise<void> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const place = join(entry.parentPath, entry.name);
      await this.write(relative(folder, place).split(sep).join("/"), await readFile(place));
    }
  }

  /** Writes the list of digests. @returns its own digest */
  async writeDigests(): Promise<string> {
    const lines = [...this.#digests].sort(byKey).map(([path, digest]) => `${digest}  ${path}\n`);
    const text = lines.join("");
    await this.#create(DIGESTS, text);
    return createHash("sha256").update(text).digest("hex");
  }

  /** Puts the finished folder in its place. */
  async moveTo(folder: string): Promise<void> {
    await rename(this.#folder, folder);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #place(path: string): string {
    return join(this.#folder, path);
  }

  /** The names are numbered by this program: none comes from a manifest. */
  async #create(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.#place(path)), { recursive: true });
    await writeFile(this.#place(path), content, { flag: "wx", mode: 0o600 });
  }
}
