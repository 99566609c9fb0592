"""Scan, upload, drop, paste: in a real browser, with a camera that is fed from a file. No picture leaves needlessly."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from liulian.qr.kinds import kind_of
from tests.browser.chromium import ARGUMENTS, USER_AGENT, find_chromium
from tests.browser.conftest import PATIENCE_MS, PHONE, Wrongs
from tests.browser.steps import overflow
from tests.browser.test_access import _violations
from tests.unit.qr.pictures import bent, code, grainy, on_ground, saved
from tests.unit.qr.test_kinds import ROWS

ADDRESS = "https://www.example.com/tea?from=poster"
OTHER = "https://www.example.com/coffee"
GROUP = "https://weixin.qq.com/g/AwYAAPqwc"
_FAILING = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{}'))"
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def _film(folder: Path, *codes: Image.Image) -> Path:
    """Write a film of one standing picture, as MJPEG: the camera of the test."""
    frame = Image.new("RGB", (640, 480), "white")
    for place, each in enumerate(codes):
        frame.paste(each.resize((260, 260)), (40 + place * 300, 100))
    film = folder / "camera.mjpeg"
    film.write_bytes(saved(frame, "JPEG", quality=90) * 4)
    return film


@pytest.fixture
def films(tmp_path: Path, server: str, browser: Browser) -> Iterator["Films"]:
    films = Films(tmp_path, server, browser)
    yield films
    films.close()


class Films:
    """Opens pages whose camera sees what a test wants; each needs a browser of its own."""

    def __init__(self, folder: Path, server: str, browser: Browser) -> None:
        self._folder, self._server, self._type = folder, server, browser.browser_type
        self._browsers: list[Browser] = []
        self._wrongs = Wrongs(server)

    def page(self, *codes: Image.Image, camera: bool = True) -> Page:
        film = f"--use-file-for-fake-video-capture={_film(self._folder, *codes)}"
        arguments = [*ARGUMENTS, *((*CAMERA, film) if camera else ())]
        browser = self._type.launch(executable_path=find_chromium(), args=arguments)
        self._browsers.append(browser)
        context = browser.new_context(base_url=self._server, viewport=PHONE, locale="zh-CN", user_agent=USER_AGENT)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        self._wrongs.watch(page)
        page.goto("/")
        return page

    def close(self) -> None:
        for browser in self._browsers:
            browser.close()
        assert self._wrongs.found == []


def _upload(page: Page, picture: bytes, *, kind: str = "image/png") -> None:
    page.locator("#upload-file").set_input_files(FilePayload(name="photo", mimeType=kind, buffer=picture))


def _field_says(page: Page, text: str) -> None:
    expect(page.locator("#destination")).to_have_value(text)


def _server_reads(page: Page) -> list[str]:
    """Return a list that grows with every picture that is sent to the server."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/qr/decode" in request.url else None)
    return sent


def test_code_before_the_camera_becomes_a_short_link(films: Films) -> None:
    page = films.page(code(ADDRESS))

    page.get_by_role("button", name="扫码").click()

    _field_says(page, ADDRESS)
    expect(page.locator("#camera")).to_be_hidden()
    expect(page.locator("#spoken")).to_contain_text(ADDRESS)
    assert page.evaluate("document.getElementById('camera-video').srcObject") is None
    page.keyboard.press("Enter")  # The focus is on the next step already.
    expect(page.locator("#result")).to_be_visible()


def test_one_of_two_codes_in_view_is_chosen(films: Films, axe: str) -> None:
    page = films.page(code(ADDRESS), code(OTHER))

    page.get_by_role("button", name="扫码").click()

    expect(page.locator("#camera-says")).to_contain_text("2 个二维码")
    expect(page.locator(".mark")).to_have_count(2)
    assert _violations(page, axe) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name=OTHER).click()
    _field_says(page, OTHER)


def test_code_is_chosen_by_touching_it_in_the_picture(films: Films) -> None:
    page = films.page(code(ADDRESS), code(OTHER))
    page.get_by_role("button", name="扫码").click()
    marks = page.locator(".mark")
    expect(marks).to_have_count(2)

    left = min((0, 1), key=lambda index: marks.nth(index).evaluate("mark => mark.getBoundingClientRect().left"))
    marks.nth(left).click()

    _field_says(page, ADDRESS)


def test_camera_dialog_is_left_with_the_keyboard_and_lets_go_of_the_camera(films: Films) -> None:
    page = films.page()
    page.locator("#scan").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#camera-says")).to_contain_text("把二维码放进画面")

    page.keyboard.press("Escape")

    expect(page.locator("#camera")).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()
    assert page.evaluate("document.getElementById('camera-video').srcObject") is None


