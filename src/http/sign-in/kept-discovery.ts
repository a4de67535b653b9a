import type { Clock } from "../../controller/ports/clock.ts";
import type { OidcSettings } from "./oidc-provider.ts";

/** The endpoints of a provider hardly ever change; its keys and the secret are not kept. */
const KEPT_MS = 60_000;
/** The provider may answer again at any time. */
const FAILURE_KEPT_MS = 5_000;
const DISCOVERY = "/.well-known/openid-configuration";

interface DiscoveryRead {
  readonly url: string;
  readonly answer: Promise<ProviderAnswer>;
  endsMs: number;
}

interface ProviderAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * The settings with a `fetch` that keeps the discovery document for a minute: people who are not signed in could otherwise
 * send the provider as many requests as they like.
 */
export function withKeptDiscovery(settings: OidcSettings, clock: Clock): OidcSettings {
  let kept: DiscoveryRead | null = null;
  return {
    ...settings,
    fetch: async (url, init) => {
      if (!new URL(url).pathname.endsWith(DISCOVERY)) return settings.fetch(url, init);
      if (kept === null || kept.url !== url || kept.endsMs <= clock.nowMs())
        kept = keep(url, readAnswer(settings.fetch(url, init)), clock);
      const { text, status, headers } = await kept.answer;
      return new Response(text, { status, headers });
    },
  };
}

function keep(url: string, answer: Promise<ProviderAnswer>, clock: Clock): DiscoveryRead {
  const kept: DiscoveryRead = { url, answer, endsMs: clock.nowMs() + KEPT_MS };
  const noteFailure = (): void => {
    kept.endsMs = clock.nowMs() + FAILURE_KEPT_MS;
  };
  answer.then(({ status }) => (status === 200 ? undefined : noteFailure()), noteFailure);
  return kept;
}

async function readAnswer(sent: Promise<Response>): Promise<ProviderAnswer> {
  const response = await sent;
  const { status } = response;
  const type = response.headers.get("content-type");
  return {
    status,
    headers: new Headers(type === null ? {} : { "content-type": type }),
    text: await response.text(),
  };
}
