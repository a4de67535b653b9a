const LONGEST = 64;

/** `gk-<pass>` as a RoleSessionName: at most 64 of `[\w+=,.@-]`. */
export function sessionName(pass: string): string {
  return `gk-${pass.replace(/[^\w+=,.@-]/g, "-")}`.slice(0, LONGEST);
}