def test_refused_camera_is_explained_and_a_picture_will_do(context: BrowserContext, page: Page, axe: str) -> None:
    context.add_init_script(_FAILING.format("NotAllowedError"))
    page.goto("/")
    page.get_by_role("button", name="扫码").click()

    expect(page.locator("#camera-says")).to_contain_text("没有相机权限")
    assert _violations(page, axe) == []
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="拍照或选图").click()
    chooser.value.set_files(FilePayload(name="photo", mimeType="image/png", buffer=saved(code(ADDRESS), "PNG")))
    _field_says(page, ADDRESS)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "没有加密"),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "不让网页用相机"),
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))",
            "没有找到",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError') }",
            "占用",
        ),
    ],
)
def test_missing_camera_is_explained(context: BrowserContext, page: Page, script: str, words: str) -> None:
    context.add_init_script(script)
    page.goto("/")

    page.get_by_role("button", name="扫码").click()

    expect(page.locator("#camera-says")).to_contain_text(words)
    expect(page.get_by_role("button", name="拍照或选图")).to_be_focused()


def test_torch_and_other_camera_are_there_where_the_device_has_them(films: Films) -> None:
    page = films.page()
    page.add_init_script("""
        const all = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
        navigator.mediaDevices.enumerateDevices = async () => {
          const found = (await all()).filter(one => one.kind === 'videoinput');
          return [...found, ...found];
        };
        MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
        MediaStreamTrack.prototype.applyConstraints = async () => {};
    """)
    page.goto("/")
    page.get_by_role("button", name="扫码").click()
    torch = page.get_by_role("button", name="手电筒")

    torch.click()

    expect(torch).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="换镜头").click()
    expect(page.locator("#camera-says")).to_contain_text("把二维码放进画面")
    expect(torch).to_have_attribute("aria-pressed", "false")


def _photo(*, turned: int = 0, share: float = 0, blurred: float = 0) -> bytes:
    """Return a photo of a code on a table: turned by degrees, seen from the side, out of focus, and grainy."""
    tilted = bent(code(ADDRESS, module=10).rotate(turned, expand=True, fillcolor=255), share=share)
    picture = on_ground(tilted, side=1200).filter(ImageFilter.GaussianBlur(blurred))
    return saved(grainy(picture, grain=12, seed=5), "JPEG", quality=80)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"])
def test_uploaded_picture_fills_the_field_without_leaving_the_browser(page: Page, kind: str) -> None:
    page.goto("/")
    sent = _server_reads(page)

    _upload(page, saved(code(ADDRESS), kind), kind=f"image/{kind.lower()}")

    _field_says(page, ADDRESS)
    assert sent == []


@pytest.mark.parametrize(
    "photo",
    [
        _photo(turned=17, share=0.08),
        _photo(turned=180),
        _photo(share=0.15),
        _photo(blurred=3),
        _photo(turned=250, share=0.1, blurred=2),
    ],
    ids=["tilted", "upside-down", "from-the-side", "out-of-focus", "all-of-it"],
)
def test_photo_of_a_code_on_a_table_is_read(page: Page, photo: bytes) -> None:
    page.goto("/")

    _upload(page, photo, kind="image/jpeg")

    _field_says(page, ADDRESS)


def test_one_of_two_codes_of_a_photo_is_chosen_or_both(page: Page) -> None:
    page.goto("/")
    photo = saved(on_ground(code(ADDRESS), code(OTHER)), "JPEG")

    _upload(page, photo, kind="image/jpeg")
    expect(page.get_by_text("图里有 2 个二维码")).to_be_visible()
    page.get_by_role("button", name=OTHER).click()
    _field_says(page, OTHER)

    _upload(page, photo, kind="image/jpeg")
    page.get_by_role("button", name="全部填入").click()
    assert sorted(page.locator("#destination").input_value().split()) == sorted([ADDRESS, OTHER])


def test_server_reads_what_the_browser_cannot(context: BrowserContext, page: Page) -> None:
    context.add_init_script("HTMLImageElement.prototype.decode = () => Promise.reject(new Error('unknown format'))")
    page.goto("/")
    sent = _server_reads(page)

    _upload(page, saved(code(ADDRESS), "PNG"))

    _field_says(page, ADDRESS)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (saved(Image.effect_noise((300, 300), 50), "PNG"), "没有读到二维码"),
        (b"hello", "不是能读的图片"),
        (saved(code(), "PNG")[:200], "损坏或不完整"),
        (b"hello" * 3_000_000, "最多 10 MB"),
    ],
)
def test_picture_that_cannot_be_read_is_explained(page: Page, picture: bytes, words: str) -> None:
    page.goto("/")

    _upload(page, picture)

    expect(page.locator("#ways-note")).to_contain_text(words)


