import type { FastifyInstance } from "fastify";
import { mergePreviewRequest, type MergePreviewObject } from "../../../api/questions.ts";
import type { MergeRequest } from "../../../model/answers/questions/merge-preview.ts";
import { withPrefix } from "../../../model/keys/source-prefix.ts";
import { callerText, sees, seesEverything } from "../../access/access.ts";
import { folderOf } from "../../access/redaction.ts";
import { shownMergePreview } from "../../present/pending/merge-preview.ts";
import { envelope } from "../../present/metadata.ts";
import { accessOf, openReader, type HttpContext } from "../../request/context.ts";
import { accepted, ApiFailure } from "../../request/failure.ts";
import { parseWith } from "../../request/parse.ts";
import { questionReader } from "../../request/question-reader.ts";
import type { Reader } from "../../request/reader.ts";

/** The manifests of a change with hundreds of functions; other requests are much smaller. */
const BODY_BYTES = 4_194_304;

/** A POST that changes nothing, so the scope `read` is enough. The answer has the keys that the token sees. */
export function registerMergePreviews(api: FastifyInstance, context: HttpContext): void {
  api.post(
    "/mergepreviews",
    { config: { scopes: ["read"] }, bodyLimit: BODY_BYTES },
    async (request): Promise<MergePreviewObject> => {
      const { namespace = null, files } = parseWith(mergePreviewRequest, request.body);
      const reader = await openReader(context, accessOf(request));
      const preview = { namespace, files };
      checkFiles(preview, reader);
      const answer = accepted(reader, await context.control.mergePreview(preview, questionReader(reader)));
      return {
        ...envelope("MergePreview", { name: "answer" }),
        status: shownMergePreview(answer, reader),
      };
    },
  );
}

/**
 * A token with namespaces tries files of its own folders alone, as its team can push them: with a Team of its own making it
 * would see what others have.
 */
function checkFiles({ namespace, files }: MergeRequest, { access, tenantPath }: Reader): void {
  if (seesEverything(access)) return;
  const other = files.find(({ path }) => {
    const folder = folderOf(namespace === null ? path : withPrefix(namespace, path), tenantPath);
    return folder === null || !sees(access, folder);
  });
  if (other !== undefined)
    throw new ApiFailure("Forbidden", `${callerText(access)} may not try files outside of its namespaces`);
}
