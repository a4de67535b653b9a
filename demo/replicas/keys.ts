import type { ReplicaProcess } from "./replica-process.ts";

/** One key, and what it does to the selected replica. */
interface Action {
  readonly key: string;
  /** For the journal: `replica 1 was …`. */
  readonly did: string;
  /** @returns false: the replica is not in a state for it */
  readonly act: (replica: ReplicaProcess) => boolean;
}

const ACTIONS: readonly Action[] = [
  { key: "t", did: "asked to end", act: (replica) => replica.stop() },
  { key: "k", did: "killed", act: (replica) => replica.kill() },
  { key: "f", did: "frozen", act: (replica) => replica.freeze() },
  { key: "c", did: "continued", act: (replica) => replica.resume() },
  { key: "s", did: "started again", act: (replica) => replica.start() },
];

export const KEY_LINES: readonly string[] = [
  "Select: 1, 2, ...   t end it (SIGTERM)   k kill it   f freeze it",
  "q quit              c continue it        s start it again",
];

const CTRL_C = "\u0003";

export type Key =
  | { readonly kind: "select"; readonly number: number }
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "quit" }
  | { readonly kind: "unknown" };

export function keyOf(input: string, replicas: number): Key {
  if (input === "q" || input === CTRL_C) return { kind: "quit" };
  const number = /^[1-9]$/.test(input) ? Number(input) : 0;
  if (number >= 1 && number <= replicas) return { kind: "select", number };
  const action = ACTIONS.find(({ key }) => key === input);
  return action === undefined ? { kind: "unknown" } : { kind: "act", action };
}
