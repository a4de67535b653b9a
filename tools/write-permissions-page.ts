/** Writes docs/aws-permissions.md from the table in src/aws/permissions.ts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { permissionsPage } from "./permissions-page.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/aws-permissions.md", await permissionsPage());
