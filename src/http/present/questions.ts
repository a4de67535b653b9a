import type { FoundStatement, NearMiss } from "../../model/answers/decision.ts";
import type { ExposedFunctions, WhoCan } from "../../model/answers/questions/who-can.ts";
import type { AccessAnswer, WhyAnswer } from "../../model/answers/why.ts";
import { sees, seesEverything } from "../access/access.ts";
import { type Reader, hidesRoles } from "../request/reader.ts";
import { folderOfTeam, scrubTexts, scrubSentences } from "../access/redaction.ts";
import type { MergePreviewObject, PreviewedChange } from "../../api/questions.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { MergePreview, PreviewedKey } from "../../model/answers/questions/merge-preview.ts";
import { recordedPlan } from "../../plan/render/recorded.ts";
import { shownDrift } from "./bindings.ts";

/** For a token with namespaces: removes the names of other namespaces from every text outside its own manifests. */
export function shownWhy(answer: WhyAnswer, reader: Reader): WhyAnswer {
  const { access, scrub } = reader;
  if (seesEverything(access)) return answer;
  const { git, live, fix, notes } = answer;
  return {
    ...answer,
    notes: scrubTexts(notes, scrub),
    git: shownAccess(git, reader),
    live: live === null ? null : shownAccess(live, reader),
    fix:
      fix === null
        ? null
        : { ...fix, answer: shownAccess(fix.answer, reader), guard: scrubTexts(fix.guard, scrub) },
  };
}

function shownAccess<Access extends AccessAnswer>(answer: Access, reader: Reader): Access {
  const shown = scrubSentences(answer, reader.scrub);
  if (answer.kind === "allowed") return { ...shown, by: answer.by.map((one) => shownStatement(one, reader)) };
  if ("by" in answer) return { ...shown, by: shownStatement(answer.by, reader) };
  return { ...shown, nearest: answer.nearest === null ? null : shownNearest(answer.nearest, reader) };
}

function shownNearest(nearest: NearMiss, reader: Reader): NearMiss {
  return isOwn(nearest.statement, reader) ? nearest : scrubTexts(nearest, reader.scrub);
}

function shownStatement(statement: FoundStatement, reader: Reader): FoundStatement {
  return isOwn(statement, reader) ? statement : scrubTexts(statement, reader.scrub);
}

function isOwn({ origin }: FoundStatement, { access, tenantPath }: Reader): boolean {
  const folder = origin === null ? null : folderOfTeam(origin.file, tenantPath);
  return folder !== null && sees(access, folder);
}

/** For a token with namespaces: removes the names of other namespaces from every text outside its own manifests. */
export function shownWhoCan(answer: WhoCan, reader: Reader): WhoCan {
  const { access, scrub } = reader;
  if (seesEverything(access)) return answer;
  return {
    ...answer,
    unknown: scrubSentences(answer.unknown, scrub),
    allowed: answer.allowed.map((one) => ({
      ...one,
      doubt: one.doubt === null ? null : scrub(one.doubt),
      by: one.by.map((statement) => shownStatement(statement, reader)),
    })),
  };
}

export function shownExposed(answer: ExposedFunctions, { access, scrub }: Reader): ExposedFunctions {
  return seesEverything(access) ? answer : scrubSentences(answer, scrub);
}

/** The answer has the keys that the token sees. Nothing is shown of a function or a role that its Team does not allow, or that is of another owner. */
export function shownMergePreview(
  { keys, beyond, ...inForce }: MergePreview,
  reader: Reader,
): MergePreviewObject["status"] {
  const { access, scrub } = reader;
  const changes = keys.map((one) => shownChange(one, reader));
  if (seesEverything(access)) return { ...inForce, changes, beyond };
  return {
    ...scrubSentences(inForce, scrub),
    changes: scrubSentences(changes, scrub),
    beyond: beyond.map(scrub),
  };
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
