/** The parameters of one region by name, as plain JSON. */
export type ParametersByName = Record<string, ParameterState>;

export interface ParameterState {
  readonly type: "String" | "StringList" | "SecureString";
  /** Of a SecureString: the value before its encryption. */
  readonly value: string;
}
