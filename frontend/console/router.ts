/**
 * Every address of the console. A route says in `meta` what its page is called, who may see it, and how it is framed.
 *
 * `title`: key of the page's title. `open`: also for people who are not signed in. `scope`: what one must be allowed.
 */

import { nextTick } from "vue";
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw } from "vue-router";
import { accountRoutes } from "./account/routes";
import { asProblem } from "./api/problem";
import type { Scope } from "./api/session";
import { communityRoutes } from "./communities/routes";
import { domainRoutes } from "./domains/routes";
import { enterRoutes } from "./enter/routes";
import { t } from "./i18n";
import { linkRoutes } from "./links/routes";
import { can, ready, state, whenSignedOut, workspace } from "./session";
import { settingsRoutes } from "./settings/routes";
import { fault } from "./shell/fault";
import { transferRoutes } from "./transfer/routes";

declare module "vue-router" {
  interface RouteMeta {
    title?: string;
    open?: boolean;
    scope?: Scope;
  }
}

export const router = createRouter({
  history: createWebHistory("/console"),
  scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    ...enterRoutes,
    {
      path: "/",
      component: () => import("./shell/AppShell.vue"),
      children: [
        { path: "", redirect: { name: "links" } },
        ...linkRoutes,
        ...communityRoutes,
        ...transferRoutes,
        ...domainRoutes,
        ...settingsRoutes,
        ...accountRoutes,
        {
          path: "not-allowed",
          name: "not-allowed",
          component: () => import("./shell/NotAllowedPage.vue"),
          meta: { title: "shell.not_allowed_title" },
        },
        {
          path: ":rest(.*)*",
          name: "not-found",
          component: () => import("./shell/NotFoundPage.vue"),
          meta: { title: "shell.not_found_title" },
        },
      ],
    },
  ],
});

router.beforeEach(async (to) => {
  try {
    await ready();
  } catch (thrown) {
    fault.value = asProblem(thrown);
    return true;
  }
  return elsewhere(to) ?? true;
});

/** Return where somebody is led who may not be at this address, or null. */
function elsewhere(to: RouteLocationNormalized): RouteLocationRaw | null {
  if (state.value === "setup") return to.name === "setup" ? null : { name: "setup", hash: to.hash };
  if (to.meta.open) return null;
  if (state.value !== "signed_in") return { name: "sign-in", query: returning(to.fullPath) };
  if (workspace.value === null && !to.path.startsWith("/account")) return { name: "account" };
  return to.meta.scope !== undefined && !can(to.meta.scope) ? { name: "not-allowed" } : null;
}

/** Return the query by which signing in leads back. */
export function returning(path: string): { return?: string } {
  return path === "/" ? {} : { return: path };
}

whenSignedOut(() => {
  const here = router.currentRoute.value;
  if (!here.meta.open) void router.push({ name: "sign-in", query: returning(here.fullPath) });
});

router.afterEach(async (to, from) => {
  document.title = titleOf(to);
  if (to.path === from.path || from.matched.length === 0) return;
  await nextTick();
  // Who listens hears the new page's name, and the keyboard goes on from its top.
  document.querySelector<HTMLElement>("[data-page-title]")?.focus({ preventScroll: true });
});

export function titleOf(route: RouteLocationNormalized): string {
  const name = route.meta.title ? t(route.meta.title) : "";
  return [name, t("shell.product")].filter(Boolean).join(" · ");
}

// After an upgrade the names of files have changed: the page is asked for anew, once for each address.
router.onError((error: unknown, to) => {
  if (!(error instanceof Error) || !/import|fetch|preload/i.test(error.message)) return;
  const again = new URL(router.resolve(to.fullPath).href, location.href);
  if (again.href !== location.href || history.state?.reloaded !== true) {
    history.replaceState({ ...history.state, reloaded: true }, "", again);
    location.reload();
  }
});
