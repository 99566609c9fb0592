"""The ZIP file holds, for each short URL, a drawing and a picture that both say it."""

from io import BytesIO
from zipfile import ZipFile

from PIL import Image

from liulian.qr.decode import read_codes
from liulian.qr.encode import qr_svg
from liulian.qr.sheets import PNG_SIDE, qr_zip

URLS = ["https://s.example/AbCdEfG", "https://s.example/%E5%86%AC%E5%AD%A3%E8%8C%B6%E9%A5%AE"]


def test_names_keep_order_and_slug() -> None:
    assert ZipFile(BytesIO(qr_zip(URLS))).namelist() == [
        "001-AbCdEfG.svg",
        "001-AbCdEfG.png",
        "002-冬季茶饮.svg",
        "002-冬季茶饮.png",
    ]


def test_pictures_say_the_short_urls() -> None:
    pack = ZipFile(BytesIO(qr_zip(URLS)))

    assert [code.text for code in read_codes(pack.read("001-AbCdEfG.png"))] == [URLS[0]]
    assert [code.text for code in read_codes(pack.read("002-冬季茶饮.png"))] == [URLS[1]]
    assert pack.read("001-AbCdEfG.svg") == qr_svg(URLS[0])


def test_pictures_are_large_enough_to_print() -> None:
    picture = Image.open(BytesIO(ZipFile(BytesIO(qr_zip(URLS[:1]))).read("001-AbCdEfG.png")))

    assert min(picture.size) >= PNG_SIDE


def test_same_codes_give_the_same_file() -> None:
    assert qr_zip(URLS) == qr_zip(URLS)
