/** The screens of domains. */

import type { RouteRecordRaw } from "vue-router";

export const domainRoutes: RouteRecordRaw[] = [
  {
    path: "domains",
    name: "domains",
    component: () => import("./DomainsPage.vue"),
    meta: { title: "domains.title", scope: "domains:read" },
  },
  {
    path: "domains/:id",
    name: "domain",
    component: () => import("./DomainPage.vue"),
    props: true,
    meta: { title: "domains.one_title", scope: "domains:read" },
  },
];
