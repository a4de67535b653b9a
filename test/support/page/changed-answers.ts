import type { Page, Route } from "playwright-core";

// eslint-disable-next-line typescript/no-explicit-any -- answers of every shape are changed
type Json = any;

/** Changes the answers of a path on their way to the page. */
export async function changed(page: Page, path: string, change: (json: Json) => void): Promise<void> {
  await page.route(path, async (route: Route) => {
    const response = await route.fetch();
    const json: Json = await response.json();
    change(json);
    await route.fulfill({ response, json });
  });
}
