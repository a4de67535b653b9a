import { parsedFileOfSteps, parsedFileTextSteps } from "../../../manifest/parse/parsed-file-text.ts";
import type { ParsedFile } from "../../../manifest/parse/parsed.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { prefixOf } from "../../../model/keys/source-prefix.ts";
import type { Steps } from "../../../model/values/steps.ts";
import type { FileContent, ParsedFileText } from "../../ports/store.ts";
import type { ControllerContext } from "../../settings.ts";
import { inSlices } from "../../slices.ts";
import type { EnforcedState } from "../../state/controller-state.ts";
import type { SourceInput } from "../../state/source-input.ts";

/** After a revision is put in force, so that its first pass does not wait, and several pushes are stored together. */
const DELAY_MS = 10_000;
/** The number of files of one read. */
const BATCH = 100;
/** No further file is added to a write that has so many characters: a write blocks the event loop. */
const PART_LENGTH = 500_000;

/**
 * The files of a revision that an earlier process has parsed, by path and blob id, as the parser has them. A failure is
 * logged: the other files are parsed again.
 */
export async function restoreFiles(
  files: readonly FileContent[],
  { caches, ports }: ControllerContext,
  signal: AbortSignal,
): Promise<SourceInput["parsed"]> {
  const found = new Map<string, ParsedFile>();
  const { parsedFiles, eventLoop, telemetry } = ports;
  if (parsedFiles === null) return found;
  const names = new Map<string, string>();
  try {
    for (const batch of batches(files)) {
      const texts = await parsedFiles.texts(batch);
      const restored = await inSlices(restoredSteps(texts, names), eventLoop, signal);
      for (const [id, file] of restored) {
        found.set(id, file);
        caches.storedFiles.add(file);
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    telemetry.warn("stored parsed files not read", { reason: String(cause), hint: CACHE_HINT });
  }
  telemetry.debug("parsed files restored", { restored: found.size, files: files.length });
  return found;
}

const CACHE_HINT = "nothing is lost: the files are parsed again at each start";

function* restoredSteps(
  texts: readonly ParsedFileText[],
  names: Map<string, string>,
): Steps<readonly (readonly [string, ParsedFile])[]> {
  const restored: (readonly [string, ParsedFile])[] = [];
  for (const { path, oid, text } of texts) {
    restored.push([`${path}\0${oid}`, yield* parsedFileOfSteps(text, names)]);
    yield;
  }
  return restored;
}

/** Stores the parsed files of the revisions in force for the next process, and removes all others. */
export class StoredFileKeeper {
  readonly #context: ControllerContext;
  /** The inputs that were stored, or are being stored. */
  #stored: EnforcedState["inputs"] | null = null;
  #next: { readonly inputs: EnforcedState["inputs"]; readonly dueMs: number } | null = null;
  #storing: Promise<void> | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Starts what is due, unless it is running. */
  update(signal: AbortSignal): void {
    const { state, ports } = this.#context;
    const inputs = state.enforced?.inputs;
    if (inputs === undefined || inputs === this.#stored || ports.parsedFiles === null) return;
    const nowMs = ports.clock.nowMs();
    if (this.#next?.inputs !== inputs) this.#next = { inputs, dueMs: nowMs + DELAY_MS };
    if (nowMs < this.#next.dueMs || this.#storing !== null) return;
    this.#stored = inputs;
    this.#storing = this.#store(inputs, signal)
      .catch((cause: unknown) => {
        if (!signal.aborted)
          ports.telemetry.warn("parsed files not stored", { reason: String(cause), hint: CACHE_HINT });
      })
      .finally(() => {
        this.#storing = null;
      });
  }

  /** Waits for what is running. */
  async idle(): Promise<void> {
    await this.#storing;
  }

  async #store(inputs: EnforcedState["inputs"], signal: AbortSignal): Promise<void> {
    const { state, caches, ports } = this.#context;
    const { parsedFiles, eventLoop } = ports;
    if (parsedFiles === null) return;
    const current = new Map([...inputs.values()].flatMap(({ parsed }) => [...parsed]));
    const added = [...current].filter(([, file]) => !caches.storedFiles.has(file));
    for (let from = 0; from < added.length;) {
      const { texts, end } = await inSlices(partSteps(added, from), eventLoop, signal);
      await eventLoop.turn();
      signal.throwIfAborted();
      await parsedFiles.put(texts);
      for (const [, file] of added.slice(from, end)) caches.storedFiles.add(file);
      from = end;
    }
    const paths = new Set([...current.values()].map(({ path }) => path));
    const isUnread = (namespace: Namespace | null): boolean =>
      (namespace === null || state.namespaceSources.has(namespace)) && !inputs.has(namespace);
    const gone = (await parsedFiles.paths()).filter((path) => !paths.has(path) && !isUnread(prefixOf(path)));
    if (gone.length > 0) await parsedFiles.remove(gone);
  }
}

/** The texts of the files from `from` to before `end`, for one write. */
interface TextsPart {
  readonly texts: readonly ParsedFileText[];
  readonly end: number;
}

function* partSteps(files: readonly (readonly [string, ParsedFile])[], from: number): Steps<TextsPart> {
  const texts: ParsedFileText[] = [];
  let end = from;
  let length = 0;
  for (const [id, file] of files.slice(from)) {
    if (length >= PART_LENGTH) break;
    const text = yield* parsedFileTextSteps(file);
    if (text !== null) texts.push({ path: file.path, oid: id.slice(file.path.length + 1), text });
    length += text?.length ?? 0;
    end += 1;
    yield;
  }
  return { texts, end };
}

function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
    items.slice(at * BATCH, (at + 1) * BATCH),
  );
}
