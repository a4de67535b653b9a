/** Plain data, as JSON carries it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type JsonObject = { readonly [name: string]: Json };

/** One value for a document. The object around the field, or around the list, exists. */
export type ValueEdit =
  /** Replaces the value of a field or of a list's member, or adds the field. */
  | { readonly kind: "set"; readonly path: readonly (string | number)[]; readonly value: Json }
  /** Adds a member at the end of a list, which is added if it is missing. */
  | { readonly kind: "append"; readonly path: readonly (string | number)[]; readonly value: JsonObject };
