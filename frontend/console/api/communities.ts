/** Communities: what they are built from, what came of their channels, who is in them. */

import { anyApi, api, ask, downloadUrl } from "./client";
import type { components } from "./schema";

type Shapes = components["schemas"];
export type Community = Shapes["Community"];
export type CommunityWish = Shapes["CommunityWish"];
export type CommunityPatch = Partial<Shapes["CommunityPatch"]>;
export type TemplateLine = Shapes["TemplateLine"];
export type Template = Shapes["CommunityTemplate"];
export type TemplateText = Shapes["TemplateText"];
export type Goal = Shapes["Goal"];
export type Badge = Shapes["Badge"];
export type Ritual = Shapes["Ritual"];
export type OccurrenceChange = Shapes["OccurrenceChange"];
export type Service = Shapes["Service"];
export type ServiceKind = Service["kind"];
export type Channel = Shapes["Channel"];
export type Member = Shapes["CommunityMember"];
export type MemberPage = Shapes["CommunityMemberPage"];
export type Connector = Shapes["Connector"];
export type ConnectorKind = Connector["kind"];

/** What stands in one list of a community, and can be put in order. */
export interface Parts {
  readonly goals: Goal;
  readonly badges: Badge;
  readonly rituals: Ritual;
  readonly services: Service;
}
export type Plural = keyof Parts;
export type Part = Parts[Plural];

const at = (id: string) => ({ params: { path: { id } } });
const on = (id: string, part: string) => ({ params: { path: { id, part_id: part } } });

export async function listCommunities(): Promise<readonly Community[]> {
  return (await ask(api.GET("/api/v1/communities"))).communities;
}

export function readCommunity(id: string): Promise<Community> {
  return ask(api.GET("/api/v1/communities/{id}", at(id)));
}

export function foundCommunity(wish: CommunityWish): Promise<Community> {
  return ask(api.POST("/api/v1/communities", { body: wish }));
}

export function changeCommunity(id: string, change: CommunityPatch): Promise<Community> {
  return ask<Community>(anyApi.PATCH("/api/v1/communities/{id}", { ...at(id), body: change }));
}

export function removeCommunity(id: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/communities/{id}", at(id)));
}

export async function listTemplates(): Promise<readonly TemplateLine[]> {
  return (await ask(api.GET("/api/v1/community-templates"))).templates;
}

export function readTemplate(key: string): Promise<Template> {
  return ask(api.GET("/api/v1/community-templates/{key}", { params: { path: { key } } }));
}

export function useTemplate(wish: Shapes["TemplateWish"]): Promise<Community> {
  return ask(api.POST("/api/v1/communities/from-template", { body: wish }));
}

export async function listParts<K extends Plural>(id: string, plural: K): Promise<readonly Parts[K][]> {
  const answer = await ask<Record<K, Parts[K][]>>(anyApi.GET(`/api/v1/communities/{id}/${plural}`, at(id)));
  return answer[plural];
}

export function addPart<K extends Plural>(id: string, plural: K, wish: object): Promise<Parts[K]> {
  return ask<Parts[K]>(anyApi.POST(`/api/v1/communities/{id}/${plural}`, { ...at(id), body: wish }));
}

export function changePart<K extends Plural>(id: string, plural: K, part: string, wish: object): Promise<Parts[K]> {
  return ask<Parts[K]>(anyApi.PATCH(`/api/v1/communities/{id}/${plural}/{part_id}`, { ...on(id, part), body: wish }));
}

export function removePart(id: string, plural: Plural, part: string): Promise<unknown> {
  return ask<unknown>(anyApi.DELETE(`/api/v1/communities/{id}/${plural}/{part_id}`, on(id, part)));
}

export function orderParts(id: string, plural: Plural, ids: readonly string[]): Promise<unknown> {
  return ask<unknown>(anyApi.PUT(`/api/v1/communities/{id}/${plural}/order`, { ...at(id), body: { ids } }));
}

const OCCURRENCE = "/api/v1/communities/{id}/rituals/{part_id}/changes/{occurrence}";
const when = (id: string, part: string, occurrence: string) => ({ params: { path: { id, part_id: part, occurrence } } });

export function changeOccurrence(
  id: string, ritual: string, occurrence: string, wish: Shapes["OccurrenceWish"],
): Promise<OccurrenceChange> {
  return ask(api.PUT(OCCURRENCE, { ...when(id, ritual, occurrence), body: wish }));
}

export function restoreOccurrence(id: string, ritual: string, occurrence: string): Promise<unknown> {
  return ask(api.DELETE(OCCURRENCE, when(id, ritual, occurrence)));
}

export async function listChannels(id: string): Promise<readonly Channel[]> {
  return (await ask(api.GET("/api/v1/communities/{id}/channels", at(id)))).channels;
}

