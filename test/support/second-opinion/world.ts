/**
 * The nouns of the second opinion: an evaluator of IAM's language written for tests, from AWS's documentation alone
 * and by another hand than src/iam, with which it shares no code. It works on the documents' text, is simple rather
 * than fast, and refuses (throws) what AWS's documentation leaves open, so that no test rests on a guess.
 */
export type Answer = "allowed" | "denied";

export type Asker =
  | {
      readonly kind: "role";
      readonly accountId: string;
      readonly roleArn: string;
      readonly sessionArn: string | null;
    }
  | { readonly kind: "user" | "federated-user" | "account"; readonly accountId: string; readonly arn: string }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "anonymous" };

export interface Question {
  readonly caller: Asker;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  /** Keys in any case. A key with no values stands for one that is present and empty. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export interface Documents {
  readonly identity: readonly string[];
  readonly boundary: string | null;
  readonly session: readonly string[];
  readonly resource:
    { readonly kind: "none" } | { readonly kind: "resource" | "trust"; readonly text: string };
}

/** Key names in lower case. */
export type Facts = ReadonlyMap<string, readonly string[]>;

export type Version = "2008-10-17" | "2012-10-17";

export interface Written {
  readonly [element: string]: unknown;
}

export interface UncheckedDocument {
  readonly version: Version;
  readonly statements: readonly Written[];
}

/** Undocumented behaviour is not decided. */
export class Undocumented extends Error {}

export function undocumented(what: string): never {
  throw new Undocumented(`the documentation does not define what happens with ${what}`);
}

const read = new Map<string, UncheckedDocument>();

/**
 * A document without `Version` has the older one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export function readDocument(text: string): UncheckedDocument {
  const known = read.get(text);
  if (known !== undefined) return known;
  const { Version: version = "2008-10-17", Statement: found } = JSON.parse(text) as {
    readonly Version?: Version;
    readonly Statement: Written | readonly Written[];
  };
  const document = { version, statements: listed(found) };
  if (read.size > 2_000) read.clear();
  read.set(text, document);
  return document;
}

/** "If the element takes an array but only one value is included, the brackets are optional" (grammar). */
export function listed<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Numbers and Booleans may be written without quotation marks (grammar); a null member is none. */
export function texts(value: unknown): readonly string[] {
  return listed(value)
    .filter((one) => one !== null)
    .map(String);
}
