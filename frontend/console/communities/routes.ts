/** The screens of communities: all of them, a new one, and one with its guided path, channels, people and evidence. */

import type { RouteRecordRaw } from "vue-router";
import { needArea } from "../i18n";

const words = () => needArea("communities");

export const communityRoutes: RouteRecordRaw[] = [
  {
    path: "communities",
    name: "communities",
    component: () => import("./CommunitiesPage.vue"),
    beforeEnter: words,
    meta: { title: "communities.title", scope: "communities:read" },
  },
  {
    path: "communities/new",
    name: "community-new",
    component: () => import("./TemplatesPage.vue"),
    beforeEnter: words,
    meta: { title: "communities.new_title", scope: "communities:write" },
  },
  {
    path: "communities/begin",
    name: "community-begin",
    component: () => import("./BeginPage.vue"),
    beforeEnter: words,
    meta: { title: "communities.begin_title", scope: "communities:write" },
  },
  {
    path: "communities/:id",
    component: () => import("./CommunityFrame.vue"),
    props: true,
    beforeEnter: words,
    children: [
      {
        path: "",
        name: "community",
        component: () => import("./OverviewPage.vue"),
        meta: { title: "communities.overview", scope: "communities:read" },
      },
      {
        path: "build/:step?",
        name: "community-build",
        component: () => import("./build/BuildPage.vue"),
        props: true,
        meta: { title: "communities.build", scope: "communities:read" },
      },
      {
        path: "channels",
        name: "community-channels",
        component: () => import("./ChannelsPage.vue"),
        meta: { title: "communities.channels", scope: "communities:read" },
      },
      {
        path: "members",
        name: "community-members",
        component: () => import("./MembersPage.vue"),
        meta: { title: "communities.members", scope: "communities:people" },
      },
      {
        path: "order",
        name: "community-order",
        component: () => import("./OrderPage.vue"),
        meta: { title: "communities.order", scope: "communities:people" },
      },
      {
        path: "evidence",
        name: "community-evidence",
        component: () => import("./EvidencePage.vue"),
        meta: { title: "communities.evidence", scope: "communities:write" },
      },
      {
        path: "connectors",
        name: "community-connectors",
        component: () => import("./ConnectorsPage.vue"),
        meta: { title: "communities.connectors", scope: "communities:write" },
      },
    ],
  },
];
