/**
 * A text of three parts that remembers the one it made last. What many ARNs and keys have in common is made once and not
 * for each of them: V8 keeps a text that was put together as its pieces, 32 bytes a piece, for as long as it lives.
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
