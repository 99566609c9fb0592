/** The screens of import and export, each at an address of its own. */

import type { RouteRecordRaw } from "vue-router";
import { can } from "../session";

export const transferRoutes: RouteRecordRaw[] = [
  {
    path: "transfer",
    component: () => import("./TransferFrame.vue"),
    children: [
      // Whoever may only look may still take everything along.
      { path: "", name: "transfer", redirect: () => ({ name: can("links:write") ? "imports" : "exports" }) },
      {
        path: "imports",
        name: "imports",
        component: () => import("./ImportsPage.vue"),
        meta: { title: "transfer.imports_title", scope: "links:write" },
      },
      {
        path: "exports",
        name: "exports",
        component: () => import("./ExportsPage.vue"),
        meta: { title: "transfer.exports_title", scope: "links:read" },
      },
      {
        path: "claim",
        name: "claim",
        component: () => import("./ClaimPage.vue"),
        meta: { title: "transfer.claim_title", scope: "links:write" },
      },
    ],
  },
  {
    path: "transfer/imports/:id",
    name: "import",
    component: () => import("./ImportPage.vue"),
    props: true,
    meta: { title: "transfer.import_title", scope: "links:write" },
  },
];
