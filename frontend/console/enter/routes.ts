/** The ways in: for people who are not signed in, or not yet known. Tokens stand behind `#`, which no server is sent. */

import type { RouteRecordRaw } from "vue-router";

const page = { open: true };

export const enterRoutes: RouteRecordRaw[] = [
  {
    path: "/setup",
    name: "setup",
    component: () => import("./SetupPage.vue"),
    meta: { ...page, title: "enter.setup_title" },
  },
  {
    path: "/sign-in",
    name: "sign-in",
    component: () => import("./SignInPage.vue"),
    meta: { ...page, title: "enter.sign_in_title" },
  },
  {
    path: "/invitation",
    name: "invitation",
    component: () => import("./InvitationPage.vue"),
    meta: { ...page, title: "enter.invitation_title" },
  },
  {
    path: "/forgotten",
    name: "forgotten",
    component: () => import("./ForgottenPage.vue"),
    meta: { ...page, title: "enter.forgotten_title" },
  },
  {
    path: "/reset",
    name: "reset",
    component: () => import("./ResetPage.vue"),
    meta: { ...page, title: "enter.reset_title" },
  },
];
