export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** `bytes` random bytes as hex. */
  hex(bytes: number): string;
}
