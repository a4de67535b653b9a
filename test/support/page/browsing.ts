import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright-core";

/** Debian's browser. */
export const CHROMIUM = "/usr/bin/chromium";

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
}

/** How long a page may take until it shows what a test waits for. */
const SHOWN_WITHIN_MS = 30_000;

async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(SHOWN_WITHIN_MS);
  return context;
}

/** A phone, a tablet, the laptop of someone on call, and a screen on a desk. */
export const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 768, height: 1_024 },
  laptop: { width: 1_366, height: 768 },
  desk: { width: 1_920, height: 1_080 },
} as const;

export interface Look {
  readonly size: keyof typeof SIZES;
  readonly scheme: "light" | "dark";
  /** `Europe/Berlin`; missing: that of the machine. */
  readonly zone?: string;
}

/** A controller, and its local token. */
export interface Site {
  readonly url: string;
  readonly token: string;
}

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** A page of someone who is signed in. `problems`: errors, violations of the policy and requests to other hosts. */
export interface Tab {
  readonly page: Page;
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Opens a link of `grantkeeper open`, and presses its button. */
export async function signIn(page: Page, { url, token }: Site): Promise<void> {
  const answer = await fetch(`${url}/auth/local/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ user: "dana" }),
  });
  const { path } = (await answer.json()) as { readonly path: string };
  await page.goto(path);
  await page.getByRole("button").click();
  await page.waitForURL("**/ui/");
}

/** Signs in once: the number of attempts in a minute is limited. */
export async function signInOnce(browser: Browser, site: Site): Promise<Cookies> {
  const context = await newContext(browser, { baseURL: site.url });
  await signIn(await context.newPage(), site);
  const cookies = await context.storageState();
  await context.close();
  return cookies;
}

export async function openTab(
  browser: Browser,
  { url, cookies }: { readonly url: string; readonly cookies: Cookies },
  { size, scheme, zone }: Look = DAY,
): Promise<Tab> {
  const look = {
    viewport: SIZES[size],
    colorScheme: scheme,
    ...(zone !== undefined && { timezoneId: zone }),
  } as const;
  const context = await newContext(browser, { ...look, baseURL: url, storageState: cookies });
  const page = await context.newPage();
  const problems = watchProblems(page, url);
  return { page, problems, close: () => context.close() };
}

/** As if the window and the scheme of the system had changed. */
export async function changeLook(page: Page, { size, scheme }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize(SIZES[size]);
}

/** Collects errors, violations of the policy, and requests for anything that does not begin with `own`. */
export function watchProblems(page: Page, own: string): readonly string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !isFailedRequest(message.text()))
      problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(own) && !/^(data|blob):/.test(asked)) problems.push(`request: ${asked}`);
  });
  return problems;
}

export const DAY: Look = { size: "laptop", scheme: "light" };

/** The browser reports each answer outside 2xx; tests look at what the page shows of it. */
function isFailedRequest(text: string): boolean {
  return text.startsWith("Failed to load resource");
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/**
 * What axe finds that keeps people from using the page: `RULE: SELECTOR` for each place. `preload: false`: it fetches no style
 * sheets, which the policy of a page on disk forbids.
 */
export async function barriers(
  page: Page,
  options: { readonly preload?: false } = {},
): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (asked) => {
    const { axe } = globalThis as unknown as {
      readonly axe: { run(options: object): Promise<{ readonly violations: readonly Violation[] }> };
    };
    return (await axe.run(asked)).violations;
  }, options);
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Leaves a picture in the folder of PAGE_PICTURES, if it is set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["PAGE_PICTURES"];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The screen has its heading, and nothing on it is still being read. The network is never idle: a watch stays open. */
export async function untilRead(page: Page): Promise<void> {
  const screen = page.locator("main:not(:has(.skeleton))").filter({ has: page.locator("h1") });
  await screen.waitFor({ state: "attached" });
}

interface ReadmePicture {
  readonly name: "function" | "functions";
  /** Below `/ui/`. */
  readonly path: string;
  readonly height: number;
}

const README_PICTURES = new URL("../../../docs/pictures/", import.meta.url);

/**
 * Compares a screen with the picture of it in the README or its pages, by the texts that are stored with the picture. With
 * README_PICTURES it takes the picture again, and stores its texts.
 */
export async function readmePicture(
  page: Page,
  { name, path, height }: ReadmePicture,
): Promise<{ readonly shown: readonly string[]; readonly inPicture: readonly string[] }> {
  const texts = fileURLToPath(new URL(`${name}.txt`, README_PICTURES));
  await page.setViewportSize({ width: 1_200, height });
  await page.goto(`/ui/${path}`);
  await untilRead(page);
  const shown = await outline(page);
  if (process.env["README_PICTURES"] !== undefined) {
    await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, README_PICTURES)) });
    writeFileSync(texts, `${shown.join("\n")}\n`);
  }
  await page.setViewportSize(SIZES.laptop);
  return { shown, inPicture: readFileSync(texts, "utf8").trimEnd().split("\n") };
}

/** What a screen is made of: its navigation, headings, columns, buttons, fields and what opens more, without numbers, which differ in each run. */
async function outline(page: Page): Promise<readonly string[]> {
  const parts = page.locator("nav a, h1, h2, h3, th[scope=col], button, label, summary");
  // What is folded, such as the table of the timeline, is not in the picture. A label contains the choices of its field.
  const texts = await parts.evaluateAll((elements) =>
    elements
      .filter((element) => {
        const around = element.matches("summary") ? element.parentElement?.parentElement : element;
        return around?.closest("details:not([open])") === null;
      })
      .map((element) => {
        const text = element.matches("label") ? element.firstChild?.textContent : element.textContent;
        return `${element.matches("h1, h2, h3") ? "heading" : element.tagName.toLowerCase()}: ${text ?? ""}`;
      }),
  );
  return [...new Set(texts.map((text) => text.replaceAll(/\b[0-9a-f]{7,8}\b|\d+[smhd]?/g, "#").trim()))];
}

/** Whether the page is wider than the screen. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { document } = globalThis as unknown as {
      readonly document: {
        readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
      };
    };
    return document.documentElement.scrollWidth > document.documentElement.clientWidth;
  });
}
