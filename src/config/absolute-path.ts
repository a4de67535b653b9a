/** Relative paths start at the folder of the configuration file. */
export type ToAbsolute = (path: string) => string;

export function optionalPath(path: string | undefined, toAbsolute: ToAbsolute): string | null {
  return path === undefined ? null : toAbsolute(path);
}