export function addChannel(id: string, wish: Shapes["ChannelWish"]): Promise<Channel> {
  return ask(api.POST("/api/v1/communities/{id}/channels", { ...at(id), body: wish }));
}

export function changeChannel(id: string, channel: string, wish: object): Promise<Channel> {
  return ask<Channel>(anyApi.PATCH("/api/v1/communities/{id}/channels/{part_id}", { ...on(id, channel), body: wish }));
}

export function removeChannel(id: string, channel: string): Promise<unknown> {
  return ask(api.DELETE("/api/v1/communities/{id}/channels/{part_id}", on(id, channel)));
}

export interface MembersAsked {
  readonly state?: Member["state"];
  readonly channel?: string;
}

export function listMembers(id: string, asked: MembersAsked, cursor: string | null): Promise<MemberPage> {
  const query = { ...asked, ...(cursor === null ? {} : { cursor }) };
  return ask<MemberPage>(anyApi.GET("/api/v1/communities/{id}/members", { params: { path: { id }, query } }));
}

export function membersUrl(id: string): string {
  return downloadUrl(`/api/v1/communities/${id}/members.csv`);
}

export async function listConnectors(id: string): Promise<readonly Connector[]> {
  return (await ask(api.GET("/api/v1/communities/{id}/connectors", at(id)))).connectors;
}

export function putConnector(id: string, kind: ConnectorKind, wish: object): Promise<Connector> {
  const place = { params: { path: { id, kind } } };
  return ask<Connector>(anyApi.PUT("/api/v1/communities/{id}/connectors/{kind}", { ...place, body: wish }));
}

export function removeConnector(id: string, kind: ConnectorKind): Promise<unknown> {
  return ask(api.DELETE("/api/v1/communities/{id}/connectors/{kind}", { params: { path: { id, kind } } }));
}

export type GoalProgress = Shapes["GoalProgress"];
export type BroadcastDraft = Shapes["BroadcastDraft"];
export type BroadcastPage = Shapes["BroadcastPage"];
export type EvidenceReport = Shapes["EvidenceReport"];

export async function readProgress(id: string): Promise<readonly GoalProgress[]> {
  return (await ask(api.GET("/api/v1/communities/{id}/goals/progress", at(id)))).goals;
}

export function draftBroadcast(id: string): Promise<BroadcastDraft> {
  return ask(api.GET("/api/v1/communities/{id}/broadcasts/draft", at(id)));
}

export function listBroadcasts(id: string): Promise<BroadcastPage> {
  return ask(api.GET("/api/v1/communities/{id}/broadcasts", at(id)));
}

export function publishBroadcast(id: string, wish: object): Promise<unknown> {
  return ask<unknown>(anyApi.POST("/api/v1/communities/{id}/broadcasts", { ...at(id), body: wish }));
}

export interface EvidenceWish {
  readonly kind: string;
  readonly dry_run: boolean;
  /** Column → field; null: what the headers say. */
  readonly mapping: Readonly<Record<string, string>> | null;
}

export function sendEvidence(id: string, file: File, wish: EvidenceWish): Promise<EvidenceReport> {
  const body = new FormData();
  body.append("kind", wish.kind);
  body.append("dry_run", String(wish.dry_run));
  if (wish.mapping !== null) body.append("mapping", JSON.stringify(wish.mapping));
  body.append("file", file);
  const plain = { body, bodySerializer: (given: FormData) => given };
  return ask<EvidenceReport>(anyApi.POST("/api/v1/communities/{id}/evidence", { ...at(id), ...plain }));
}

export type Flag = Shapes["CommunityFlag"];
export type FlagPage = Shapes["CommunityFlagPage"];
export type Post = Shapes["CommunityPost"];
export type PostPage = Shapes["CommunityPostPage"];

export function listFlags(id: string, state: Flag["state"], cursor: string | null = null): Promise<FlagPage> {
  const query = { state, ...(cursor === null ? {} : { cursor }) };
  return ask<FlagPage>(anyApi.GET("/api/v1/communities/{id}/flags", { params: { path: { id }, query } }));
}

export function decideFlag(id: string, flag: string, wish: object): Promise<Flag> {
  return ask<Flag>(anyApi.POST("/api/v1/communities/{id}/flags/{part_id}/decision", { ...on(id, flag), body: wish }));
}

export function listPosts(id: string, state: Post["state"], cursor: string | null = null): Promise<PostPage> {
  const query = { state, ...(cursor === null ? {} : { cursor }) };
  return ask<PostPage>(anyApi.GET("/api/v1/communities/{id}/posts", { params: { path: { id }, query } }));
}

export function decidePost(id: string, post: string, wish: object): Promise<Post> {
  return ask<Post>(anyApi.POST("/api/v1/communities/{id}/posts/{part_id}/decision", { ...on(id, post), body: wish }));
}
