/** The screens of links. */

import type { RouteRecordRaw } from "vue-router";

export const linkRoutes: RouteRecordRaw[] = [
  {
    path: "links",
    name: "links",
    component: () => import("./LinksPage.vue"),
    meta: { title: "links.title", scope: "links:read" },
  },
];
