export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const INSTANCE_TAG = "grantkeeper.dev/instance";
/** Value `namespace/name`. */
export const OWNER_TAG = "grantkeeper.dev/owner";
