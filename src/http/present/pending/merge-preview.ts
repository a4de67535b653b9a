import type { MergePreviewObject, PreviewedChange } from "../../../api/questions.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import type { MergePreview, PreviewedKey } from "../../../model/answers/questions/merge-preview.ts";
import { recordedPlan } from "../../../plan/render/recorded.ts";
import { seesEverything } from "../../access/access.ts";
import { scrubSentences } from "../../access/redaction.ts";
import { hidesRoles, type Reader } from "../../request/reader.ts";
import { shownDrift } from "../bindings.ts";

/** The answer has the keys that the token sees. Nothing is shown of a function or a role that its Team does not allow, or that is of another owner. */
export function shownMergePreview(
  { revision, keys, beyond }: MergePreview,
  reader: Reader,
): MergePreviewObject["status"] {
  const { access, scrub } = reader;
  const changes = keys.map((one) => shownChange(one, reader));
  if (seesEverything(access)) return { revision, changes, beyond };
  return { revision, changes: scrubSentences(changes, scrub), beyond: beyond.map(scrub) };
}

function shownChange({ found, ...change }: PreviewedKey, reader: Reader): PreviewedChange {
  if (typeof found === "string") return { ...change, notJudged: found, found: null };
  return { ...change, notJudged: null, found: shownView(found, reader) };
}

function shownView(view: KeyView, reader: Reader): PreviewedChange["found"] {
  const { plan, verdict, findings, drifts, unread, readAt } = view;
  const isHidden = plan === null || hidesRoles(reader, view);
  return {
    plan: isHidden ? null : recordedPlan(plan),
    verdict,
    findings,
    drifts: drifts.map((drift) => shownDrift(reader, view, drift)),
    unread,
    readAt,
  };
}
