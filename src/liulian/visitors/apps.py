"""The table of apps: who opens a link, in the order in which the rows are tried. Data, read by `recognise.py`.

It owns the names. An app is seen when its user agent holds one of `words`: whole words, any case, where everything that
is not a letter ends a word (`aweme_31.9.0` holds `aweme`; `MQQBrowser/9` does not hold `qq`). A word that also means
other things stands in `doubtful`, with the phrases of which the lower-cased user agent must hold one for it to count; a
space in front of a phrase is also found at the very beginning.

Rows are added, moved and given more words; a `number` is never changed and never used again: it is part of the code of
a visitor class, which is written to disk with every click.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What people do in it. `browser`, `webview` and `bot` are one row each."""

    CHAT = "chat"
    WORK = "work"
    SOCIAL = "social"
    VIDEO = "video"
    SHOP = "shop"
    PAY = "pay"
    NEWS = "news"
    BROWSER = "browser"
    WEBVIEW = "webview"
    BOT = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One row. `words` are separated by spaces; `doubtful` maps a word to the phrases that settle it."""

    number: int
    id: str
    zh: str
    en: str
    kind: Kind
    words: str = ""
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    why: str


BOT = App(
    number=1,
    id="bot",
    zh="机器人",
    en="Bot",
    kind=Kind.BOT,
    why="Tried before all others, by the words of `bots.py`; also whatever names neither an app nor a browser engine.",
)
BROWSER = App(
    number=2,
    id="browser",
    zh="浏览器",
    en="Browser",
    kind=Kind.BROWSER,
    # Only browsers that look like a web view without their name: they say `; wv)`, or leave out Safari on iOS.
    words="ucbrowser ucweb ucmini juc quark mqqbrowser qqbrowser qhbrowser qihoobrowser sogoumobilebrowser sogoumse "
    "metasr huaweibrowser honorbrowser bdhonorbrowser miuibrowser vivobrowser heytapbrowser oppobrowser "
    "samsungbrowser realmebrowser mzbrowser baidubrowser bidubrowser bdbrowser lebrowser mblebrowser "
    "mobilelenovobrowser nubiabrowser mxbrowser mxios maxthon liebaofast lbbrowser aloha alohabrowser alook "
    "duckduckgo ddg yabrowser yasearchbrowser firefox fxios focus klar crios edgios edga opr opx opt opios opera "
    "silk brave vivaldi puffin mintbrowser ecosia xbrowser browser",
    why="Real browsers, UC, Quark and QQ Browser among them; and the answer when no other row fits.",
)
WEBVIEW = App(
    number=3,
    id="webview",
    zh="未知应用内网页",
    en="Unknown web view",
    kind=Kind.WEBVIEW,
    words="wv aliapp uws ucbs",
    doubtful={"tbs": (" tbs/",)},
    why="`; wv)` is Android's own mark; TBS and UWS are engines that Tencent and UC lend to other apps, so that "
    "MQQBrowser and UCBrowser beside them are no browser; AliApp( without a known name is another app of Alibaba; "
    "on iOS a page without Safari/ is inside some app.",
)

# Order matters: WeCom carries WeChat's token, DingTalk carries AliApp, old WeChat carries MQQBrowser and even QQ/,
# Messenger and Threads carry Facebook's and Instagram's, Douyin mini-programs carry Toutiao's.
APPS = (
    App(
        number=4,
        id="wecom",
        zh="企业微信",
        en="WeCom",
        kind=Kind.WORK,
        words="wxwork wxworklocal wwlocal wework wecom",
        why="`wxwork/4.1.39 MicroMessenger/7.0.1`, on Windows `wxwork/… (MicroMessenger/6.2) WindowsWechat`; "
        "the private edition says wxworklocal and wwlocal.",
    ),
    App(
        number=5,
        id="wechat",
        zh="微信",
        en="WeChat",
        kind=Kind.CHAT,
        words="micromessenger wechat weixin windowswechat macwechat unifiedpcwindowswechat unifiedpcmacwechat",
        why="The same MicroMessenger/ on every system; mini-programs add miniProgram or MiniProgramEnv/; "
        "a Mac may call itself WindowsWechat, so that word says nothing of the system.",
    ),
    App(
        number=6,
        id="dingtalk",
        zh="钉钉",
        en="DingTalk",
        kind=Kind.WORK,
        words="dingtalk rimet",
        why="`AliApp(DingTalk/6.5.30) com.alibaba.android.rimet/…` on phones, `dingtalk-win … DingTalk(7.6.45-…)` and "
        "`DingTalk(7.6.0-macOS-…)` on computers.",
    ),
    App(
        number=7,
        id="lark",
        zh="飞书",
        en="Lark",
        kind=Kind.WORK,
        words="feishu larklocale",
        doubtful={"lark": (" lark/",)},
        why="Feishu and Lark both send `Lark/7.32.8 LarkLocale/zh_CN`, also on computers.",
    ),
    App(
        number=8,
        id="alipay",
        zh="支付宝",
        en="Alipay",
        kind=Kind.PAY,
        words="alipayclient alipaydefined alipayide",
        doubtful={"ap": ("aliapp(ap/", "aliapp(ap-")},
        why="`AliApp(AP/10.3.0.8000) AlipayClient/10.3.0.8000`, pages and mini-programs alike.",
    ),
    App(
        number=9,
        id="taobao",
        zh="淘宝",
        en="Taobao",
        kind=Kind.SHOP,
        words="taobao tmall idlefish",
        doubtful={
            "tb": ("aliapp(tb",),
            "tm": ("aliapp(tm",),
            "ju": ("aliapp(ju",),
            "lt": ("aliapp(lt",),
            "ltao": ("aliapp(lt",),
            "fm": ("aliapp(fm",),
            "fleamarket": ("aliapp(fleamarket", "@fleamarket_"),
        },
        why="Taobao, Tmall, Juhuasuan, 淘特 and 闲鱼 are one shop with one set of rules: `AliApp(TB/…`, `AliApp(TM/…`, "
        "`AliApp(FM/…`, `TTID/600000@taobao_android_7.8.3`.",
    ),
    App(
        number=10,
        id="weibo",
        zh="微博",
        en="Weibo",
        kind=Kind.SOCIAL,
        words="weibo weibointlandroid weibointlios weibooverseas weibolite weiboplus weibohd weiboipad sinaweibo",
        why="`Weibo (iPhone8,2__weibo__8.9.3__iphone__os12.0)`, sometimes without the first word; "
        "abroad `Mi+10_12_WeiboIntlAndroid_6020`.",
    ),
    App(
        number=11,
        id="qq",
        zh="QQ",
        en="QQ",
        kind=Kind.CHAT,
        words="qzone ipadqq",
        doubtful={"qq": (" qq/", ";qq/", "(qq/"), "tim": (" tim/",)},
        why="`V1_AND_SQ_… QQ/8.9.78`, on Windows `QQ/9.9.15-27187 … Electron/`, TIM `QQ/103.4 TIM/3.4.2`; "
        "QQ Browser says MQQBrowser or QQBrowser and is a browser.",
    ),
    App(
        number=12,
        id="xiaohongshu",
        zh="小红书",
        en="Xiaohongshu",
        kind=Kind.SOCIAL,
        words="xhsdiscover xiaohongshu rednote xhsshareenative",
        doubtful={"discover": (" discover/",), "xhs": (" xhs/",)},
        why="`xhsdiscover/8.40` in pages; `discover/8.84 (iPhone; iOS 18.5; Scale/3.00)` and "
        "`Device/(…) discover/7.10.0 NetType/WiFi` from the app itself.",
    ),
    App(
        number=13,
        id="douyin",
        zh="抖音",
        en="Douyin",
        kind=Kind.VIDEO,
        words="aweme awemelite douyin douyinlite douyinecommerce hotsoon awemehotsoon",
        doubtful={"live": ("appname/live_stream", " live_stream_")},
        why="`aweme_31.9.0`, `aweme/31.9.0`, `AppName/aweme`; Lite `aweme_lite` or `douyin_lite_290` alone; "
        "火山 `aweme_hotsoon`, earlier live_stream.",
    ),
    App(
        number=14,
        id="kuaishou",
        zh="快手",
        en="Kuaishou",
        kind=Kind.VIDEO,
        words="kwai ksnebula ksthanos kswebview kswv kuaishou livemate",
        why="`Kwai/12.9.10.8962`, `Kwai_Lite/`, `Kwai_Pro/`; Lite says `KsWebView/… ksNebula/12.5.20` and no Kwai.",
    ),
    App(
        number=15,
        id="tiktok",
        zh="TikTok",
        en="TikTok",
        kind=Kind.VIDEO,
        words="tiktok musically musicallygo tiktoklite",
        doubtful={"musical": ("musical_ly",), "trill": (" trill_", " trill/", "/trill", ".trill")},
        why="`trill_340002 … AppName/musical_ly`, `musical_ly_34.0.0`; BytedanceWebview/ alone is only an engine.",
    ),
    App(
        number=16,
        id="toutiao",
        zh="今日头条",
        en="Toutiao",
        kind=Kind.NEWS,
        words="newsarticle newslite newssocial toutiao toutiaomicroapp",
        doubtful={"news": ("news_article", "article.news")},
        why="`JsSdk/2 NewsArticle/8.2.8 NetType/wifi (NewsLite 8.2.8)`; TTWebView/ alone is only an engine.",
    ),
    App(
        number=17,
        id="bilibili",
        zh="哔哩哔哩",
        en="Bilibili",
        kind=Kind.VIDEO,
        words="biliapp bilidroid bilibili",
        doubtful={"bili": (" bili-universal", " bili-hd", " bili-blue", " bili-inter")},
        why="`BiliApp/83000100 os/ios model/iPhone 13 mobi_app/iphone`, `BiliDroid/7.80.0`.",
    ),
    App(
        number=18,
        id="baidu",
        zh="百度",
        en="Baidu",
        kind=Kind.NEWS,
        words="baiduboxapp baiduboxlite baiduboxpad baiduboxmission",
        why="`baiduboxapp/12.25.0.10 (Baidu; P1 10)`, Lite `lite baiduboxapp/6.59`; mini-programs add swan/.",
    ),
    App(
        number=19,
        id="jd",
        zh="京东",
        en="JD",
        kind=Kind.SHOP,
        words="jdapp jdltapp jdpingou jdmall jdjr",
        doubtful={"jd": (" jd4iphone", " jd4ipad")},
        why="A prefix, not a suffix: `jdapp;iPhone;10.1.2;…;Mozilla/5.0 (…`; Lite jdltapp, 京喜 jdpingou.",
    ),
    App(
        number=20,
        id="pinduoduo",
        zh="拼多多",
        en="Pinduoduo",
        kind=Kind.SHOP,
        words="pinduoduo",
        doubtful={"phh": (" phh_",)},
        why="`phh_android_version/5.51.0 phh_android_build/…`, `phh_ios_version/6.78.0`.",
    ),
    App(
        number=21,
        id="zhihu",
        zh="知乎",
        en="Zhihu",
        kind=Kind.SOCIAL,
        words="zhihu zhihuhybrid futureve",
        doubtful={"osee": ("osee2unified",)},
        why="`ZhihuHybrid com.zhihu.android/Futureve/6.59.0 Mozilla/…`, iOS `osee2unifiedRelease/…`: both in front.",
    ),
    App(
        number=22,
        id="messenger",
        zh="Messenger",
        en="Messenger",
        kind=Kind.CHAT,
        words="messengerforios messengerliteforios mlite",
        doubtful={
            "messenger": ("fban/messenger", "fb_iab/messenger", "metaiab messenger"),
            "orca": ("orca-android", "fban/orca", "facebook.orca"),
        },
        why="`[FBAN/MessengerForiOS;…`, `[FB_IAB/Orca-Android;…`, `FB_IAB/MESSENGER`: Facebook's tokens, its own name.",
    ),
    App(
        number=23,
        id="instagram",
        zh="Instagram",
        en="Instagram",
        kind=Kind.SOCIAL,
        words="instagram",
        why="`Instagram 142.0.0.22.109 (iPhone12,5; …)`, `Instagram 88.0.0.14.99 Android (…)`.",
    ),
    App(
        number=24,
        id="threads",
        zh="Threads",
        en="Threads",
        kind=Kind.SOCIAL,
        doubtful={"barcelona": (" barcelona ", " barcelona/"), "threads": ("metaiab threads", " threads/")},
        why="Its code name is a city: `Barcelona 324.0.0.25.109 Android`.",
    ),
    App(
        number=25,
        id="facebook",
        zh="Facebook",
        en="Facebook",
        kind=Kind.SOCIAL,
        words="fban fbav fbios metaiab katana",
        doubtful={"fb": ("fb_iab", "fb4a")},
        why="`[FBAN/FBIOS;FBAV/…]`, `[FB_IAB/FB4A;…]`, Lite `[FBAN/FBLite;…]`, lately `MetaIAB Facebook`.",
    ),
    App(
        number=26,
        id="x",
        zh="X",
        en="X",
        kind=Kind.SOCIAL,
        words="twitter twitterandroid",
        why="`Twitter for iPhone/10.34`, `TwitterAndroid/10.53.0-release.1`: still the old name.",
    ),
    App(
        number=27,
        id="line",
        zh="LINE",
        en="LINE",
        kind=Kind.CHAT,
        doubtful={"line": (" line/", ";line/")},
        why="`Safari Line/15.0.0/IAB`, with LIFF for its mini-apps.",
    ),
    App(
        number=28,
        id="telegram",
        zh="Telegram",
        en="Telegram",
        kind=Kind.CHAT,
        words="telegram",
        why="`Telegram-Android/12.2.10 (…)`; on iOS it opens Safari's own view and cannot be told.",
    ),
    App(
        number=29,
        id="snapchat",
        zh="Snapchat",
        en="Snapchat",
        kind=Kind.CHAT,
        words="snapchat",
        why="`Snapchat/12.33.0.36 (like Safari/…)`.",
    ),
    App(
        number=30,
        id="kakaotalk",
        zh="KakaoTalk",
        en="KakaoTalk",
        kind=Kind.CHAT,
        words="kakaotalk",
        why="`KAKAOTALK/10.7.1 (INAPP)`, `KAKAOTALK 8.6.3`; its preview fetcher says kakaotalk-scrap and is a bot.",
    ),
    App(
        number=31,
        id="linkedin",
        zh="LinkedIn",
        en="LinkedIn",
        kind=Kind.SOCIAL,
        words="linkedinapp linkedin",
        why="`[LinkedInApp]/9.24`, on Windows `LinkedIn/Windows-native-app`.",
    ),
    App(
        number=32,
        id="pinterest",
        zh="Pinterest",
        en="Pinterest",
        kind=Kind.SOCIAL,
        words="pinterest",
        why="`[Pinterest/iOS]`, `Pinterest for Android/12.1.1 (…)`; its crawler names an address and is a bot.",
    ),
)

# Tried in this order. Bots stand in front of it, and BROWSER is also the answer when nothing fits.
CONTAINERS = (*APPS, WEBVIEW, BROWSER)
EVERY_ROW = (BOT, BROWSER, WEBVIEW, *APPS)
BY_ID = {app.id: app for app in EVERY_ROW}
