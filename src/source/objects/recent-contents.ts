import type { Repository } from "../git/repository.ts";
import { blobsOf, type Content, readContent } from "./content.ts";
import type { ContentRequest, KnownTrees } from "./tree-walk.ts";

/** The newest content, and the accepted one while the newest awaits approval. */
const KEPT = 2;

/**
 * The contents that were read last, so that a read asks Git only for the objects that they lack: a push of one file has a
 * new blob, and a new tree for each folder above it. All of it can be lost, since each object is kept by its id.
 */
export class RecentContents {
  /** By commit, the newest first. */
  #contents: ReadonlyMap<string, Content> = new Map();
  /** Of the commit that was read last. */
  #trees: KnownTrees = new Map();

  /** @throws SourceError */
  async read(repository: Repository, request: ContentRequest): Promise<Content> {
    const { hash } = request.commit;
    const content = this.#contents.get(hash) ?? (await this.#readNew(repository, request));
    const others = [...this.#contents].filter(([other]) => other !== hash);
    this.#contents = new Map([[hash, content] as const, ...others].slice(0, KEPT));
    return content;
  }

  async #readNew(repository: Repository, request: ContentRequest): Promise<Content> {
    const known = { blobs: blobsOf([...this.#contents.values()]), trees: this.#trees };
    const { content, trees } = await readContent(repository, request, known);
    this.#trees = trees;
    return content;
  }
}