def test_group_code_is_named_and_not_filled_in(page: Page, axe: str) -> None:
    page.goto("/")

    _upload(page, saved(code(GROUP), "PNG"))

    expect(page.get_by_role("heading", name="微信群二维码")).to_be_visible()
    expect(page.locator("#found-help")).to_contain_text("长按识别")
    expect(page.locator("#found-text")).to_have_text(GROUP)
    _field_says(page, "")
    assert _violations(page, axe) == []
    assert overflow(page) <= 0


def test_text_is_shown_and_copied(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    _upload(page, saved(code("WIFI:S:家;T:WPA;P:secret;;"), "PNG"))
    expect(page.get_by_role("heading", name="Wi-Fi")).to_be_visible()

    page.get_by_role("button", name="复制内容").click()

    expect(page.locator("#found-copy")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "WIFI:S:家;T:WPA;P:secret;;"


_TRANSFER = """([bytes, make]) => {
    const data = new DataTransfer();
    const picture = Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0));
    data.items.add(new File([picture], 'photo.png', { type: 'image/png' }));
    for (const one of make) {
        const how = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
        const event = one === 'paste' ? new ClipboardEvent(one, how) : new DragEvent(one, how);
        document.getElementById('destination').dispatchEvent(event);
        if (one === 'dragover') window.veiled = !document.getElementById('drop').hidden;
    }
}"""


def test_picture_is_dropped_anywhere_on_the_page(page: Page) -> None:
    page.goto("/")

    page.evaluate(_TRANSFER, [b64encode(saved(code(ADDRESS), "PNG")).decode(), ["dragover", "drop"]])

    _field_says(page, ADDRESS)
    assert page.evaluate("window.veiled") is True
    expect(page.locator("#drop")).to_be_hidden()


def test_picture_is_pasted_into_the_page(page: Page) -> None:
    page.goto("/")

    page.evaluate(_TRANSFER, [b64encode(saved(code(ADDRESS), "PNG")).decode(), ["paste"]])

    _field_says(page, ADDRESS)


def test_table_that_brings_its_own_picture_is_pasted_as_text(page: Page) -> None:
    page.goto("/")
    sent = _server_reads(page)

    is_left_to_the_field = page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'table.png', { type: 'image/png' }));
        data.setData('text/plain', 'https://www.example.com/');
        const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data });
        return document.getElementById('destination').dispatchEvent(event);
    }""")

    assert is_left_to_the_field
    assert sent == []


def test_button_pastes_text_and_pictures(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")

    page.evaluate("text => navigator.clipboard.writeText(text)", OTHER)
    page.get_by_role("button", name="粘贴").click()
    _field_says(page, OTHER)

    _copy_picture(page, code(ADDRESS))
    page.get_by_role("button", name="粘贴").click()
    _field_says(page, ADDRESS)


def test_picture_is_pasted_with_the_keyboard(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    _copy_picture(page, code(ADDRESS))

    page.locator("#destination").press("Control+V")

    _field_says(page, ADDRESS)


def _copy_picture(page: Page, picture: Image.Image) -> None:
    page.evaluate(
        "async bytes => navigator.clipboard.write([new ClipboardItem({'image/png': new Blob("
        "[Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], {type: 'image/png'})})])",
        b64encode(saved(picture, "PNG")).decode(),
    )


def test_paste_is_explained_where_the_browser_forbids_it(context: BrowserContext, page: Page) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto("/")

    page.get_by_role("button", name="粘贴").click()

    expect(page.locator("#ways-note")).to_contain_text("长按")
    expect(page.locator("#destination")).to_be_focused()


def test_reader_is_loaded_only_when_it_is_needed_and_from_here(page: Page, server: str) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/")
    expect(page.locator("#scan")).to_be_visible()
    assert not [url for url in loaded if "reader" in url]

    _upload(page, saved(code(ADDRESS), "PNG"))
    _field_says(page, ADDRESS)

    assert [url for url in loaded if url.startswith(f"{server}/static/zxing_reader") and url.endswith(".wasm")]


def test_browser_and_server_tell_kinds_by_the_same_rules(page: Page) -> None:
    table = json.loads((Path(kind_of.__code__.co_filename).with_name("kinds.json")).read_text(encoding="utf-8"))
    page.goto("/")

    told = page.evaluate(
        "([rows, texts]) => texts.map(text => rows.find(row => new RegExp(row.pattern, 'i').test(text.trim())).kind)",
        [table, [text for text, _ in ROWS]],
    )

    assert told == [name for _, name in ROWS]


def test_choice_names_what_is_no_address(page: Page) -> None:
    page.goto("/")

    _upload(page, saved(on_ground(code(ADDRESS), code(GROUP)), "JPEG"), kind="image/jpeg")

    expect(page.get_by_role("button", name="微信群二维码")).to_be_visible()
    expect(page.get_by_role("button", name="全部填入")).to_have_count(0)
    page.get_by_role("button", name="微信群二维码").click()
    expect(page.locator("#found-text")).to_have_text(GROUP)
