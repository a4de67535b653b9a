import type { KeyView } from "../../model/answers/key-view.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PassMemory, PassMemoryRow } from "../../model/passes/pass-memory.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import { collectionsText, parsedCollections } from "../../text/collections.ts";

type DesiredObject = DesiredBinding | DesiredPolicy;

/** A view without what has a text of its own, and without the time of reading, which each sweep changes. */
type StoredView = Omit<KeyView, "desired" | "readAt">;

export interface ViewRow {
  readonly key: Key;
  /** The digest of the text of a `StoredView`. */
  readonly view: string;
  /** The digest of the text of `desired`; null: it is null. */
  readonly desired: string | null;
  readonly readAt: string;
}

type MemoryText = Omit<PassMemory, "accountId" | "views"> & { readonly views: readonly ViewRow[] };

interface NamedText {
  readonly digest: string;
  readonly text: string;
}

/** Texts of values that do not change, made once for each. */
export class MemoryTexts {
  readonly #texts = new WeakMap<object, NamedText>();
  readonly #views = new WeakMap<KeyView, NamedText>();

  /** Of what Git declares. */
  ofDeclared(declared: DesiredObject): NamedText {
    return kept(this.#texts, declared, () => collectionsText(declared));
  }

  ofView(view: KeyView): NamedText {
    return kept(this.#views, view, () => {
      const { desired: _, readAt: __, ...stored } = view;
      return collectionsText(stored);
    });
  }
}

function kept<Value extends object>(
  texts: WeakMap<Value, NamedText>,
  value: Value,
  textOf: () => string,
): NamedText {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = textOf();
  const named = { digest: sha256Hex(text), text };
  texts.set(value, named);
  return named;
}

/** The row, and the texts that it names. */
export function memoryRow(
  { accountId, views, ...rest }: PassMemory,
  texts: MemoryTexts,
): { readonly row: Omit<PassMemoryRow, "program">; readonly texts: readonly NamedText[] } {
  const named = new Map<string, NamedText>();
  const put = (text: NamedText): string => {
    named.set(text.digest, text);
    return text.digest;
  };
  const rows = [...views.values()].map((view): ViewRow => ({
    key: view.key,
    view: put(texts.ofView(view)),
    desired: view.desired === null ? null : put(texts.ofDeclared(view.desired)),
    readAt: view.readAt,
  }));
  const text = collectionsText({ ...rest, views: rows } satisfies MemoryText);
  return { row: { accountId, text, digests: [...named.keys()] }, texts: [...named.values()] };
}

export interface ParsedMemory {
  readonly rest: Omit<MemoryText, "views">;
  readonly views: readonly ViewRow[];
}

export function parsedMemory(text: string): ParsedMemory {
  const { views, ...rest } = parsedCollections(text) as MemoryText;
  return { rest, views };
}

/** What a text of a view or of a declared state contains. */
export function parsedText(text: string): StoredView & DesiredObject {
  return parsedCollections(text) as StoredView & DesiredObject;
}
