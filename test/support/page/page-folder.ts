import { join } from "node:path";

/** The page that a controller of this checkout serves. `npm run browser` builds it before its tests. */
export const PAGE_FOLDER = join(import.meta.dirname, "../../../dist/page");
