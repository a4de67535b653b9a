interface KubernetesObject {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  } | null;
}

export type Kstatus = "InProgress" | "Failed" | "Current" | "Terminating";

/**
 * What kstatus concludes of an object of a kind that it has no rules for. The first rule that applies decides:
 *
 * 1. an object with `deletionTimestamp` is Terminating;
 * 2. an object whose `observedGeneration`, if it has one, is another than its `generation` is InProgress;
 * 3. of the conditions in their order, the first of Reconciling (InProgress) and Stalled (Failed) that is True;
 * 4. the condition Ready: True is Current, False and Unknown are InProgress;
 * 5. an object without any of these is Current.
 *
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/5895ad6c17dd06b99c1e5c8af17e2b12a3504fad/pkg/kstatus/status/generic.go
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/5895ad6c17dd06b99c1e5c8af17e2b12a3504fad/pkg/kstatus/status/status.go
 */
export function kstatusOf({ metadata, status }: KubernetesObject): Kstatus {
  if (metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== "") return "Terminating";
  const observed = status?.observedGeneration;
  if (observed !== undefined && metadata.generation !== undefined && observed !== metadata.generation)
    return "InProgress";
  const conditions = status?.conditions ?? [];
  const abnormal = conditions.find(
    (one) => (one.type === "Reconciling" || one.type === "Stalled") && one.status === "True",
  );
  if (abnormal !== undefined) return abnormal.type === "Stalled" ? "Failed" : "InProgress";
  const ready = conditions.find(({ type }) => type === "Ready");
  return ready === undefined || ready.status === "True" ? "Current" : "InProgress";
}
