/** Deeper than any policy; what is deeper is refused before a recursive reader sees it. */
export const MAX_DEPTH = 64;

/** A JSON value and the place of its first character in the text. */
export type JsonNode =
  | { readonly kind: "scalar"; readonly at: number }
  | { readonly kind: "list"; readonly at: number; readonly members: readonly JsonNode[] }
  | { readonly kind: "object"; readonly at: number; readonly members: readonly JsonMember[] };

/** In the order in which they stand; a name may stand twice. */
export interface JsonMember {
  readonly name: string;
  readonly nameAt: number;
  readonly value: JsonNode;
}

/** Why a text is no JSON: where, in words, and how to fix it. */
export interface JsonFault {
  /** What is too deep is JSON all the same. */
  readonly kind: "syntax" | "depth";
  readonly at: number;
  readonly message: string;
  readonly fix: string | null;
}

export type JsonText =
  | { readonly kind: "json"; readonly root: JsonNode; readonly value: unknown }
  | { readonly kind: "broken"; readonly fault: JsonFault };
