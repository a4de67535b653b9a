/** What kubectl asks first: which resources there are. @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */

/** A resource of a group and version. */
export interface DiscoveredResource {
  readonly name: string;
  readonly singularName: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** One group with its only version. The group "" is Kubernetes' core. */
export interface DiscoveredGroup {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly DiscoveredResource[];
}

export interface ApiResourceList {
  readonly apiVersion: "v1";
  readonly kind: "APIResourceList";
  readonly groupVersion: string;
  readonly resources: readonly DiscoveredResource[];
}

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

export interface ApiGroupList {
  readonly apiVersion: "v1";
  readonly kind: "APIGroupList";
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly GroupVersion[];
    readonly preferredVersion: GroupVersion;
  }[];
}

/** The versions of the core group. */
export interface ApiVersions {
  readonly kind: "APIVersions";
  readonly versions: readonly string[];
  readonly serverAddressByClientCIDRs: readonly never[];
}

/** Every group with its resources in one answer. */
export interface ApiGroupDiscoveryList {
  readonly apiVersion: "apidiscovery.k8s.io/v2";
  readonly kind: "APIGroupDiscoveryList";
  readonly metadata: Readonly<Record<string, never>>;
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly freshness: "Current";
      readonly resources: readonly {
        readonly resource: string;
        readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
        readonly scope: "Namespaced" | "Cluster";
        readonly singularResource: string;
        readonly verbs: readonly string[];
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
      }[];
    }[];
  }[];
}
