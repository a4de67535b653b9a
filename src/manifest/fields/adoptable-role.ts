import { reservedPath } from "./role-path.ts";

/**
 * The writer's policies name each of them by its ARN: with more, they would not fit in the policies that a role can have
 * attached.
 */
export const MOST_ADOPTABLE = 60;

export interface AdoptingAccount {
  readonly id: string;
  readonly partition: string;
  /** ARNs of the roles of Grantkeeper itself. */
  readonly identities: readonly (string | undefined)[];
}

/** Why an account can't list the role in `adoptableRoles`; null: it can. */
export function adoptableRoleProblem(
  role: string,
  { id, partition, identities }: AdoptingAccount,
): string | null {
  const start = `arn:${partition}:iam::${id}:role`;
  if (!role.startsWith(`${start}/`)) return `${role} is not a role of account ${id}`;
  const reserved = reservedPath(role.slice(start.length));
  if (reserved !== undefined) return `${role} is below ${reserved}: it can't be taken over`;
  return identities.includes(role) ? `${role} is a role of Grantkeeper itself` : null;
}
