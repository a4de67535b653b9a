/** Questions of a client about itself. @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */

/** What an access review asks about; empty texts are as good as missing ones. */
export interface ResourceAttributes {
  readonly namespace: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

interface NonResourceAttributes {
  readonly path: string;
  readonly verb: string;
}

export type ReviewQuestion =
  | { readonly kind: "access-of-resource"; readonly attributes: ResourceAttributes }
  | { readonly kind: "access-of-path"; readonly attributes: NonResourceAttributes }
  | { readonly kind: "rules"; readonly namespace: string }
  | { readonly kind: "self" };

export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}
