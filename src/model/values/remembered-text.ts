/**
 * A text of three parts that caches the last result. The common text of many ARNs and keys is created once and not for
 * each of them: V8 keeps a concatenated text as its pieces, 32 bytes each, for its whole lifetime.
 */
export function rememberedText(
  make: (a: string, b: string, c: string) => string,
): (a: string, b: string, c: string) => string {
  let last: { readonly a: string; readonly b: string; readonly c: string; readonly text: string } | undefined;
  return (a, b, c) => {
    if (last === undefined || last.a !== a || last.b !== b || last.c !== c)
      last = { a, b, c, text: make(a, b, c) };
    return last.text;
  };
}
