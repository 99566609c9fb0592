"""What is on the screen when a picture is taken: each scene leads a fresh page there, in either language.

Only ids and places are used, never words: the scenes are the same in both languages.
"""

from base64 import b64encode
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.chromium import USER_AGENT
from tests.unit.qr.pictures import code, on_ground, saved

DESTINATION = "https://www.example.com/campaign/winter-tea?from=poster&id=91"
SEVERAL = (
    "https://www.example.com/campaign/winter-tea\nhttps://shop.example.org/autumn?id=7\nhttp://127.0.0.1/admin\n"
    "https://www.example.net/a/rather/long/path/that/does/not/fit/into/one/line?of=a&narrow=phone"
)
GROUP = "https://weixin.qq.com/g/AwYAAPqwcT9kZ"
WIFI = "WIFI:S:茶饮健康 二楼;T:WPA;P:correct horse;;"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
VISITORS = (
    USER_AGENT,
    USER_AGENT,
    f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x18003230) NetType/WIFI Language/zh_CN",
    f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
# A camera that sees one standing picture, in any browser: no device is needed.
_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const bytes = Uint8Array.from(atob('BYTES'), letter => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const draw = () => canvas.getContext('2d').drawImage(picture, 0, 0);
  draw();
  setInterval(draw, 50);
  return canvas.captureStream(20);
};"""
_REFUSED = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"


def make(page: Page, typed: str = DESTINATION) -> str:
    """Make a link on a fresh home page and return it."""
    page.goto("/")
    page.fill("#destination", typed)
    page.click("#submit")
    expect(page.locator("#result")).to_be_visible()
    expect(page.locator("#qr")).to_have_js_property("complete", value=True)
    return page.locator("#short-url").inner_text()


def home(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#ways")).to_be_visible()


def problem(page: Page) -> None:
    page.goto("/")
    page.fill("#destination", "javascript:alert(1)")
    page.click("#submit")
    expect(page.locator("#problem")).to_be_visible()


def guard(page: Page) -> None:
    page.goto("/")
    page.click("#guard > summary")


def guard_custom(page: Page) -> None:
    guard(page)
    page.locator(".choice", has=page.locator("input[value=custom]")).click()
    for app in ("wechat", "douyin", "xiaohongshu"):
        page.locator("#guard-apps .pill", has=page.locator(f"input[value={app}]")).click()
    page.click("#guard-apps .more summary")
    page.locator(".choice", has=page.locator("input[value=app]")).click()
    page.click("#submit")  # Nothing to send yet: the field is still empty.


def audience(page: Page) -> None:
    page.goto("/")
    page.click("#audience > summary")
    for name, value in (("system", "iOS"), ("system", "HarmonyOS"), ("form", "mobile"), ("container", "wechat")):
        page.locator("#audience .pill", has=page.locator(f"input[name={name}][value={value}]")).click()


def result(page: Page) -> None:
    make(page)


def statistics(page: Page) -> None:
    short_url = make(page)
    page.click("#statistics-toggle")
    for agent in VISITORS:
        page.request.get(short_url, max_redirects=0, headers={"User-Agent": agent})
    expect(page.locator("#total-clicks")).to_have_text(str(len(VISITORS)), timeout=15_000)


def several(page: Page) -> None:
    page.goto("/")
    page.fill("#destination", SEVERAL)
    page.click("#submit")
    expect(page.locator("#several-acts")).to_be_visible(timeout=15_000)


def recent(page: Page) -> None:
    for number in range(3):
        make(page, f"https://www.example.com/campaign/{number}?from=poster")
    page.reload()
    links = page.locator("#recent-links > li")
    links.nth(2).locator(".acts button").last.click()
    links.nth(0).locator(".acts button").nth(1).click()
    expect(page.locator("#qr")).to_be_visible()


def _scan(page: Page, script: str) -> None:
    page.add_init_script(script)
    page.goto("/")
    page.click("#scan")


def _seeing(picture: Image.Image) -> str:
    return _CAMERA.replace("BYTES", b64encode(saved(picture, "PNG")).decode())


def scan(page: Page) -> None:
    _scan(page, _seeing(Image.effect_noise((640, 480), 60)))
    starting = page.evaluate("JSON.parse(document.getElementById('messages').textContent)['scan.starting']")
    expect(page.locator("#camera-view")).to_be_visible()
    expect(page.locator("#camera-says")).not_to_have_text(starting)


def scan_several(page: Page) -> None:
    _scan(page, _seeing(on_ground(code(DESTINATION, module=6), code(GROUP, module=6), side=480)))
    expect(page.locator("#camera-choices")).to_be_visible()


def scan_refused(page: Page) -> None:
    _scan(page, _REFUSED)
    expect(page.locator("#camera-view")).to_be_hidden()


def _upload(page: Page, picture: Image.Image) -> None:
    page.goto("/")
    file = FilePayload(name="photo.png", mimeType="image/png", buffer=saved(picture, "PNG"))
    page.locator("#upload-file").set_input_files(file)


def upload_several(page: Page) -> None:
    _upload(page, on_ground(code(DESTINATION), code(f"{DESTINATION}2")))
    expect(page.locator("#found-choices")).to_be_visible()


def upload_none(page: Page) -> None:
    _upload(page, Image.effect_noise((300, 300), 50))
    expect(page.locator("#ways-note")).to_be_visible()
    page.wait_for_load_state("networkidle")  # The server looks too.


def found_group(page: Page) -> None:
    _upload(page, code(GROUP))
    expect(page.locator("#found-text")).to_be_visible()


def found_wifi(page: Page) -> None:
    _upload(page, code(WIFI))
    expect(page.locator("#found-text")).to_be_visible()


def report(page: Page) -> None:
    page.goto("/report?url=AbCdEfG")


def report_problem(page: Page) -> None:
    page.goto("/report")
    page.click("main button")


def report_sent(page: Page) -> None:
    short_url = make(page)
    page.goto("/report")
    page.fill("#url", short_url)
    page.select_option("#reason", "fraud")
    page.click("main button")


def expand(page: Page) -> None:
    page.goto("/expand")


def privacy(page: Page) -> None:
    page.goto("/privacy")


def terms(page: Page) -> None:
    page.goto("/terms")


def preview(page: Page) -> None:
    page.goto(f"{make(page)}+")


def not_found(page: Page) -> None:
    page.goto("/AbCdEfGhJ")


def documentation(page: Page) -> None:
    page.goto("/api/docs")


SCENES: dict[str, Callable[[Page], None]] = {
    "home": home,
    "problem": problem,
    "guard": guard,
    "guard-custom": guard_custom,
    "audience": audience,
    "result": result,
    "statistics": statistics,
    "several": several,
    "recent": recent,
    "scan": scan,
    "scan-several": scan_several,
    "scan-refused": scan_refused,
    "upload-several": upload_several,
    "upload-none": upload_none,
    "found-group": found_group,
    "found-wifi": found_wifi,
    "report": report,
    "report-problem": report_problem,
    "report-sent": report_sent,
    "expand": expand,
    "privacy": privacy,
    "terms": terms,
    "preview": preview,
    "not-found": not_found,
    "documentation": documentation,
}
