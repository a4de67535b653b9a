import { GROUP, VERSION } from "../../api/group.ts";
import type {
  ApiGroupDiscoveryList,
  ApiGroupList,
  ApiResourceList,
  ApiVersions,
  DiscoveredGroup,
  DiscoveredResource,
} from "../../api/kubernetes/discovery.ts";
import { RESOURCES } from "../../api/resources.ts";
import { byTextOf } from "../../text/order.ts";

/** Kubernetes' name of the audit entries; the group has no events of its own, so that `kubectl get events` is not ambiguous. */
const CORE_EVENTS = "events";

const OWN: DiscoveredGroup = {
  group: GROUP,
  version: VERSION,
  resources: Object.entries(RESOURCES)
    .filter(([name]) => name !== CORE_EVENTS)
    .map(([name, { kind, ...resource }]) => ({ name, singularName: kind.toLowerCase(), kind, ...resource }))
    .sort(byTextOf(({ name }) => name)),
};

const CORE: DiscoveredGroup = {
  group: "",
  version: "v1",
  resources: [
    {
      name: CORE_EVENTS,
      singularName: "event",
      kind: "Event",
      namespaced: true,
      verbs: ["list", "watch"],
      shortNames: ["ev"],
    },
    {
      name: "namespaces",
      singularName: "namespace",
      kind: "Namespace",
      namespaced: false,
      verbs: ["get", "list", "watch"],
      shortNames: ["ns"],
    },
  ],
};

const REVIEWS: readonly DiscoveredGroup[] = [
  {
    group: "authentication.k8s.io",
    version: "v1",
    resources: [review("selfsubjectreviews", "SelfSubjectReview")],
  },
  {
    group: "authorization.k8s.io",
    version: "v1",
    resources: [
      review("selfsubjectaccessreviews", "SelfSubjectAccessReview"),
      review("selfsubjectrulesreviews", "SelfSubjectRulesReview"),
    ],
  },
];

function review(name: string, kind: string): DiscoveredResource {
  return { name, singularName: kind.toLowerCase(), kind, namespaced: false, verbs: ["create"] };
}

/** The groups of `/apis`. */
export const GROUPS: readonly DiscoveredGroup[] = [OWN, ...REVIEWS];

export const CORE_VERSIONS: ApiVersions = {
  kind: "APIVersions",
  versions: [CORE.version],
  serverAddressByClientCIDRs: [],
};

export const CORE_RESOURCES = resourceList(CORE, CORE.version);

export function resourceList({ resources }: DiscoveredGroup, groupVersion: string): ApiResourceList {
  return { apiVersion: "v1", kind: "APIResourceList", groupVersion, resources };
}

export function groupList(groups: readonly DiscoveredGroup[]): ApiGroupList {
  return {
    apiVersion: "v1",
    kind: "APIGroupList",
    groups: groups.map(({ group, version }) => {
      const only = { groupVersion: `${group}/${version}`, version };
      return { name: group, versions: [only], preferredVersion: only };
    }),
  };
}

/** The content type must be exactly the one that the client accepts: with another one, kubectl finds no resource. */
export const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Whether the client reads the aggregated form. */
export function wantsAggregated(accept: string | undefined): boolean {
  return mediaTypes(accept).some(
    (parameters) => parameters.get("g") === "apidiscovery.k8s.io" && parameters.get("v") === "v2",
  );
}

export const AGGREGATED_CORE = aggregated([CORE]);
export const AGGREGATED_GROUPS = aggregated(GROUPS);

function aggregated(groups: readonly DiscoveredGroup[]): ApiGroupDiscoveryList {
  return {
    apiVersion: "apidiscovery.k8s.io/v2",
    kind: "APIGroupDiscoveryList",
    metadata: {},
    items: groups.map(({ group, version, resources }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: [
        {
          version,
          freshness: "Current",
          resources: resources.map(({ name, singularName, kind, namespaced, ...rest }) => ({
            ...rest,
            resource: name,
            responseKind: { group, version, kind },
            scope: namespaced ? "Namespaced" : "Cluster",
            singularResource: singularName,
          })),
        },
      ],
    })),
  };
}

/** The parameters of each media type of an Accept header for JSON, in their order. */
export function mediaTypes(accept: string | undefined): readonly ReadonlyMap<string, string>[] {
  return (accept ?? "")
    .slice(0, 2_000)
    .split(",")
    .map((type) => type.split(";").map((part) => part.trim()))
    .filter(([type]) => type === "application/json")
    .map(([, ...parameters]) => new Map(parameters.map(parameterOf)));
}

function parameterOf(text: string): readonly [string, string] {
  const [name = "", value = ""] = text.split("=");
  return [name, value];
}
