import { ASSISTANTS, MODEL_NAMES } from "./assistants.ts";

/** A name with a mail address, as a commit states them. */
export interface CommitIdentity {
  readonly name: string;
  readonly mail: string;
}

type Texts = "mails" | "accounts" | "names";

function byTextOfAssistant(texts: Texts): ReadonlyMap<string, string> {
  return new Map(ASSISTANTS.flatMap((one) => one[texts].map((text) => [text, one.name] as const)));
}

const BY_MAIL = byTextOfAssistant("mails");
const BY_ACCOUNT = byTextOfAssistant("accounts");
const BY_NAME = byTextOfAssistant("names");
const GITHUB_MAIL = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/;

/** The known assistant with this identity; null: it is none of them. */
export function assistantOf(identity: CommitIdentity): string | null {
  const [name, mail] = [plain(identity.name), plain(identity.mail)];
  const account = GITHUB_MAIL.exec(mail)?.[1];
  return (
    BY_MAIL.get(mail) ??
    (account === undefined ? undefined : BY_ACCOUNT.get(account)) ??
    // The name `copilot` could be anyone's; that of a bot could not.
    (name.endsWith("[bot]") ? BY_ACCOUNT.get(name) : undefined) ??
    BY_NAME.get(name) ??
    modelName(name)
  );
}

function modelName(name: string): string | null {
  return MODEL_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function plain(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}

/** What the message of a commit states about its authors. */
export interface StatedAuthors {
  /** Co-authors who are not known assistants. */
  readonly coAuthors: readonly CommitIdentity[];
  /** Names of assistants. */
  readonly assistants: readonly string[];
}

const TRAILER = /^[\s>*-]*([a-z][a-z-]{2,40})\s*:\s*(\S.*)$/i;
/** They name an author. A person who signs off a change has not necessarily written it. */
const CO_AUTHOR: ReadonlySet<string> = new Set(["co-authored-by", "co-developed-by", "author"]);
/** They name a tool; people are named in them too. */
const CREDIT: ReadonlySet<string> = new Set([
  ...CO_AUTHOR,
  "ai-assisted-by",
  "assisted-by",
  "generated-by",
  "generated-with",
  "signed-off-by",
]);

/** `Assisted-by: AGENT:MODEL`, as the Linux kernel has it. Other projects name people there. */
const ASSISTED: ReadonlySet<string> = new Set(["ai-assisted-by", "assisted-by"]);

/**
 * Every line counts and not only the last paragraph, where git looks for trailers: a squashed commit has those of its
 * parts in the middle.
 */
export function statedAuthors(message: string): StatedAuthors {
  const coAuthors: CommitIdentity[] = [];
  const assistants = new Set<string>();
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- the message of a commit, which has trailers
  for (const line of message.split(/\r\n|\r|\n/)) {
    const assistant = assistantOfLine(line);
    if (assistant !== null) assistants.add(assistant);
    else coAuthors.push(...coAuthorOf(line));
  }
  return { coAuthors, assistants: [...assistants] };
}

function assistantOfLine(line: string): string | null {
  const text = plain(line);
  const own = ASSISTANTS.find(({ trailers }) => trailers.some((start) => text.startsWith(start)));
  if (own !== undefined) return own.name;
  const [, key = "", value = ""] = TRAILER.exec(line) ?? [];
  if (CREDIT.has(key.toLowerCase())) return creditedAssistant(key.toLowerCase(), value);
  // `Generated with [Claude Code](https://claude.com/claude-code)`, also after a symbol.
  const generated = /^[^a-z]*generated (?:with|by) \[?([^\]<(]+)/.exec(text)?.[1];
  return generated === undefined ? null : namedAssistant(generated);
}

function creditedAssistant(key: string, value: string): string | null {
  const identity = identityOf(value);
  if (identity !== null) return assistantOf(identity);
  const [agent = ""] = value.split(":");
  const hasModel = ASSISTED.has(key) && /^[^:]+:(?!\/\/)\S/.test(value);
  return namedAssistant(plain(agent)) ?? (hasModel ? agent.trim() : null);
}

/** The assistant that a text without an address names: here its own name is enough. */
function namedAssistant(text: string): string | null {
  const name = text.trim();
  const found = ASSISTANTS.find((one) => name === one.name.toLowerCase());
  return found?.name ?? BY_NAME.get(name) ?? modelName(name);
}

function coAuthorOf(line: string): readonly CommitIdentity[] {
  const [, key = "", value = ""] = TRAILER.exec(line) ?? [];
  if (!CO_AUTHOR.has(key.toLowerCase())) return [];
  const identity = identityOf(value);
  return identity === null ? [] : [identity];
}

function identityOf(text: string): CommitIdentity | null {
  const [, name, mail] = /^(.*?)<([^<>]*)>/.exec(text) ?? [];
  return name === undefined || mail === undefined ? null : { name, mail };
}
