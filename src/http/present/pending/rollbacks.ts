import type { RollbackOfBinding, RollbackOfSource, SourceRollback } from "../../../api/manifests.ts";
import type { Overview, SourceView } from "../../../controller/ports/control.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { prefixOf } from "../../../model/keys/source-prefix.ts";
import type { ApprovalSubject } from "../../../model/verdict.ts";

type Sources = Pick<Overview, "source" | "namespaceSources">;

export function rollbackStatus({ actor: by, ...pin }: NonNullable<SourceView["pin"]>): SourceRollback {
  return { ...pin, by };
}

/** The rollback as the bindings of a namespace show it; null: the newest accepted revision of their source is in force. */
export function bindingRollback(sources: Sources, namespace: Namespace): RollbackOfBinding | null {
  const rollback = rollbackOf(sources, namespace);
  if (rollback === null) return null;
  const { waiting: _, ...shown } = rollback;
  return shown;
}

/** The rollback of the source that declares a namespace; null: its newest accepted revision is in force. */
function rollbackOf(sources: Sources, namespace: Namespace | null): RollbackOfSource | null {
  const { name, pin } =
    sources.namespaceSources.find((source) => source.namespace === namespace) ?? sources.source;
  return pin === undefined ? null : { source: name, ...rollbackStatus(pin) };
}

/** @param keys visible to the reader; none: `subject` is a held revision */
export function rollbacksOf(
  sources: Sources,
  { subject, keys }: { readonly subject: ApprovalSubject; readonly keys: readonly Key[] },
): readonly RollbackOfSource[] {
  const namespaces = keys.length === 0 ? [prefixOf(subject)] : keys.map((key) => keyParts(key).namespace);
  const found = [...new Set(namespaces)].flatMap((namespace) => rollbackOf(sources, namespace) ?? []);
  return [...new Map(found.map((rollback) => [rollback.source, rollback])).values()];
}
