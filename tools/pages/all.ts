import { alertsPage } from "./alerts-page.ts";
import { auditPage } from "./audit.ts";
import { cliPage } from "./cli.ts";
import { dashboardPage } from "./dashboard.ts";
import { grantsPage } from "./grants.ts";
import { manifestsPage } from "./manifests.ts";
import { operatingPage } from "./operating.ts";
import type { Page } from "./page.ts";
import { callsChart, readmePage } from "./peers.ts";
import { permissionsPage } from "./permissions.ts";
import { rulePages } from "./rules.ts";
import { runbookPages } from "./runbooks.ts";
import { outputSchemas } from "../schemas/output-schemas.ts";
import { simulatorPage } from "./simulator.ts";
import { sizingPage } from "./sizing.ts";

/** Every page that `tools/write-docs.ts` writes and test/unit/tools/pages.test.ts holds. */
export const PAGES: readonly Page[] = [
  alertsPage,
  auditPage,
  cliPage,
  dashboardPage,
  grantsPage,
  manifestsPage,
  operatingPage,
  callsChart,
  permissionsPage,
  readmePage,
  ...rulePages,
  ...runbookPages,
  outputSchemas,
  simulatorPage,
  sizingPage,
];
