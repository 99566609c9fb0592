"""Where visitors come from, by name: the hosts and packages of places people know. Data, read by `referrers.py`.

An id is stored with clicks and never changes its meaning. The medium is what the place is used for; a host below a
known one belongs to it (`l.facebook.com`), and the longest entry wins (`tieba.baidu.com` before `baidu.com`).
"""

from dataclasses import dataclass

SEARCH, SOCIAL, MESSAGE, MAIL, REFERRAL, DIRECT = "search", "social", "message", "mail", "referral", "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place. `hosts` and `packages` (of Android apps) are separated by spaces."""

    id: str
    zh: str
    en: str
    medium: str
    hosts: str = ""
    packages: str = ""


def _source(source_id: str, zh: str, en: str, medium: str, hosts: str = "", packages: str = "") -> Source:
    return Source(id=source_id, zh=zh, en=en, medium=medium, hosts=hosts, packages=packages)


SOURCES = (
    # Search
    _source("baidu", "百度", "Baidu", SEARCH, "baidu.com", "com.baidu.searchbox com.baidu.searchbox.lite"),
    _source("google", "Google", "Google", SEARCH, "google.com", "com.google.android.googlequicksearchbox"),
    _source("bing", "必应", "Bing", SEARCH, "bing.com", "com.microsoft.bing"),
    _source("sogou", "搜狗", "Sogou", SEARCH, "sogou.com"),
    _source("so360", "360 搜索", "360 Search", SEARCH, "so.com haosou.com"),
    _source("shenma", "神马", "Shenma", SEARCH, "sm.cn"),
    _source("quark", "夸克", "Quark", SEARCH, "quark.cn", "com.quark.browser"),
    _source(
        "toutiao",
        "今日头条",
        "Toutiao",
        SOCIAL,
        "toutiao.com",
        "com.ss.android.article.news com.ss.android.article.lite",
    ),
    _source("toutiao_search", "头条搜索", "Toutiao Search", SEARCH, "so.toutiao.com"),
    _source("duckduckgo", "DuckDuckGo", "DuckDuckGo", SEARCH, "duckduckgo.com", "com.duckduckgo.mobile.android"),
    _source("yahoo", "雅虎", "Yahoo", SEARCH, "search.yahoo.com search.yahoo.co.jp yahoo.com yahoo.co.jp"),
    _source("yandex", "Yandex", "Yandex", SEARCH, "yandex.com yandex.ru ya.ru"),
    _source("naver", "Naver", "Naver", SEARCH, "search.naver.com naver.com", "com.nhn.android.search"),
    _source("ecosia", "Ecosia", "Ecosia", SEARCH, "ecosia.org"),
    _source("chatgpt", "ChatGPT", "ChatGPT", SEARCH, "chatgpt.com chat.openai.com"),
    _source("deepseek", "DeepSeek", "DeepSeek", SEARCH, "chat.deepseek.com"),
    _source("doubao", "豆包", "Doubao", SEARCH, "doubao.com"),
    _source("perplexity", "Perplexity", "Perplexity", SEARCH, "perplexity.ai"),
    # Social
    _source("wechat", "微信", "WeChat", SOCIAL, "weixin.qq.com servicewechat.com weixin110.qq.com", "com.tencent.mm"),
    _source("weibo", "微博", "Weibo", SOCIAL, "weibo.com weibo.cn t.cn", "com.sina.weibo"),
    _source("zhihu", "知乎", "Zhihu", SOCIAL, "zhihu.com", "com.zhihu.android"),
    _source("xiaohongshu", "小红书", "Xiaohongshu", SOCIAL, "xiaohongshu.com xhslink.com", "com.xingin.xhs"),
    _source(
        "douyin",
        "抖音",
        "Douyin",
        SOCIAL,
        "douyin.com iesdouyin.com",
        "com.ss.android.ugc.aweme com.ss.android.ugc.aweme.lite",
    ),
    _source(
        "kuaishou",
        "快手",
        "Kuaishou",
        SOCIAL,
        "kuaishou.com chenzhongtech.com",
        "com.smile.gifmaker com.kuaishou.nebula",
    ),
    _source("bilibili", "哔哩哔哩", "Bilibili", SOCIAL, "bilibili.com b23.tv", "tv.danmaku.bili"),
    _source("tieba", "百度贴吧", "Tieba", SOCIAL, "tieba.baidu.com", "com.baidu.tieba"),
    _source("qzone", "QQ 空间", "Qzone", SOCIAL, "qzone.qq.com qzone.com"),
    _source("douban", "豆瓣", "Douban", SOCIAL, "douban.com", "com.douban.frodo"),
    _source("csdn", "CSDN", "CSDN", SOCIAL, "csdn.net"),
    _source("juejin", "掘金", "Juejin", SOCIAL, "juejin.cn"),
    _source("jike", "即刻", "Jike", SOCIAL, "okjike.com jike.city", "com.ruguoapp.jike"),
    _source(
        "facebook", "Facebook", "Facebook", SOCIAL, "facebook.com fb.com fb.me", "com.facebook.katana com.facebook.lite"
    ),
    _source("instagram", "Instagram", "Instagram", SOCIAL, "instagram.com", "com.instagram.android"),
    _source("threads", "Threads", "Threads", SOCIAL, "threads.net threads.com", "com.instagram.barcelona"),
    _source("x", "X", "X", SOCIAL, "x.com twitter.com t.co", "com.twitter.android"),
    _source("linkedin", "LinkedIn", "LinkedIn", SOCIAL, "linkedin.com lnkd.in", "com.linkedin.android"),
    _source("reddit", "Reddit", "Reddit", SOCIAL, "reddit.com", "com.reddit.frontpage"),
    _source("pinterest", "Pinterest", "Pinterest", SOCIAL, "pinterest.com pin.it", "com.pinterest"),
    _source("youtube", "YouTube", "YouTube", SOCIAL, "youtube.com youtu.be", "com.google.android.youtube"),
    _source("tiktok", "TikTok", "TikTok", SOCIAL, "tiktok.com", "com.zhiliaoapp.musically com.ss.android.ugc.trill"),
    _source("vk", "VK", "VK", SOCIAL, "vk.com", "com.vkontakte.android"),
    _source("snapchat", "Snapchat", "Snapchat", SOCIAL, "snapchat.com", "com.snapchat.android"),
    _source("bluesky", "Bluesky", "Bluesky", SOCIAL, "bsky.app"),
    _source("hackernews", "Hacker News", "Hacker News", SOCIAL, "news.ycombinator.com"),
    # Message
    _source("wecom", "企业微信", "WeCom", MESSAGE, "work.weixin.qq.com", "com.tencent.wework"),
    _source("qq", "QQ", "QQ", MESSAGE, "im.qq.com pub.qq.com c.pc.qq.com", "com.tencent.mobileqq com.tencent.tim"),
    _source("dingtalk", "钉钉", "DingTalk", MESSAGE, "dingtalk.com", "com.alibaba.android.rimet"),
    _source("lark", "飞书", "Lark", MESSAGE, "feishu.cn larksuite.com", "com.ss.android.lark com.larksuite.suite"),
    _source("telegram", "Telegram", "Telegram", MESSAGE, "t.me telegram.org telegram.me", "org.telegram.messenger"),
    _source("whatsapp", "WhatsApp", "WhatsApp", MESSAGE, "whatsapp.com wa.me", "com.whatsapp"),
    _source("messenger", "Messenger", "Messenger", MESSAGE, "messenger.com", "com.facebook.orca"),
    _source("line", "LINE", "LINE", MESSAGE, "line.me", "jp.naver.line.android"),
    _source("kakaotalk", "KakaoTalk", "KakaoTalk", MESSAGE, "kakao.com", "com.kakao.talk"),
    _source("discord", "Discord", "Discord", MESSAGE, "discord.com discordapp.com", "com.discord"),
    _source("slack", "Slack", "Slack", MESSAGE, "slack.com", "com.slack"),
    _source("teams", "Teams", "Teams", MESSAGE, "teams.microsoft.com teams.live.com", "com.microsoft.teams"),
    # Mail
    _source("gmail", "Gmail", "Gmail", MAIL, "mail.google.com", "com.google.android.gm"),
    _source("qqmail", "QQ 邮箱", "QQ Mail", MAIL, "mail.qq.com exmail.qq.com", "com.tencent.androidqqmail"),
    _source(
        "netease_mail", "网易邮箱", "NetEase Mail", MAIL, "mail.163.com mail.126.com mail.yeah.net", "com.netease.mail"
    ),
    _source(
        "outlook",
        "Outlook",
        "Outlook",
        MAIL,
        "outlook.live.com outlook.office.com outlook.office365.com",
        "com.microsoft.office.outlook",
    ),
    _source("yahoo_mail", "雅虎邮箱", "Yahoo Mail", MAIL, "mail.yahoo.com"),
    _source("aliyun_mail", "阿里邮箱", "Aliyun Mail", MAIL, "mail.aliyun.com qiye.aliyun.com"),
)
BY_ID = {source.id: source for source in SOURCES}

# These engines have many other pages; on the hosts below they search, elsewhere under their name they only refer.
ENGINES_WITH_OTHER_PAGES = frozenset({"baidu", "google", "so360", "sogou", "yahoo", "naver", "yandex"})
SEARCH_PAGES = frozenset(
    {
        "baidu.com", "m.baidu.com", "wap.baidu.com", "image.baidu.com", "google.com", "news.google.com",
        "images.google.com", "so.com", "m.so.com", "sogou.com", "m.sogou.com", "wap.sogou.com", "weixin.sogou.com",
        "yahoo.com", "search.yahoo.com", "search.yahoo.co.jp", "naver.com", "search.naver.com", "m.search.naver.com",
        "yandex.com", "yandex.ru", "ya.ru",
    }
)  # fmt: skip
