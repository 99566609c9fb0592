/** Inside WeChat, and only where the community has a service account: the card that people see when a page is passed on.
 *
 * The SDK is loaded once the server has signed this page; without an account nothing is loaded, and WeChat shows what it
 * reads from the page itself.
 */

interface Card {
  readonly title: string;
  readonly desc: string;
  readonly link: string;
  readonly image: string;
}

interface Signed {
  readonly app_id: string;
  readonly timestamp: number;
  readonly nonce: string;
  readonly signature: string;
  readonly card: Card;
}

/** What we use of the SDK, which brings no types of its own. */
interface Sdk {
  config(options: Record<string, unknown>): void;
  ready(then: () => void): void;
  updateAppMessageShareData(card: Record<string, unknown>): void;
  updateTimelineShareData(card: Record<string, unknown>): void;
}

const APIS = ["updateAppMessageShareData", "updateTimelineShareData"];

/** Offer the card of the community on this page. */
export async function setUpShare(base: string): Promise<void> {
  const url = location.href.split("#", 1)[0] ?? "";
  const answer = await fetch(`${base}/do/jssdk?url=${encodeURIComponent(url)}`).catch(() => null);
  if (answer?.status !== 200) return;
  const signed = (await answer.json()) as Signed;
  const loaded: unknown = await import("weixin-js-sdk");
  const sdk = ((loaded as { default?: unknown }).default ?? loaded) as Sdk;
  const { title, desc, link, image: imgUrl } = signed.card;
  sdk.ready(() => {
    sdk.updateAppMessageShareData({ title, desc, link, imgUrl });
    sdk.updateTimelineShareData({ title: `${title} · ${desc}`, link, imgUrl });
  });
  sdk.config({
    debug: false,
    appId: signed.app_id,
    timestamp: signed.timestamp,
    nonceStr: signed.nonce,
    signature: signed.signature,
    jsApiList: APIS,
  });
}
