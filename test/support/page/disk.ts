import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { DAY, SIZES, watchProblems, type Look, type Tab } from "./browsing.ts";

/** Opens an export from disk, without a network. `problems`: errors, violations of the policy and requests for other files. */
export async function openFromDisk(browser: Browser, folder: string, look: Look = DAY): Promise<Tab> {
  const context = await browser.newContext({
    viewport: SIZES[look.size],
    colorScheme: look.scheme,
    offline: true,
  });
  const page = await context.newPage();
  const problems = watchProblems(page, pathToFileURL(folder).href);
  return { page, problems, close: () => context.close() };
}

/** The address of a screen of an export, such as `/functions/orders/x`. */
export function onDisk(folder: string, place = "/"): string {
  return `${pathToFileURL(join(folder, "index.html")).href}#${place}`;
}
