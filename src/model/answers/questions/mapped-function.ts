import type { Key } from "../../keys/key.ts";
import type { TypedState } from "../permission-state.ts";

/** A function with a manifest, as maps name it. */
export interface NamedFunction {
  readonly key: Key;
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** null: it was not compared yet. */
  readonly functionArn: string | null;
}

/** With what it may do and who may call it. */
export interface MappedFunction extends NamedFunction {
  readonly state: TypedState;
}
