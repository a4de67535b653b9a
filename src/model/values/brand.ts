declare const brand: unique symbol;

/** A primitive that a parser has checked: the type is the proof. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
