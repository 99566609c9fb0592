/** The apps that rules can name, those of China first, as in the lists of the home page. */

export const CHINESE = [
  "wechat",
  "wecom",
  "qq",
  "weibo",
  "douyin",
  "kuaishou",
  "xiaohongshu",
  "alipay",
  "taobao",
  "jd",
  "pinduoduo",
  "dingtalk",
  "lark",
  "baidu",
  "toutiao",
  "bilibili",
  "zhihu",
] as const;
export const OTHERS = [
  "facebook",
  "messenger",
  "instagram",
  "threads",
  "x",
  "tiktok",
  "line",
  "telegram",
  "snapchat",
  "kakaotalk",
  "linkedin",
  "pinterest",
] as const;
export const APPS: readonly string[] = [...CHINESE, ...OTHERS, "webview"];
export const OPENERS: readonly string[] = ["browser", ...APPS];
export const SYSTEMS = ["iOS", "Android", "HarmonyOS", "Windows", "macOS", "Linux", "other"] as const;
export const FORMS = ["mobile", "tablet", "desktop"] as const;
export const PRESETS = ["none", "wechat_qq", "china", "all", "custom"] as const;
export const MODES = ["guide", "preview", "app"] as const;
