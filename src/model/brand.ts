declare const brand: unique symbol;

/** A primitive that a parser has checked: holding one is proof that it was. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
