/** A permission that no policy of one of Grantkeeper's own roles allows. */
export interface MissingPermission {
  readonly action: string;
  readonly resource: string;
}

/** One statement fixes all missing permissions on one resource. */
export function missingPermissionText(
  action: MissingPermission["action"] | readonly MissingPermission["action"][],
  resource: string,
): string {
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });
  return `no statement allows it; add ${statement}`;
}
