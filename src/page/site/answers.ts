import type { DriftObject } from "../../api/bindings.ts";
import type { AuditEvent } from "../../api/events.ts";
import type { ApiList } from "../../api/object.ts";
import type { HoldObject } from "../../api/overview.ts";
import type { SessionView } from "../../api/browser/sign-in.ts";
import {
  timelinePath,
  type FunctionPart,
  type SiteFunction,
  type SiteIndex,
  type SitePart,
  type SiteRow,
  type SiteRules,
} from "../../api/browser/site.ts";
import { bindingName } from "../../api/names.ts";
import { keyParts, parseKey } from "../../model/keys/key.ts";
import { selectEvents } from "../view/site/events.ts";
import { historyParts, partOf, partsOf, type KnownHistory } from "../view/site/parts.ts";
import { siteQuestion, type EventSelection, type SiteQuestion } from "../view/site/question.ts";
import { tableOfRows } from "../view/site/rows.ts";
import type { AnswerSource, RequestResult } from "../client/transport.ts";
import type { DataFiles } from "./files.ts";

/** A page of a history looks through so many files at most; it may then be empty, and have a next one. */
const MOST_FILES = 8;

/** Answers the requests of the page from the files of an export, as the controller would have at its moment. */
export class SiteAnswers {
  readonly #index: SiteIndex;
  readonly #files: DataFiles;

  constructor(index: SiteIndex, files: DataFiles) {
    this.#index = index;
    this.#files = files;
  }

  readonly source: AnswerSource = async <Value>(path: string): Promise<RequestResult<Value>> => {
    try {
      const value = await this.#answerTo(siteQuestion(path));
      if (value !== null) return { kind: "ok", value: value as Value };
      return { kind: "failed", code: 404, message: "this export does not contain it", hint: null };
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : "a file of the export cannot be read";
      return { kind: "failed", code: 0, message, hint: "verify the export: sha256sum -c SHA256SUMS" };
    }
  };

  async #answerTo(question: SiteQuestion): Promise<object | null> {
    const index = this.#index;
    switch (question.kind) {
      case "session":
        return this.#session();
      case "answer":
        return this.#answerAt(question.path);
      case "timeline":
        return this.#timeline(question);
      case "rows":
        return this.#rows(question.from);
      case "rules":
        return this.#page(index.rules, question.from, (part: SitePart) =>
          this.#files.read<SiteRules>(part.file),
        );
      case "permissions":
        return this.#permissions(question);
      case "drifts":
        return this.#drifts(question.namespace);
      case "one":
        return (
          (await this.#function(question))?.[question.resource === "bindings" ? "binding" : "permissions"] ??
          null
        );
      case "hold":
        return this.#hold(question.name);
      case "events":
        return this.#events(question.selection);
    }
  }

  /** Everyone who has the files may read them, and no one can act. */
  #session(): SessionView {
    const namespaces = this.#index.namespaces ?? ["*"];
    return {
      actor: "export",
      displayName: "export",
      method: "local",
      grants: [{ scopes: ["read"], namespaces }],
      expires: this.#index.asOf,
    };
  }

  async #answerAt(path: string): Promise<object | null> {
    const found = this.#index.answers.find((answer) => answer.path === path);
    return found === undefined ? null : this.#files.read<object>(found.file);
  }

  /** Of one of several namespaces it would need files of its own. */
  async #timeline({
    namespace,
    range,
  }: Extract<SiteQuestion, { readonly kind: "timeline" }>): Promise<object | null> {
    const { namespaces } = this.#index;
    const isOfAll = namespace === null || (namespaces?.length === 1 && namespaces[0] === namespace);
    return isOfAll ? this.#answerAt(timelinePath(range)) : null;
  }

  async #rows(from: number): Promise<object | null> {
    const { rows, asOf } = this.#index;
    const part = rows[from];
    const table = tableOfRows(
      part === undefined ? [] : await this.#files.read<readonly SiteRow[]>(part.file),
      asOf,
    );
    return { ...table, metadata: metadataOf(rows, from) };
  }

  /** A part of a list as a page of it. */
  async #page<Part extends SitePart>(
    parts: readonly Part[],
    from: number,
    read: (part: Part) => Promise<readonly unknown[]>,
  ): Promise<object> {
    const part = parts[from];
    return { items: part === undefined ? [] : await read(part), metadata: metadataOf(parts, from) };
  }

  #permissions({
    namespace,
    from,
  }: Extract<SiteQuestion, { readonly kind: "permissions" }>): Promise<object> {
    const { functions } = this.#index;
    const parts = namespace === null ? functions : partsOf(functions, namespace);
    return this.#page(parts, from, async (part: FunctionPart) => {
      const members = await this.#files.read<readonly SiteFunction[]>(part.file);
      return members.flatMap(({ binding, permissions }) =>
        permissions === null || (namespace !== null && binding.metadata.namespace !== namespace)
          ? []
          : [permissions],
      );
    });
  }

  async #drifts(namespace: string): Promise<object> {
    const found = this.#index.drifts.find((each) => each.namespace === namespace);
    const items = found === undefined ? [] : await this.#files.read<readonly DriftObject[]>(found.file);
    return { items, metadata: { resourceVersion: "" } };
  }

  async #function(wanted: FunctionPart["first"]): Promise<SiteFunction | null> {
    const part = partOf(this.#index.functions, wanted);
    if (part === undefined) return null;
    const members = await this.#files.read<readonly SiteFunction[]>(part.file);
    const isWanted = ({ binding: { metadata } }: SiteFunction): boolean =>
      metadata.namespace === wanted.namespace && metadata.name === wanted.name;
    return members.find(isWanted) ?? null;
  }

  async #hold(name: string): Promise<HoldObject | null> {
    const holds = (await this.#answerAt("/holds")) as ApiList<HoldObject> | null;
    return holds?.items.find(({ metadata }) => metadata.name === name) ?? null;
  }

  async #events(selection: EventSelection): Promise<object> {
    const { limit } = selection;
    const parts = historyParts(this.#index.history, selection, await this.#historyOf(selection));
    const found: AuditEvent[] = [];
    let looked = 0;
    while (looked < parts.length && looked < MOST_FILES && found.length < limit) {
      const part = parts[looked];
      if (part !== undefined)
        found.push(...selectEvents(await this.#files.read<readonly AuditEvent[]>(part.file), selection));
      looked += 1;
    }
    const events = found.slice(0, limit);
    const isCut = found.length > limit;
    const end = isCut ? events.at(-1)?.seq : parts[looked - 1]?.oldest;
    const isOver = !isCut && looked >= parts.length;
    const items = events.map((event) => ({ metadata: { name: String(event.seq) }, event }));
    return {
      items,
      metadata: { resourceVersion: "", ...(isOver || end === undefined ? {} : { continue: String(end) }) },
    };
  }

  /** null: the selection is of no function that the export has, so all files may have entries. */
  async #historyOf({ key: text }: EventSelection): Promise<KnownHistory | null> {
    const key = text === null ? undefined : parseKey(text);
    if (key === undefined) return null;
    const { namespace } = keyParts(key);
    return this.#function({ namespace, name: bindingName(key) });
  }
}

function metadataOf(parts: readonly SitePart[], from: number): object {
  const rest = parts.slice(from + 1);
  const remainingItemCount = rest.reduce((sum, { count }) => sum + count, 0);
  return {
    resourceVersion: "",
    ...(rest.length === 0 ? {} : { continue: String(from + 1), remainingItemCount }),
  };
}
