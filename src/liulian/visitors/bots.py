"""The words by which programs that are no person give themselves away. Data, read by `recognise.py`.

Three nets, in order: parts of words (`Googlebot`, `Bytespider`), whole words, and an address of the operator. What is
left is caught from the other side: a user agent that names neither an app nor a browser engine is a program (`curl`,
`okhttp`, `Go-http-client`, a bare `CFNetwork`, an empty one), so that libraries need no list. An empty user agent is a
bot: every browser and every app sends one, while scripts and scanners often do not.
"""

# Looked for inside words; CUBOT is a maker of phones.
PARTS = (b"bot", b"spider", b"crawl")
PART_PATTERN = rb"(?<!\bcu)bots?(?![a-z])|spider|crawl"

# An address in brackets or after a plus is a crawler's visiting card. JD's app carries addresses in other places.
ADDRESSES = ("+http", "(http", ";http", "; http", ", http")

# Whose names are cut into words that mean other things.
DOUBTFUL = {"site": ("site24x7",)}

LINK_PREVIEWS = (
    "facebookexternalhit facebookcatalog facebookplatform externalhit whatsapp skypeuripreview preview bingpreview "
    "poker scrap imgproxy embedly iframely vkshare larkurl metainspector opengraph urlpreview linkpreview unfurl "
    "unfurlist mastodon wechatshareextension wechatshareextensionnew "
    "telegrambot twitterbot facebot linkedinbot slackbot discordbot redditbot pinterestbot dingtalkbot whatsappbot "
    "qqurlmgr"
)
OTHERS = (
    "headlesschrome headless phantomjs slimerjs puppeteer playwright selenium webdriver cypress "
    "lighthouse pagespeed gtmetrix ptst dareboost catchpoint pingdom pingdomtms statuscake uptime monitor monitoring "
    "newrelicpinger synthetics datadogsynthetics networkbench freshping rigor checkly uptrends ruxitsynthetic "
    "hetrixtools nodeping betterstack "
    "externalagent externalfetcher googleother inspectiontool mediapartners feedfetcher apis googleimageproxy favicon "
    "aloud slurp archiver archive wayback validator xenu nutch scrapy scraper fetcher harvest "
    "zgrab masscan nmap nikto sqlmap wpscan nuclei censys censysinspect expanse internetmeasurement heimdall "
    "screenshot webshot netcraft netcraftsurveyagent wappalyzer builtwith dataprovider brandwatch outbrain siteimprove "
    "transcoder daumoa daum jeeves teoma scoutjet datanyze ezooms "
    "python wget curl httpclient okhttp axios urllib aiohttp httpx nessus openvas"
)
