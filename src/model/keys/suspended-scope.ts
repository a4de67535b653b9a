import type { SuspensionScope } from "../approval.ts";
import { parseKey } from "./key.ts";
import { formatScope } from "./suspension-scope.ts";

/** How an entry names what was suspended or resumed. */
export interface SuspendedScope {
  /** For people. */
  readonly scope: string;
  /** The same for programs. Entries of 0.1 have only the text. */
  readonly scopeParts?: SuspensionScope;
}

export function suspendedScope(scope: SuspensionScope): SuspendedScope {
  return { scope: formatScope(scope), scopeParts: scope };
}

/** Another version may have written the entry: undefined if its scope is none that this one knows. */
export function scopeOfEntry({ scope, scopeParts }: AnyEntry): SuspensionScope | undefined {
  if (scopeParts !== undefined) return scopeOfParts(scopeParts);
  return typeof scope === "string" ? scopeOf01(scope) : undefined;
}

interface AnyEntry {
  readonly scope?: unknown;
  readonly scopeParts?: unknown;
}

function scopeOfParts(parts: unknown): SuspensionScope | undefined {
  if (typeof parts !== "object" || parts === null) return undefined;
  const {
    accountId,
    namespace,
    key: keyText,
  }: { readonly [Part in keyof SuspensionScope]?: unknown } = parts;
  if (!isTextOrNull(accountId) || !isTextOrNull(namespace) || !isTextOrNull(keyText)) return undefined;
  const key = keyText === null ? null : parseKey(keyText);
  return key === undefined ? undefined : { accountId, namespace, key };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/** The scope of an entry of 0.1, whose text was its only field. No other text is parsed. */
function scopeOf01(text: string): SuspensionScope | undefined {
  const key = parseKey(text) ?? null;
  if (key !== null || text === "everything") return { accountId: null, namespace: null, key };
  const match = /^(?:namespace (\S+))?(?:(?:^| in )account (\d{12}))?$/.exec(text);
  if (match === null || text === "") return undefined;
  const [, namespace = null, accountId = null] = match;
  return { accountId, namespace, key };
}
