/**
 * Two complete languages, loaded one at a time. Sentences stand in `locales/<language>/<area>.json`, flat: the sentence
 * `title` of `domains.json` is `t("domains.title")`, its places are `{name}`. Large areas come with their screens (`needArea`). A test fails on a key that is missing,
 * unused, or in one language only, and on words that stand in a template.
 */

import type { Language as ElementLanguage } from "element-plus/es/locale";
import { shallowRef } from "vue";
import { createI18n } from "vue-i18n";

export type Language = "zh-CN" | "en";
/** An area of sentences that comes with its screens. */
export type LaterArea = "communities";
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { "zh-CN": "简体中文", en: "English" };

const loaders = {
  "zh-CN": () => import("./locales/zh-CN"),
  en: () => import("./locales/en"),
};

export const i18n = createI18n({ legacy: false, locale: "zh-CN", fallbackLocale: false, missingWarn: true });
/** The words inside Element Plus. */
export const elementLanguage = shallowRef<ElementLanguage>();

/** A sentence, outside of a component. */
export const t = i18n.global.t;

/** The language in which the server made the page. */
export function shellLanguage(): Language {
  return document.documentElement.lang === "en" ? "en" : "zh-CN";
}

const needed = new Set<LaterArea>();

/** Load the sentences of an area that does not come with the first screen, in this language and in any chosen later. */
export async function needArea(area: LaterArea): Promise<void> {
  if (needed.has(area)) return;
  const language = currentLanguage();
  i18n.global.mergeLocaleMessage(language, { [area]: await areaIn(language, area) });
  needed.add(area);
}

async function areaIn(language: Language, area: LaterArea): Promise<object> {
  const { later } = await loaders[language]();
  return (await later[area]()).default;
}

/** Load a language and show everything in it. */
export async function loadLanguage(language: Language): Promise<void> {
  const { messages, element } = await loaders[language]();
  const areas = await Promise.all([...needed].map(async (area) => [area, await areaIn(language, area)] as const));
  i18n.global.setLocaleMessage(language, { ...messages, ...Object.fromEntries(areas) } as never);
  i18n.global.locale.value = language as never;
  elementLanguage.value = element;
  document.documentElement.lang = language;
}

/** Show everything in another language from now on, the sentences of the server's refusals included. */
export async function chooseLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  // The cookie is the server's own: a page asked for in a language is how it is set.
  await fetch(`/console?lang=${language}`, { method: "HEAD" }).catch(() => undefined);
}

export function currentLanguage(): Language {
  return i18n.global.locale.value as Language;
}
