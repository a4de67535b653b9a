import { functionWaits } from "../../judge/windows/dependencies.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { Key } from "../../model/keys/key.ts";
import type { SettledKey } from "../key/settle-key.ts";
import type { DonePass } from "../outcome/outcome.ts";

/** The functions that waited for others and wait no longer, by the records after the pass. */
export function readyDependents(
  { pass }: Pick<DonePass, "pass">,
  holds: readonly Hold[],
  settled: readonly SettledKey[],
): readonly Key[] {
  const waiting = holds.flatMap(({ cause, keys }) =>
    cause?.code === "depends-on" ? keys.map((key) => ({ key, dependency: cause.key })) : [],
  );
  // A removal is carried out only after a complete read.
  const declared = waiting.filter(({ key }) => pass.desired.bindings.has(key));
  if (declared.length === 0) return [];
  const records = new Map(pass.records);
  for (const { view, record } of settled)
    if (record === null) records.delete(view.subject.key);
    else records.set(view.subject.key, record);
  const waitsOf = functionWaits({ ...pass, records, read: new Map(), nowMs: pass.startedAtMs });
  return declared
    .filter(({ key, dependency }) => waitsOf(key).every((wait) => wait.key !== dependency))
    .map(({ key }) => key);
}
