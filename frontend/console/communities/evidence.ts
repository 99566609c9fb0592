/** What can be told from elsewhere, and what a column of a table can be. */

export const EVIDENCE_KINDS = ["purchase", "send", "open", "opt_out", "quit", "head_count", "attendance"] as const;

export const EVIDENCE_COLUMNS = [
  "key", "kind", "at", "member_id", "email", "wechat", "wecom", "value", "currency", "discount", "list_price", "coupon",
  "name", "purpose", "stimulus_share", "stimulus_amount", "channel", "group", "ritual_id", "occurrence", "send_id",
  "link_id", "channel_id",
] as const;
