import type { Toolbox } from "./toolbox.ts";

/** A variable of the environment. An empty one is as good as none: that is how CI and shells switch one off. */
export function variable({ env }: Pick<Toolbox, "env">, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}
