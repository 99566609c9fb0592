/** The screens of links. */

import type { RouteRecordRaw } from "vue-router";

export const linkRoutes: RouteRecordRaw[] = [
  {
    path: "links",
    name: "links",
    component: () => import("./LinksPage.vue"),
    meta: { title: "links.title", scope: "links:read" },
  },
  {
    path: "links/:id/statistics",
    name: "link-statistics",
    component: () => import("./StatisticsPage.vue"),
    props: true,
    meta: { title: "links.statistics", scope: "stats:read" },
  },
];
