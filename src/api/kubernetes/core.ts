import type { ObjectMeta } from "../object.ts";

/** A namespace as Kubernetes shows it. */
export interface NamespaceObject {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
  readonly metadata: ObjectMeta;
  readonly spec: Readonly<Record<string, never>>;
  readonly status: { readonly phase: "Active" };
}

/** What happened to an object, as `kubectl describe` and `kubectl events` show it. */
export interface CoreEventObject {
  readonly apiVersion: "v1";
  readonly kind: "Event";
  /** The name is the number of the audit entry; of one that covers several objects, with the digits of the object. */
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly involvedObject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: "Normal" | "Warning";
  /** The kind of the audit entry: `DriftFound`. */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: 1;
  readonly source: { readonly component: "grantkeeper" };
  readonly reportingComponent: "grantkeeper";
  readonly reportingInstance: "";
}
