/** What AWS's published model demands of one input value, beside its type. */
export type Shape =
  | {
      readonly kind: "value";
      /** Of a text its length, of a number its value. */
      readonly min?: number;
      readonly max?: number;
      /** In Java's form, as AWS prints it; the whole value has to match. */
      readonly pattern?: string;
      readonly oneOf?: readonly string[];
    }
  | { readonly kind: "list"; readonly member: string; readonly min?: number; readonly max?: number }
  | {
      readonly kind: "map";
      readonly key: string;
      readonly value: string;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: "structure"; readonly members: Readonly<Record<string, string>> };

/** The bounds of one service. A shape that is not in the table has none. */
export interface Bounds {
  /** The model's input shape of each simulated operation. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
