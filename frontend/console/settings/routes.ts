/** The screens of a workspace's settings, each at an address of its own. */

import type { RouteRecordRaw } from "vue-router";

export const settingsRoutes: RouteRecordRaw[] = [
  {
    path: "settings",
    component: () => import("./SettingsFrame.vue"),
    children: [
      {
        path: "",
        name: "settings",
        component: () => import("./WorkspacePage.vue"),
        meta: { title: "settings.workspace_title" },
      },
      {
        path: "members",
        name: "members",
        component: () => import("./MembersPage.vue"),
        meta: { title: "settings.members_title", scope: "members:read" },
      },
      {
        path: "keys",
        name: "keys",
        component: () => import("./KeysPage.vue"),
        meta: { title: "settings.keys_title", scope: "keys:write" },
      },
      {
        path: "audit",
        name: "audit",
        component: () => import("./AuditPage.vue"),
        meta: { title: "settings.audit_title", scope: "audit:read" },
      },
    ],
  },
];
