/** The constraints of AWS's published model for one input value, in addition to its type. */
export type Shape =
  | {
      readonly kind: "value";
      /** The length of a text or the value of a number. */
      readonly min?: number;
      readonly max?: number;
      /** In Java's notation, as AWS prints it; the complete value must match. */
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

/** The constraints of one service. A shape that is not in the table has none. */
export interface Bounds {
  /** The model's input shape of each simulated operation. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
