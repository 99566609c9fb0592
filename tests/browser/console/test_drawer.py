"""What a link can be told in its drawer beside the usual: campaign parameters, a note, a folder."""

from playwright.sync_api import Locator, expect

from tests.browser.console.desk import TEA, Desk
from tests.browser.console.steps import choose, press

SHARED_PLACE = True


def _unfold(desk: Desk, name: str) -> Locator:
    drawer = desk.page.get_by_role("dialog")
    drawer.get_by_role("button", name=name).click()
    return drawer


def test_utm_parameters_stand_in_the_destination_and_come_back_from_a_template(desk: Desk) -> None:
    page = desk.page
    desk.open("?create=1")
    destination = page.get_by_role("textbox", name="目标网址", exact=True)
    drawer = _unfold(desk, "UTM 参数")
    expect(drawer.get_by_text("先填目标网址")).to_be_visible()
    destination.fill(f"{TEA}?a=1#menu")
    for label, value in (("来源 source", "wechat"), ("媒介 medium", "qr code"), ("活动 campaign", "春茶")):
        drawer.get_by_label(label, exact=True).fill(value)
        drawer.get_by_label(label, exact=True).press("Tab")
    tagged = f"{TEA}?a=1&utm_source=wechat&utm_medium=qr+code&utm_campaign=%E6%98%A5%E8%8C%B6#menu"
    expect(destination).to_have_value(tagged)
    drawer.get_by_label("模板名称").fill("门店扫码")
    drawer.get_by_label("模板名称").press("Enter")
    expect(page.get_by_text("已存为模板“门店扫码”")).to_be_visible()
    press(page, "生成短链")
    expect(page.get_by_text("短链做好了")).to_be_visible()

    desk.open("?create=1")
    destination.fill("https://www.example.org/")
    drawer = _unfold(desk, "UTM 参数")
    choose(page, "使用模板", "门店扫码")
    expect(destination).to_have_value(
        "https://www.example.org/?utm_source=wechat&utm_medium=qr+code&utm_campaign=%E6%98%A5%E8%8C%B6"
    )
    drawer.get_by_label("媒介 medium", exact=True).fill("")
    drawer.get_by_label("媒介 medium", exact=True).press("Tab")
    expect(destination).to_have_value("https://www.example.org/?utm_source=wechat&utm_campaign=%E6%98%A5%E8%8C%B6")
    drawer.get_by_role("button", name="删除模板").click()
    expect(page.get_by_role("combobox", name="使用模板")).to_have_count(0)


def test_note_and_folder_are_kept_and_the_note_is_found(desk: Desk) -> None:
    page = desk.page
    desk.send("folders", name="海报")
    link = desk.make(slug="noted")
    desk.open(f"?link={link['id']}")
    drawer = _unfold(desk, "文件夹与备注")
    drawer.get_by_role("combobox", name="文件夹", exact=True).press("Enter")
    page.get_by_role("option", name="海报").click()
    drawer.get_by_label("备注", exact=True).fill("给王姐印的\n第二版")
    press(page, "保存")
    expect(page.get_by_text("已保存，马上生效")).to_be_visible()

    desk.open("?q=王姐")
    expect(desk.row("noted")).to_be_visible()
    desk.row("noted").locator(".name").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="文件夹与备注")).to_contain_text("海报")
    _unfold(desk, "文件夹与备注")
    expect(page.get_by_label("备注", exact=True)).to_have_value("给王姐印的\n第二版")


def test_tags_and_folders_get_other_names_where_they_are_managed(desk: Desk) -> None:
    page = desk.page
    desk.make(slug="named", tags=["春"])
    desk.open()
    press(page, "标签与文件夹")
    dialog = page.get_by_role("dialog", name="标签与文件夹")
    dialog.get_by_label("新标签").fill("夏")
    dialog.get_by_role("button", name="添加").first.click()
    name = dialog.get_by_role("textbox", name="给“春”改名")
    name.fill("春天")
    name.press("Enter")
    expect(dialog.get_by_role("textbox", name="给“春天”改名")).to_have_value("春天")
    dialog.get_by_role("textbox", name="给“夏”改名").fill(" ")
    dialog.get_by_role("textbox", name="给“夏”改名").press("Tab")
    expect(dialog.get_by_role("textbox", name="给“夏”改名")).to_have_value("夏")

    page.keyboard.press("Escape")
    page.reload()

    expect(desk.row("named")).to_contain_text("春天")
