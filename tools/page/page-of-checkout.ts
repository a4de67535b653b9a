/** Builds the page that a controller of this checkout serves: `npm run demo` runs it first, and it takes less than a second. */
import { fileURLToPath } from "node:url";
import { buildPage } from "./build-page.ts";

await buildPage(
  fileURLToPath(new URL("../..", import.meta.url)),
  fileURLToPath(new URL("../../dist/page", import.meta.url)),
);
