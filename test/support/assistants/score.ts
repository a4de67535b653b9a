/**
 * Compares fixes of the broken manifests with the reference: `node bin/launch.mjs test/support/assistants/score.ts FOLDER`,
 * where FOLDER is a repository that began as `test/fixtures/assistants/world` with `broken/` in `teams/orders/`. Prints
 * what the fixes widen; `grantkeeper validate FOLDER` prints what they left broken.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledRepository, FIXED, manifestNames, writeRepository } from "./repository.ts";
import { widenings } from "./widening.ts";

const root = await mkdtemp(join(tmpdir(), "gk-reference-"));
try {
  await writeRepository(root, FIXED);
  const reference = await compiledRepository(root);
  const fix = await compiledRepository(process.argv[2] ?? ".");
  const wider = widenings(fix, reference);
  const names = await manifestNames();
  process.stdout.write(
    [...wider, `${names.length} manifests, ${fix.bindings.size} compile, ${wider.length} widenings`, ""].join(
      "\n",
    ),
  );
} finally {
  await rm(root, { recursive: true });
}
